"""A file for one person, or in a thread: an upload address, the bytes, the share (Slack facts 1.4).

The SDK would read the whole file into memory; here it goes out as it is read.
"""

import os
import urllib.request
from dataclasses import dataclass
from typing import IO

from slack_sdk import WebClient

from bot.adapters.slack.client import proxy_for, tls_for
from bot.adapters.slack.errors import Answer, refusal_of, translated

CALL = "the upload of a file"
_MOST_ALT = 1000
"""Slack's limit for `alt_txt` (docs: files.getUploadURLExternal)."""


def direct_message(client: WebClient, user_id: str) -> str:
    """The channel_id of the direct message between the bot and that person."""
    with translated("conversations.open"):
        answer = client.api_call("conversations.open", json={"users": user_id})
    return str(answer["channel"]["id"])


@dataclass(frozen=True, slots=True)
class Said:
    """What stands beside a file: its name, the message's text, and `alt` for whoever does not see a picture."""

    name: str
    comment: str
    alt: str = ""


def share(client: WebClient, channel_id: str, file: IO[bytes], said: Said, thread_ts: str = "") -> None:
    """Uploads `file` from its start and posts it there, in that thread where one is given."""
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    with translated("files.getUploadURLExternal"):
        wanted = {"filename": said.name, "length": size} | ({"alt_txt": said.alt[:_MOST_ALT]} if said.alt else {})
        place = client.api_call("files.getUploadURLExternal", data=wanted)
    _upload(str(place["upload_url"]), file, size, client.timeout)
    files = [{"id": place["file_id"], "title": said.name}]
    shared = {"files": files, "channel_id": channel_id, "initial_comment": said.comment}
    with translated("files.completeUploadExternal", channel_id):
        client.api_call("files.completeUploadExternal", json=shared | ({"thread_ts": thread_ts} if thread_ts else {}))


def _upload(url: str, file: IO[bytes], size: int, seconds: int) -> None:
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
    request = urllib.request.Request(url, file, headers, method="POST")
    with translated(CALL), _opener(url).open(request, timeout=seconds) as response:
        status = response.status
    if status != 200:
        raise refusal_of(CALL, Answer(status, ""))


def _opener(url: str) -> urllib.request.OpenerDirector:
    proxy, tls = proxy_for(url), tls_for(url)
    ways: list[urllib.request.BaseHandler] = [
        urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {})
    ]
    return urllib.request.build_opener(*ways, *([urllib.request.HTTPSHandler(context=tls)] if tls else []))

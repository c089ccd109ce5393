"""The three steps of an upload: address, bytes (see `receive`), share (Slack facts 1.4)."""

import mimetypes

from sandbox.slack.errors import SlackError
from sandbox.slack.methods.arguments import channel, number, structure, text
from sandbox.slack.state import State
from sandbox.slack.workspace import Json


def upload_url(state: State, args: Json) -> Json:
    """An address that takes exactly `length` bytes."""
    file_id = f"F{len(state.uploads) + 1:06d}"
    length = number(args, "length", 0)
    if not text(args, "filename") or length < 1:
        raise SlackError("invalid_arguments")
    said = {"name": text(args, "filename"), "alt_txt": text(args, "alt_txt")}
    state.uploads[file_id] = {"id": file_id, "size": length, "content": None} | said
    return {"upload_url": f"{state.base_url}/upload/v1/{file_id}", "file_id": file_id}


def receive(state: State, file_id: str, content: bytes) -> bool:
    """Takes the bytes; False if the file is unknown or the length is not the one announced."""
    upload = state.uploads.get(file_id)
    if upload is None or upload["size"] != len(content):
        return False
    upload["content"] = content
    return True


def complete_upload(state: State, args: Json) -> Json:
    """Shares uploaded files in one message. SlackError `file_not_found` for a file whose bytes never came."""
    wanted = structure(args, "files", "invalid_arguments") or []
    shared = [_shared(state, one) for one in wanted]
    if not text(args, "channel_id"):
        return {"files": shared}
    where = channel(state, args, "channel_id")
    thread_ts = text(args, "thread_ts") or None
    state.post_as_bot(where.id, text(args, "initial_comment"), thread_ts=thread_ts, files=shared)
    return {"files": shared}


def _shared(state: State, wanted: Json) -> Json:
    upload = state.uploads.get(wanted.get("id", ""))
    if upload is None or upload["content"] is None:
        raise SlackError("file_not_found")
    url = f"{state.base_url}/upload/v1/{upload['id']}"
    names = {"id": upload["id"], "name": upload["name"], "title": wanted.get("title") or upload["name"]}
    names |= {"alt_txt": upload["alt_txt"]} if upload["alt_txt"] else {}
    kind = {"mimetype": mimetype(upload), "filetype": upload["name"].rpartition(".")[2], "mode": "hosted"}
    return names | kind | {"size": upload["size"], "url_private": url, "url_private_download": url}


def mimetype(upload: Json) -> str:
    """By the file's name, as Slack guesses it."""
    return mimetypes.guess_type(upload["name"])[0] or "application/octet-stream"

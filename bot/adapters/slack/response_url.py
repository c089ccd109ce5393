"""Answers through a response_url. The SDK's WebhookClient raises for no HTTP error, so the status is read here."""

import json
from typing import Any

from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.adapters.slack.client import SDK_LOG, proxy_for, tls_for
from bot.adapters.slack.errors import Answer, refusal_of, translated

CALL = "response_url"


def post_to(response_url: str, body: dict[str, Any], seconds: int) -> None:
    """Posts once. Raises NotPossible when the URL is used up or expired (5 uses, 30 minutes), Throttled, Unreachable
    or Unanswered."""
    client = WebhookClient(response_url, seconds, tls_for(response_url), retry_handlers=[], logger=SDK_LOG)
    client.proxy = proxy_for(response_url)
    with translated(CALL):
        response = client.send_dict(body)
    answer = _answer_of(response)
    if response.status_code != 200 or answer.code:
        raise refusal_of(CALL, answer)


def _answer_of(response: WebhookResponse) -> Answer:
    try:
        told = json.loads(response.body)
    except ValueError:
        told = None
    if isinstance(told, dict):
        code = "" if told.get("ok") else str(told.get("error", ""))
        return Answer(response.status_code, code, told, response.headers)
    code = "" if response.status_code == 200 else _code_of(response)
    return Answer(response.status_code, code, {}, response.headers)


def _code_of(response: WebhookResponse) -> str:
    # Slack's exact words for a spent URL are unpublished (Slack facts 6); it answers 404 then.
    return "used_url" if response.status_code in (404, 410) else f"http_{response.status_code}"

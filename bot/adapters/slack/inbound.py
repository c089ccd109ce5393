"""Everything that comes from Slack, over either transport, through one function: `Inbound.receive`.

Bolt routes, our listeners translate and ask `intake` for the answer, nothing else: whatever waits before the answer
eats Slack's three seconds, and what runs after it can erase it (Slack facts 3.2 to 3.4).
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, NamedTuple

from slack_bolt import App, BoltRequest, BoltResponse
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.adapters.slack import payloads
from bot.adapters.slack.client import SDK_LOG, Identity, tidy_environment
from bot.domain.requests import Ack, Kind, Request

COMMAND = "/tinystacks"
ANY = re.compile(r".*", re.DOTALL)
# Slack has shown the person an error by then, so the work must not start any more (Slack facts 3.2).
TOO_LATE = timedelta(seconds=3)
_EVENTS = (Kind.HOME, Kind.MENTION, Kind.LINK)
FAULT = (
    "Something went wrong inside me (error {number}). Whether anything was started is not certain: look "
    "for a card in the stage's channel before you try again, and give error {number} to whoever runs me."
)

log = logging.getLogger(__name__)


class Reply(NamedTuple):
    """What goes back to Slack: HTTP status, and a JSON object, a text or nothing. Anything but 200 is no answer."""

    status: int
    payload: dict[str, Any] | str | None = None


Receive = Callable[[dict[str, Any], datetime, Mapping[str, str]], Reply]
Intake = Callable[[Request], Ack]
Translate = Callable[[payloads.Payload, datetime], Request]


class Inbound:
    """Bolt behind both transports. Whoever calls `receive` vouches for the payload: HTTP has checked the signature,
    Socket Mode is a connection we opened ourselves."""

    def __init__(self, intake: Intake, home: Callable[[], Identity], now: Callable[[], datetime]) -> None:
        self._intake = intake
        self._now = now
        self._app = self._routes(_app(home))

    def receive(self, body: dict[str, Any], arrived: datetime, headers: Mapping[str, str]) -> Reply:
        """The answer to one payload that came at `arrived`; `headers` tell of a retry. Never raises."""
        if headers.get("x-slack-retry-num", "0") != "0":
            log.info("Slack delivers %s again (%s)", body.get("event_id"), headers.get("x-slack-retry-reason"))
        try:
            request = BoltRequest(body=body, mode="socket_mode", headers=dict(headers), context={"arrived": arrived})
            return _reply_of(self._app.dispatch(request))
        except Exception as error:
            return Reply(_misshapen(error).status)

    def _routes(self, app: App) -> App:
        app.error(_failed)
        app.command(COMMAND)(self._listener(payloads.command_request))
        app.block_action(ANY)(self._listener(payloads.action_request))
        app.options(ANY)(self._listener(payloads.suggestion_request))
        app.view(ANY)(self._listener(payloads.submission_request))
        app.global_shortcut(ANY)(self._listener(payloads.shortcut_request))
        app.event("app_home_opened", matchers=[_opens_home])(self._listener(payloads.home_request))
        app.event("link_shared", matchers=[_is_posted])(self._listener(payloads.link_request))
        app.event("app_mention")(self._listener(payloads.mention_request))
        return app

    def _listener(self, translate: Translate) -> Callable[..., BoltResponse]:
        def listener(body: dict[str, Any], context: dict[str, Any]) -> BoltResponse:
            try:
                request = translate(body, context["arrived"])
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                return _misshapen(error)
            if self._is_too_late(request):
                log.warning("Ignored %s: it waited longer than Slack does", request.key.partition(":")[0])
                return BoltResponse(status=503)
            return _answer(request, self._taken_in(request))

        return listener

    def _taken_in(self, request: Request) -> Ack:
        try:
            return self._intake(request)
        except Exception as error:
            raise _Fault from error

    def _is_too_late(self, request: Request) -> bool:
        # Events are not shown to anybody as failed, so a late one is still worth its work.
        return request.kind not in _EVENTS and self._now() - request.at >= TOO_LATE


class _Fault(Exception):
    """An error of ours, in `__cause__`; all others that Bolt hands to `_failed` are about a payload's shape."""


def _app(home: Callable[[], Identity]) -> App:
    def authorize() -> AuthorizeResult:
        own = home()
        ids = {"bot_id": own.bot_id, "bot_user_id": own.bot_user_id}
        return AuthorizeResult(enterprise_id=own.enterprise_id, team_id=own.team_id, **ids)

    tidy_environment()
    return App(
        name="tinystacks",
        logger=SDK_LOG,
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        signing_secret="",
        token_verification_enabled=False,
        client=WebClient(retry_handlers=[], logger=SDK_LOG),
        authorize=authorize,
        request_verification_enabled=False,
        url_verification_enabled=False,
        attaching_function_token_enabled=False,
    )


def _opens_home(event: dict[str, Any]) -> bool:
    return bool(event.get("tab", "home") == "home")


def _is_posted(event: dict[str, Any]) -> bool:
    """By a person, in a message: a link that is still being written is nobody's business yet."""
    return bool(event.get("user")) and event.get("source", "conversations_history") == "conversations_history"


def _answer(request: Request, ack: Ack) -> BoltResponse:
    if ack.payload is not None:
        return BoltResponse(status=200, body=dict(ack.payload))
    if ack.text and request.kind is Kind.COMMAND:
        return _said(ack.text)
    return BoltResponse(status=200)


def _said(text: str) -> BoltResponse:
    return BoltResponse(status=200, body={"response_type": "ephemeral", "text": text})


def _failed(error: Exception, body: dict[str, Any]) -> BoltResponse:
    """What nobody listens to is acked in silence. A fault of ours is told to who typed a command; otherwise it is not
    acked, so that Slack shows its own warning, or delivers the event again."""
    if isinstance(error, BoltUnhandledRequestError):
        return BoltResponse(status=200)
    if not isinstance(error, _Fault):
        return _misshapen(error)
    number, typed = token_hex(4), body.get("command")
    log.error("Error %s: a %s from Slack failed", number, typed or body.get("type"), exc_info=error.__cause__)
    return _said(FAULT.format(number=number)) if typed else BoltResponse(status=500)


def _misshapen(error: Exception) -> BoltResponse:
    """Not acked. What is no payload of Slack's is worth a line, not a page, of the log."""
    log.error("A payload from Slack is not in a shape I know: %s: %s", type(error).__name__, error)
    log.debug("Where it was found out", exc_info=error)
    return BoltResponse(status=500)


def _reply_of(response: BoltResponse) -> Reply:
    if not response.body:
        return Reply(response.status)
    is_json = response.headers.get("content-type", [""])[0].startswith("application/json")
    return Reply(response.status, json.loads(response.body) if is_json else response.body)

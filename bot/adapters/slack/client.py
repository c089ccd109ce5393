"""The Web API client of the whole process, and who the bot is there.

Without retry handlers: the SDK's default one repeats chat.postMessage and so posts twice; without a TLS context it
builds one per call; and it takes a proxy from the environment even for loopback (Slack facts 2.1).
"""

import logging
import math
import os
import ssl
from collections.abc import MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from urllib.parse import urlsplit
from urllib.request import getproxies_environment, proxy_bypass

from slack_sdk import WebClient
from slack_sdk.web import SlackResponse

from bot.adapters.slack.errors import translated

LOOPBACK = ("localhost", "127.0.0.1", "::1")
SILENT = ("SLACK_BOT_TOKEN", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_VERIFICATION_TOKEN")

# The SDK formats whole bodies for a logger without a level of its own, so this one has one.
SDK_LOG = logging.getLogger("slack_sdk")
SDK_LOG.setLevel(logging.WARNING)
# The Socket Mode client logs a traceback per failed attempt; what matters of it we say ourselves.
QUIET = SDK_LOG.getChild("quiet")
QUIET.setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class Identity:
    """The bot in its workspace, as auth.test tells it; `scopes` are the granted ones."""

    team_id: str
    bot_id: str = ""
    bot_user_id: str = ""
    enterprise_id: str = ""
    scopes: frozenset[str] = frozenset()


def tidy_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Takes away what Bolt would silently pick up, and spares loopback from proxies (Slack facts 2.1).

    Read the settings before: SLACK_BOT_TOKEN is gone afterwards."""
    for name in SILENT:
        environ.pop(name, None)
    spared = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    names = [name for name in spared.split(",") if name]
    if "*" not in names:
        spared = ",".join([*names, *(name for name in LOOPBACK if name not in names)])
    environ["no_proxy"] = environ["NO_PROXY"] = spared


def proxy_for(url: str) -> str | None:
    """The proxy the environment asks for, with NO_PROXY obeyed and loopback spared. Takes http, https, ws and wss."""
    parts = urlsplit(url)
    if parts.hostname in LOOPBACK or proxy_bypass(parts.netloc):
        return None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return getproxies_environment().get(scheme)


@cache
def _one_context() -> ssl.SSLContext:
    return ssl.create_default_context()


def tls_for(url: str) -> ssl.SSLContext | None:
    """The one shared TLS context; None where plain text is spoken, since making one costs 34 ms (Slack facts 2.1)."""
    return _one_context() if urlsplit(url).scheme in ("https", "wss") else None


def seconds_of(http_timeout: timedelta) -> int:
    """Whole seconds for each of connecting and reading, so that both together stay within `http_timeout`."""
    return max(1, math.floor(http_timeout.total_seconds() / 2))


def web_client(token: str | None, api_url: str, http_timeout: timedelta) -> WebClient:
    """A client for the Web API at `api_url` (SLACK_API_URL)."""
    tidy_environment()
    tls, seconds = tls_for(api_url), seconds_of(http_timeout)
    client = WebClient(token, api_url, seconds, ssl=tls, retry_handlers=[], logger=SDK_LOG)
    client.proxy = proxy_for(api_url)
    return client


def identity(client: WebClient) -> Identity:
    """auth.test: which workspace, which bot, which scopes. Raises NotPossible for a refused token, else Unavailable."""
    with translated("auth.test"):
        answer = client.auth_test()
    return Identity(
        team_id=answer["team_id"],
        bot_id=answer.get("bot_id") or "",
        bot_user_id=answer["user_id"],
        enterprise_id=answer.get("enterprise_id") or "",
        scopes=_scopes(answer),
    )


def _scopes(answer: SlackResponse) -> frozenset[str]:
    named = {name.lower(): value for name, value in answer.headers.items()}
    listed = str(named.get("x-oauth-scopes", ""))
    return frozenset(scope.strip() for scope in listed.split(",") if scope.strip())

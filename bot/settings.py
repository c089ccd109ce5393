"""The environment -> Settings, or every problem at once (contract section 2)."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from bot.problems import BadConfig, shown

SLACK_API_URL = "https://slack.com/api/"
DATABASE = "sqlite:///tinystacks.db"
LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment says. `repr` shows no secret. With `app_token` the bot runs in Socket Mode, else it serves
    HTTP on `host`:`port` (0: any free port) and `signing_secret` is there. `api_url` ends in `/`."""

    bot_token: str = field(repr=False)
    app_token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)
    api_url: str = SLACK_API_URL
    config_path: Path = Path("tinystacks.yml")
    database_path: Path = Path("tinystacks.db")
    host: str = "127.0.0.1"
    port: int = 3000
    log_level: str = "info"
    log_format: str = "text"

    @property
    def socket_mode(self) -> bool:
        """Whether requests come through Socket Mode."""
        return self.app_token is not None


def config_path(environ: Mapping[str, str]) -> Path:
    """Where `tinystacks.yml` is, whatever else is wrong."""
    return Path(environ.get("TINYSTACKS_CONFIG", "").strip() or "tinystacks.yml")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Raises BadConfig with one line for each bad or missing variable. No line repeats a secret."""
    reader = _Reader({name: value.strip() for name, value in environ.items() if value.strip()})
    settings = reader.settings()
    if reader.problems:
        raise BadConfig(reader.problems)
    return settings


class _Reader:
    """Reads each variable once, notes what is wrong with it and goes on."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def settings(self) -> Settings:
        return Settings(
            bot_token=self.bot_token(),
            app_token=self.app_token(),
            signing_secret=self.signing_secret(),
            api_url=self.api_url(),
            config_path=config_path(self.environ),
            database_path=self.database_path(),
            host=self.environ.get("HOST", "127.0.0.1"),
            port=self.port(),
            log_level=self.one_of("LOG_LEVEL", LOG_LEVELS, "info"),
            log_format=self.one_of("LOG_FORMAT", LOG_FORMATS, "text"),
        )

    def bad(self, name: str, what: str) -> None:
        self.problems.append(f"{name}: {what}")

    def bot_token(self) -> str:
        token = self.environ.get("SLACK_BOT_TOKEN", "")
        where = "copy the Bot User OAuth Token (xoxb-…) from your Slack app's page “OAuth & Permissions”"
        if not token:
            self.bad("SLACK_BOT_TOKEN", f"missing; {where}")
        elif not token.startswith("xoxb-"):
            self.bad("SLACK_BOT_TOKEN", f"does not start with xoxb-; {where}")
        return token

    def app_token(self) -> str | None:
        token = self.environ.get("SLACK_APP_TOKEN")
        if token and not token.startswith("xapp-"):
            where = "“Basic Information”, App-Level Tokens, with the scope connections:write"
            self.bad("SLACK_APP_TOKEN", f"does not start with xapp-; make one on your Slack app's page {where}")
        return token

    def signing_secret(self) -> str | None:
        secret = self.environ.get("SLACK_SIGNING_SECRET")
        if not secret and not self.environ.get("SLACK_APP_TOKEN"):
            self.bad(
                "SLACK_SIGNING_SECRET",
                "missing; set it (your Slack app's page “Basic Information”) to serve HTTP, "
                "or set SLACK_APP_TOKEN to use Socket Mode",
            )
        return secret

    def api_url(self) -> str:
        url = self.environ.get("SLACK_API_URL", SLACK_API_URL)
        problem = _url_problem(url)
        if problem:
            self.bad("SLACK_API_URL", f"{problem}; leave it unset for {SLACK_API_URL}")
        return url if url.endswith("/") else f"{url}/"

    def database_path(self) -> Path:
        url = self.environ.get("TINYSTACKS_DATABASE", DATABASE)
        path = url.removeprefix("sqlite:///")
        if url.startswith(("postgresql://", "postgres://")):
            self.bad("TINYSTACKS_DATABASE", f"PostgreSQL is not supported by this version yet; use {DATABASE}")
        elif path in (url, "", ":memory:") or path.endswith("/") or "\0" in path:
            self.bad("TINYSTACKS_DATABASE", f"must name a file; write sqlite:///path, such as {DATABASE}")
        return Path(path.replace("\0", ""))

    def port(self) -> int:
        text = self.environ.get("PORT", "3000")
        if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535:
            return int(text)
        self.bad("PORT", f"{shown(text)} is no port; write a number from 0 to 65535, such as 3000")
        return 3000

    def one_of(self, name: str, known: tuple[str, ...], default: str) -> str:
        word = self.environ.get(name, default).lower()
        if word not in known:
            self.bad(name, f"{shown(word)} is not known; write one of {', '.join(known)}")
        return word


def _url_problem(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "is no URL"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "must be a URL that starts with https://"
    if parts.username or parts.password or parts.query or parts.fragment:
        return "must hold neither a user, a query nor a fragment"
    if parts.scheme == "http" and not _on_loopback(parts):
        return "http:// would send the token in the clear, so it is for this machine only (127.0.0.1); write https://"
    return None


def _on_loopback(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

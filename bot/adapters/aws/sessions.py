"""Clients for each (role, region, person): cached, safe to ask for from any thread, and cheap on memory.

A botocore session of its own costs 12 MiB because it parses the service models again; one that shares the loader costs
0.4 MiB a client (measured, botocore 1.44.5). So all sessions share one loader, and both caches are bounded: 64 clients
are 22 MiB, the most 100.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC
from functools import cache
from ipaddress import ip_address
from threading import RLock
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from botocore.config import Config
from botocore.credentials import CredentialResolver
from botocore.session import Session
from botocore.utils import parse_timestamp

from bot.adapters.aws.roles import BOT_SESSION, RoleProvider, Roles, session_name
from bot.domain.people import Person
from bot.engine.timings import Timings

MOST_CLIENTS = 256
MOST_SESSIONS = 256
V = TypeVar("V")


def is_loopback(url: str | None) -> bool:
    """Whether the URL's host is this machine, which no proxy can reach for us."""
    host = (urlsplit(url).hostname or "") if url else ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Way:
    """How AWS is reached: through which role (None: the bot's own identity), where, for whom (None: the bot)."""

    role_arn: str | None
    region: str
    who: Person | None = None

    @property
    def person(self) -> Person | None:
        """Who is named to AWS. A Person without an id, as whom the bot rolls back by itself, is the bot."""
        return self.who if self.who and self.who.user_id else None

    @property
    def identity(self) -> tuple[str | None, str]:
        """What makes two ways use the same credentials."""
        return (self.role_arn, self.person.user_id if self.person else "")


@dataclass
class Sessions:
    """`endpoint_url` None: botocore's own rules, AWS_ENDPOINT_URL included. Readers retry; writers send once, and give
    up before `timings.http_timeout`."""

    timings: Timings = field(default_factory=Timings)
    endpoint_url: str | None = None
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def __post_init__(self) -> None:
        self._lock = RLock()
        self._roles = Roles()
        self._own = utc_session()
        self._sessions: OrderedDict[Hashable, Session] = OrderedDict()
        self._clients: OrderedDict[Hashable, Any] = OrderedDict()

    def reader(self, service: str, way: Way) -> Any:
        """A client that retries what AWS or the network spoils, at most four attempts in all."""
        return self._client(service, way, "reader")

    def writer(self, service: str, way: Way) -> Any:
        """A client that sends each request at most once. Takes on the role here already: when that fails, nothing was
        sent to `service`. Raises botocore's errors of AssumeRole."""
        client = self._client(service, way, "writer")
        with self._lock:
            credentials = self._session(way).get_credentials()
        # Asks STS, so not under the lock: another role's calls go on meanwhile.
        if credentials is not None:
            credentials.get_frozen_credentials()
        return client

    @property
    def clients(self) -> int:
        """How many are kept."""
        return len(self._clients)

    def _client(self, service: str, way: Way, kind: str) -> Any:
        key = (service, *way.identity, way.region, kind)
        with self._lock:
            return _cached(self._clients, key, MOST_CLIENTS, lambda: self._create(service, way, kind))

    def _create(self, service: str, way: Way, kind: str) -> Any:
        config = self._config(service, way, kind)
        create = cast(Callable[..., Any], self._session(way).create_client)
        return create(service, region_name=way.region, endpoint_url=self.endpoint_url, config=config)

    def _config(self, service: str, way: Way, kind: str) -> Config:
        total = self.timings.http_timeout.total_seconds()
        variables = self.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or self.environ.get("AWS_ENDPOINT_URL")
        proxies: dict[str, str] | None = {} if is_loopback(self.endpoint_url or variables) else None
        agent = f"{BOT_SESSION} {session_name(way.person)}" if way.person else BOT_SESSION
        return Config(
            # A name may answer with two addresses, each tried for connect_timeout: all of it stays below the total.
            connect_timeout=total / 5,
            read_timeout=total / 2,
            retries={"mode": "standard", "total_max_attempts": 1 if kind == "writer" else 4},
            max_pool_connections=20,
            user_agent_extra=agent,
            proxies=proxies,
        )

    def _session(self, way: Way) -> Session:
        if way.role_arn is None:
            return self._own
        return _cached(self._sessions, way.identity, MOST_SESSIONS, lambda: self._assumed(way))

    def _assumed(self, way: Way) -> Session:
        role_arn = way.role_arn or ""
        kind = "writer" if way.person else "reader"

        def refresh() -> dict[str, Any]:
            return self._roles.assume(self._client("sts", Way(None, way.region), kind), role_arn, way.person)

        session = utc_session()
        session.register_component("credential_provider", CredentialResolver([RoleProvider(refresh)]))
        return session


@cache
def service_models() -> Any:
    """botocore's loader, which keeps every service model it has parsed."""
    return Session().get_component("data_loader")


def utc_session() -> Session:
    """A botocore session that shares the service models, and whose answers carry times in UTC, wherever this is."""
    session = Session()
    session.register_component("data_loader", service_models())
    parsers: Any = session.get_component("response_parser_factory")
    parsers.set_parser_defaults(timestamp_parser=lambda value: parse_timestamp(value).astimezone(UTC))
    return session


def _cached(cache: "OrderedDict[Hashable, V]", key: Hashable, most: int, create: Callable[[], V]) -> V:
    """The value of `key`, created when it is missing; the one not used for longest makes room."""
    value = cache.get(key)
    if value is None:
        value = cache[key] = create()
        if len(cache) > most:
            cache.popitem(last=False)
    cache.move_to_end(key)
    return value

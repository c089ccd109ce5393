"""Clients that read for each (role, region) and clients that write for each (role, region, person, change): cached,
safe to ask for from any thread, and cheap on memory.

A botocore session of its own costs 12 MiB because it parses the service models again; one that shares the loader costs
0.4 MiB a client (measured, botocore 1.44.5). So all sessions share one loader, and every cache is bounded. What writes
for a change is soon over: a few of those are kept (another costs 6 ms and an AssumeRole), apart from what reads.
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
from bot.domain.people import OnBehalf
from bot.engine.timings import Timings

MOST_READERS, MOST_WRITERS = 192, 32
"""Clients, and as many sessions."""
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
    """How AWS is reached: through which role (None: the bot's own identity), where, for whom and which change (None: to
    read)."""

    role_arn: str | None
    region: str
    who: OnBehalf | None = None

    @property
    def identity(self) -> tuple[str, ...]:
        """What makes two ways use the same credentials; without a role, what makes them look the same to AWS."""
        if self.who is None:
            return (self.role_arn or "",)
        change = self.who.change_id if self.role_arn else ""
        return (self.role_arn or "", self.who.person.team_id, self.who.person.user_id, change)


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
        self._sessions_to_write: OrderedDict[Hashable, Session] = OrderedDict()
        self._readers: OrderedDict[Hashable, Any] = OrderedDict()
        self._writers: OrderedDict[Hashable, Any] = OrderedDict()

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
        return len(self._readers) + len(self._writers)

    def _client(self, service: str, way: Way, kind: str) -> Any:
        key = (service, way.region, way.identity)
        kept, most = (self._writers, MOST_WRITERS) if kind == "writer" else (self._readers, MOST_READERS)
        with self._lock:
            return _cached(kept, key, most, lambda: self._create(service, way, kind))

    def _create(self, service: str, way: Way, kind: str) -> Any:
        config = self._config(service, way, kind)
        create = cast(Callable[..., Any], self._session(way).create_client)
        return create(service, region_name=way.region, endpoint_url=self.endpoint_url, config=config)

    def _config(self, service: str, way: Way, kind: str) -> Config:
        total = self.timings.http_timeout.total_seconds()
        variables = self.environ.get(f"AWS_ENDPOINT_URL_{service.upper()}") or self.environ.get("AWS_ENDPOINT_URL")
        proxies: dict[str, str] | None = {} if is_loopback(self.endpoint_url or variables) else None
        name = session_name(way.who)
        agent = BOT_SESSION if name == BOT_SESSION else f"{BOT_SESSION} {name}"
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
        kept, most = (self._sessions_to_write, MOST_WRITERS) if way.who else (self._sessions, MOST_READERS)
        return _cached(kept, way.identity, most, lambda: self._assumed(way))

    def _assumed(self, way: Way) -> Session:
        role_arn = way.role_arn or ""
        kind = "writer" if way.who else "reader"

        def refresh() -> dict[str, Any]:
            return self._roles.assume(self._client("sts", Way(None, way.region), kind), role_arn, way.who)

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

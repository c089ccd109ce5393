"""/healthz, /metrics, and what the HTTP side refuses by itself."""

import socket
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, Counter

from bot.adapters.web import MOST_BYTES, Server, serve, web_app
from bot.domain.errors import NotPossible
from tests import nearby

NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Behind:
    """What stands behind the HTTP side."""

    def __init__(self) -> None:
        self.health: dict[str, str | None] = {"slack": None, "database": None}
        self.registry = CollectorRegistry()
        self.came: list[tuple[bytes, str, datetime]] = []

    def deliver(self, raw: bytes, headers: Mapping[str, str], at: datetime) -> tuple[int, dict[str, Any] | str | None]:
        self.came.append((raw, headers["x-test"], at))
        return (200, {"text": "ok"}) if raw == b"json" else (401, "no")


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def server(behind: Behind) -> Iterator[Server]:
    app = web_app(lambda: behind.health, lambda: NINE, behind.deliver, behind.registry)
    server = serve(app, "127.0.0.1", 0)
    yield server
    server.stop()
    assert server.problem() == "the HTTP server has stopped"


@pytest.fixture
def http(server: Server) -> Iterator[httpx.Client]:
    with nearby.Client(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
        yield client


def test_all_well_is_200(http: httpx.Client, server: Server) -> None:
    answer = http.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True, "checks": {"slack": "ok", "database": "ok"}})
    assert server.problem() is None


def test_one_problem_is_503_with_its_reason(http: httpx.Client, behind: Behind) -> None:
    behind.health["slack"] = "not connected to Slack yet"
    answer = http.get("/healthz")
    assert (answer.status_code, answer.json()["checks"]["slack"]) == (503, "not connected to Slack yet")


def test_metrics_are_prometheus_text(http: httpx.Client, behind: Behind) -> None:
    Counter("rollouts", "Rollouts seen", registry=behind.registry).inc(3)
    assert "rollouts_total 3.0" in http.get("/metrics").text


def test_a_delivery_arrives_raw_with_its_headers_and_its_time(http: httpx.Client, behind: Behind) -> None:
    answer = http.post("/slack/events", content=b"json", headers={"X-Test": "here"})
    assert (answer.status_code, answer.json()) == (200, {"text": "ok"})
    assert behind.came == [(b"json", "here", NINE)]


def test_a_refusal_keeps_its_status(http: httpx.Client) -> None:
    answer = http.post("/slack/events", content=b"else", headers={"X-Test": "here"})
    assert (answer.status_code, answer.text) == (401, "no")


def test_a_flood_is_refused_before_it_is_read(http: httpx.Client, behind: Behind) -> None:
    assert http.post("/slack/events", content=b"x" * (MOST_BYTES + 1)).status_code == 413
    assert behind.came == []


def test_other_paths_and_methods_are_refused(http: httpx.Client) -> None:
    assert http.get("/slack/events").status_code == 405
    assert http.get("/").status_code == 404


def test_without_deliveries_there_is_no_such_path(behind: Behind) -> None:
    server = serve(web_app(lambda: behind.health, lambda: NINE), "127.0.0.1", 0)
    assert nearby.post(f"http://127.0.0.1:{server.port}/slack/events", trust_env=False).status_code == 404
    server.stop()


def test_a_taken_port_says_what_to_set(behind: Behind) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(NotPossible, match="Set PORT"):
        serve(web_app(lambda: behind.health, lambda: NINE), "127.0.0.1", taken.getsockname()[1])

"""Whose name AWS sees, what is asked of STS, and how many clients are kept."""

import logging
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.roles import session_name, session_tags
from bot.adapters.aws.sessions import MOST_READERS, MOST_WRITERS, Sessions, Way, is_loopback
from bot.domain.errors import AccessDenied, NotPossible, Throttled, Unreachable
from bot.domain.people import OnBehalf, Person
from bot.domain.stacks import Place
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.aws_wire import Answer, Wire, credentials, serving, sts_error

ROLE = "arn:aws:iam::111122223333:role/tinystacks-bot"
PLACE = Place("us-east-1", "staging", ROLE)
ANA = OnBehalf(Person("T0ACME", "U0ANA", "Ana Müller"), "c1", "shop", "staging")
BEN = OnBehalf(Person("T0ACME", "U0BEN", "Ben"), "c2", "shop", "staging")
REQUEST = {"cluster": "staging", "service": "shop"}
TEXTS = st.text() | st.text(min_size=1).map(lambda text: text * 300)
NOT_TRUSTED = sts_error(
    "AccessDenied", f"User: arn:aws:iam::1:user/b is not authorized to perform: sts:TagSession on {ROLE}"
)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    use_testing_credentials(monkeypatch)
    with serving() as wire:
        wire.answers("DescribeServices", Answer({"services": [], "failures": []}))
        wire.answers("StopServiceDeployment", Answer({}))
        wire.answers("AssumeRole", credentials())
        yield wire


def stop(ecs: AwsEcs, who: OnBehalf, place: Place = PLACE) -> None:
    ecs.stop_service_deployment(place, {"serviceDeploymentArn": "arn"}, who)


def parts(asked: dict[str, Any]) -> tuple[bool, bool]:
    """Whether AssumeRole was asked with a source identity, and with tags."""
    return "SourceIdentity" in asked, "Tags.member.1.Key" in asked


def test_reads_go_by_the_bots_name_and_changes_by_the_persons(wire: Wire) -> None:
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    ecs.describe_services(PLACE, ["shop"])
    stop(ecs, ANA)
    bot, person = wire.requests("AssumeRole")
    assert bot["RoleSessionName"] == "tinystacks-bot"
    assert "SourceIdentity" not in bot
    assert (person["RoleSessionName"], person["SourceIdentity"]) == ("slack-U0ANA", "slack-U0ANA")
    tags = {person[f"Tags.member.{n}.Key"]: person[f"Tags.member.{n}.Value"] for n in range(1, 7)}
    assert tags == {
        "tinystacks-change": "c1",
        "tinystacks-stack": "shop",
        "tinystacks-stage": "staging",
        "slack-team-id": "T0ACME",
        "slack-user-id": "U0ANA",
        "slack-user-name": "Ana Müller",
    }


def test_a_role_is_taken_on_once_for_each_change_whatever_the_region(wire: Wire) -> None:
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    for who in (ANA, ANA, BEN, replace(ANA, change_id="c3"), ANA):
        stop(ecs, who)
    stop(ecs, ANA, Place("eu-west-1", "prod", ROLE))
    asked = [(one["RoleSessionName"], one["Tags.member.1.Value"]) for one in wire.requests("AssumeRole")]
    assert asked == [("slack-U0ANA", "c1"), ("slack-U0BEN", "c2"), ("slack-U0ANA", "c3")]


def test_two_people_in_one_change_never_share_a_session(wire: Wire) -> None:
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    stop(ecs, ANA)
    stop(ecs, replace(BEN, change_id="c1"))
    assert [one["SourceIdentity"] for one in wire.requests("AssumeRole")] == ["slack-U0ANA", "slack-U0BEN"]


def test_what_the_bot_changes_by_itself_goes_by_its_own_name_and_the_changes(wire: Wire) -> None:
    ecs, nobody = AwsEcs(Sessions(endpoint_url=wire.endpoint_url)), replace(ANA, person=Person("T0ACME", "", "bot"))
    ecs.describe_services(PLACE, ["shop"])
    stop(ecs, nobody)
    reading, writing = wire.requests("AssumeRole")
    assert reading["RoleSessionName"] == writing["RoleSessionName"] == session_name(nobody) == "tinystacks-bot"
    assert (writing["SourceIdentity"], writing["Tags.member.1.Value"]) == ("tinystacks-bot", "c1")
    assert "SourceIdentity" not in reading
    assert wire.requests("StopServiceDeployment")[0]["agent"].endswith(" tinystacks-bot")


def test_a_role_that_sts_is_slow_to_give_holds_up_no_other_role(wire: Wire) -> None:
    wire.answers("AssumeRole", Answer(hangs=True), credentials())
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(stop, ecs, ANA)
        while not wire.requests("AssumeRole"):
            wire.over.wait(0.01)
        stop(ecs, BEN)
        assert ecs.describe_services(Place("us-east-1", "prod", ROLE + "-2"), ["shop"]) == {}
        assert not slow.done()
        wire.over.set()
        with pytest.raises(Unreachable):
            slow.result()


def test_credentials_about_to_end_are_renewed(wire: Wire) -> None:
    wire.answers("AssumeRole", credentials("2020-01-01T00:00:00Z"), credentials())
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    with pytest.raises(NotPossible, match="Check the clock"):
        stop(ecs, ANA)
    stop(ecs, ANA)
    assert len(wire.requests("AssumeRole")) == 2


def test_a_trust_policy_that_allows_only_the_name_gets_that_and_one_warning(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answers("AssumeRole", NOT_TRUSTED, NOT_TRUSTED, credentials())
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    with caplog.at_level(logging.WARNING, logger="bot"):
        stop(ecs, ANA)
        stop(ecs, BEN)
    ladder = [(True, True), (True, False), (False, False)]
    assert [parts(one) for one in wire.requests("AssumeRole")] == [*ladder, (False, False)]
    assert [one["RoleSessionName"] for one in wire.requests("AssumeRole")][-2:] == ["slack-U0ANA", "slack-U0BEN"]
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "sts:TagSession and sts:SetSourceIdentity" in caplog.text
    assert "in the session's name only" in caplog.text


def test_a_trust_policy_without_tags_still_gets_the_source_identity_and_one_warning(
    wire: Wire, caplog: pytest.LogCaptureFixture
) -> None:
    wire.answers("AssumeRole", NOT_TRUSTED, credentials())
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    with caplog.at_level(logging.WARNING, logger="bot"):
        for who in (ANA, BEN, replace(ANA, change_id="c3")):
            stop(ecs, who)
    assert [parts(one) for one in wire.requests("AssumeRole")] == [(True, True)] + [(True, False)] * 3
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == ["The trust policy of arn"]
    assert "does not allow sts:TagSession: " in caplog.text


def test_a_role_that_cannot_be_taken_on_is_denied_by_name_and_nothing_is_sent(wire: Wire) -> None:
    text = f"User: arn:aws:iam::111122223333:user/bot is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    wire.answers("AssumeRole", sts_error("AccessDenied", text))
    with pytest.raises(AccessDenied) as caught:
        stop(AwsEcs(Sessions(endpoint_url=wire.endpoint_url)), ANA)
    assert (caught.value.action, caught.value.principal) == ("sts:AssumeRole", "arn:aws:iam::111122223333:user/bot")
    assert wire.requests("StopServiceDeployment") == []


def test_a_role_denied_without_a_reason_names_the_call(wire: Wire) -> None:
    wire.answers("AssumeRole", sts_error("AccessDenied", "no"))
    with pytest.raises(AccessDenied, match="sts:AssumeRole"):
        stop(AwsEcs(Sessions(endpoint_url=wire.endpoint_url)), ANA)


def test_a_write_whose_role_got_no_answer_was_not_sent(wire: Wire) -> None:
    wire.answers("AssumeRole", Answer(closes=True))
    with pytest.raises(Unreachable):
        stop(AwsEcs(Sessions(endpoint_url=wire.endpoint_url)), ANA)
    assert [name for name, _ in wire.asked] == ["AssumeRole"]


def test_without_a_role_the_person_stands_in_the_user_agent(wire: Wire) -> None:
    stop(AwsEcs(Sessions(endpoint_url=wire.endpoint_url)), ANA, Place("us-east-1", "staging"))
    assert wire.requests("StopServiceDeployment")[0]["agent"].endswith("tinystacks-bot slack-U0ANA")
    assert wire.requests("AssumeRole") == []


def test_a_proxy_is_never_asked_for_loopback(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL", wire.endpoint_url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert AwsEcs(Sessions()).describe_services(Place("us-east-1", "staging"), ["shop"]) == {}


def test_twenty_threads_share_one_client_and_one_role(wire: Wire) -> None:
    ecs = AwsEcs(Sessions(endpoint_url=wire.endpoint_url))
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: ecs.describe_services(PLACE, ["shop"]), range(40)))
    assert len(wire.requests("AssumeRole")) == 1
    assert len(wire.requests("DescribeServices")) == 40


def test_many_people_and_changes_do_not_fill_the_memory(wire: Wire) -> None:
    sessions = Sessions(endpoint_url=wire.endpoint_url)
    first = Way(None, "us-east-1", ANA)
    kept, reader = sessions.writer("sts", first), sessions.reader("sts", Way(None, "us-east-1"))
    for number in range(MOST_WRITERS + 8):
        sessions.writer("sts", Way(None, "us-east-1", replace(ANA, person=Person("T0ACME", f"U{number}", ""))))
        assert sessions.writer("sts", first) is kept
    assert sessions.clients == MOST_WRITERS + 1
    assert sessions.reader("sts", Way(None, "us-east-1")) is reader


def test_many_places_do_not_fill_the_memory(wire: Wire) -> None:
    sessions = Sessions(endpoint_url=wire.endpoint_url)
    for number in range(MOST_READERS + 8):
        sessions.reader("sts", Way(None, f"us-east-{number}"))
    assert sessions.clients == MOST_READERS


def test_a_throttled_role_is_a_throttled_call(wire: Wire) -> None:
    wire.answers("AssumeRole", sts_error("Throttling", "Rate exceeded"))
    with pytest.raises(Throttled, match="throttling AssumeRole"):
        stop(AwsEcs(Sessions(endpoint_url=wire.endpoint_url)), ANA)


@given(TEXTS)
def test_any_user_id_makes_a_legal_session_name(user_id: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_+=,.@-]{2,64}", session_name(replace(ANA, person=Person("T", user_id, ""))))


@given(TEXTS)
def test_any_name_makes_a_legal_tag(name: str) -> None:
    named = OnBehalf(Person("T0ACME", "U0ANA", name), name, name, name)
    values = [tag["Value"] for tag in session_tags(named)]
    assert all(re.fullmatch(r"[\w .:/=+@-]{0,256}", value) for value in values)


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000", "http://localhost:1", "http://[::1]:2", "http://a.localhost"])
def test_loopback_is_known_by_its_names(url: str) -> None:
    assert is_loopback(url)


@pytest.mark.parametrize("url", [None, "", "https://ecs.us-east-1.amazonaws.com", "http://localhost.example"])
def test_nothing_else_is_loopback(url: str | None) -> None:
    assert not is_loopback(url)

"""What goes wrong on the wire, and which refusal comes of it."""

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.adapters.aws.ecs import AwsEcs
from bot.adapters.aws.sessions import Sessions
from bot.domain.errors import AccessDenied, NotPossible, Refusal, Throttled, Unanswered, Unreachable
from bot.domain.people import OnBehalf, Person
from bot.domain.stacks import Place
from bot.engine.timings import Timings
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.aws_wire import Answer, Wire, error, serving

PLACE = Place("us-east-1", "staging")
ANA = OnBehalf(Person("T0ACME", "U0ANA", "Ana"), "c1", "shop", "staging")
REQUEST = {"cluster": "staging", "service": "shop", "forceNewDeployment": True}
QUICK = Timings(http_timeout=timedelta(seconds=1))
DENIED = (
    "User: arn:aws:sts::111122223333:assumed-role/tinystacks-bot/slack-U0ANA is not authorized to perform: "
    "ecs:UpdateService on resource: arn:aws:ecs:us-east-1:111122223333:service/staging/shop because no identity-based "
    "policy allows the ecs:UpdateService action"
)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    use_testing_credentials(monkeypatch)
    with serving() as wire:
        yield wire


def written(endpoint_url: str) -> Refusal:
    """What an UpdateService comes to."""
    with pytest.raises(Refusal) as caught:
        AwsEcs(Sessions(QUICK, endpoint_url)).update_service(PLACE, REQUEST, ANA)
    return caught.value


def read(endpoint_url: str) -> Refusal:
    """What a DescribeServices comes to."""
    with pytest.raises(Refusal) as caught:
        AwsEcs(Sessions(QUICK, endpoint_url)).describe_services(PLACE, ["shop"])
    return caught.value


@pytest.mark.parametrize("code", ["ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"])
def test_a_throttled_write_is_sent_once_and_was_not_done(wire: Wire, code: str) -> None:
    wire.answers("UpdateService", error(code, "Rate exceeded"))
    assert isinstance(written(wire.endpoint_url), Throttled)
    assert len(wire.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        error("ServerException", "oops", 500),
        error("ServiceUnavailable", "", 503),
        Answer("<html>bad gateway</html>", 502),
        Answer("not json at all", 200),
        Answer(closes=True),
        Answer(hangs=True),
    ],
)
def test_a_write_without_a_clear_answer_is_sent_once_and_unknown(wire: Wire, answer: Answer) -> None:
    wire.answers("UpdateService", answer)
    assert isinstance(written(wire.endpoint_url), Unanswered)
    assert len(wire.asked) == 1


def test_a_write_that_found_no_connection_was_not_done(wire: Wire) -> None:
    assert wire.endpoint_url
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: refused
        refusal = written(f"http://127.0.0.1:{taken.getsockname()[1]}")
    assert isinstance(refusal, Unreachable)


def test_a_read_without_an_answer_is_unreachable_after_four_attempts(wire: Wire) -> None:
    wire.answers("DescribeServices", Answer(closes=True))
    assert isinstance(read(wire.endpoint_url), Unreachable)
    assert len(wire.asked) == 4


def test_a_page_that_is_no_answer_of_aws_is_unreachable_to_a_read(wire: Wire) -> None:
    wire.answers("DescribeServices", Answer("please log in to the network"))
    assert isinstance(read(wire.endpoint_url), Unreachable)


def test_a_read_gets_over_one_bad_answer(wire: Wire) -> None:
    wire.answers("DescribeServices", error("ServerException", "", 500), Answer({"services": [], "failures": []}))
    ecs = AwsEcs(Sessions(QUICK, wire.endpoint_url))
    assert ecs.describe_services(PLACE, ["shop"]) == {}


def test_a_denied_call_names_the_permission_and_who_lacks_it(wire: Wire) -> None:
    wire.answers("UpdateService", error("AccessDeniedException", DENIED))
    refusal = written(wire.endpoint_url)
    assert isinstance(refusal, AccessDenied)
    assert refusal.action == "ecs:UpdateService"
    assert refusal.principal == "arn:aws:sts::111122223333:assumed-role/tinystacks-bot/slack-U0ANA"
    assert refusal.quote == DENIED


def test_a_denied_call_without_a_reason_names_the_call(wire: Wire) -> None:
    wire.answers("UpdateService", error("AccessDeniedException", "no"))
    refusal = written(wire.endpoint_url)
    assert isinstance(refusal, AccessDenied)
    assert (refusal.action, refusal.principal) == ("ecs:UpdateService", "my AWS identity")


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"])
def test_credentials_that_are_over_come_with_what_to_set(wire: Wire, code: str) -> None:
    wire.answers("UpdateService", error(code, "The security token is expired"))
    refusal = written(wire.endpoint_url)
    assert isinstance(refusal, NotPossible)
    assert "AWS_PROFILE" in refusal.remedy


def test_no_credentials_at_all_come_with_what_to_set(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for refusal in (written(wire.endpoint_url), read(wire.endpoint_url)):
        assert isinstance(refusal, NotPossible)
        assert "AWS_PROFILE" in str(refusal)
    assert wire.asked == []


def test_awss_own_refusal_is_quoted_with_its_code(wire: Wire) -> None:
    wire.answers("UpdateService", error("com.amazonaws.ecs#InvalidParameterException", "desiredCount is odd."))
    refusal = written(wire.endpoint_url)
    assert isinstance(refusal, NotPossible)
    assert "desiredCount is odd." in refusal.fact
    assert "(InvalidParameterException)" in refusal.fact


def test_a_request_that_breaks_the_apis_own_rules_is_not_sent(wire: Wire) -> None:
    ecs = AwsEcs(Sessions(QUICK, wire.endpoint_url))
    with pytest.raises(NotPossible, match="service"):
        ecs.update_service(PLACE, {"cluster": "staging"}, ANA)
    assert wire.asked == []


def test_a_failure_that_does_not_mean_missing_is_told(wire: Wire) -> None:
    failure = {"arn": "shop", "reason": "ACCESS_DENIED", "detail": "by a tag policy"}
    wire.answers("DescribeServices", Answer({"services": [], "failures": [failure]}))
    refusal = read(wire.endpoint_url)
    assert isinstance(refusal, NotPossible)
    assert "shop ACCESS_DENIED by a tag policy" in refusal.fact

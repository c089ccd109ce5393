"""What ECR and CloudWatch Logs answer beyond the contract."""

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.aws.images import AwsImages, repository_of
from bot.adapters.aws.logs import AwsLogs
from bot.adapters.aws.manifests import architectures_of
from bot.adapters.aws.sessions import Sessions
from bot.domain.ecs import LogTarget
from bot.domain.errors import AccessDenied, NotFound
from bot.domain.stacks import Place
from tests.adapters.aws_credentials import use_testing_credentials
from tests.adapters.aws_wire import Answer, Wire, error, serving

PLACE = Place("us-east-1", "staging")
SHOP = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/shop"
TARGET = LogTarget("/ecs/shop", "ecs", "eu-west-1")
GONE = error("ResourceNotFoundException", "The specified log group does not exist.")
DETAIL = {"imageDigest": "sha256:1", "imageTags": ["v1"], "imagePushedAt": 1795000000.0}


class Seconds:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    use_testing_credentials(monkeypatch)
    with serving() as wire:
        wire.answers("DescribeImages", Answer({"imageDetails": [DETAIL]}))
        yield wire


def images(wire: Wire) -> AwsImages:
    return AwsImages(Sessions(endpoint_url=wire.endpoint_url), Seconds())


def logs(wire: Wire) -> AwsLogs:
    return AwsLogs(Sessions(endpoint_url=wire.endpoint_url))


def line(*messages: str, token: str = "t") -> Answer:
    events = [{"timestamp": 1, "message": one} for one in messages]
    return Answer({"events": events, "nextBackwardToken": token, "nextForwardToken": "f"})


def test_the_account_is_the_registrys_own(wire: Wire) -> None:
    images(wire).newest(PLACE, SHOP, 5)
    (asked,) = wire.requests("DescribeImages")
    assert (asked["registryId"], asked["repositoryName"]) == ("111122223333", "team/shop")


def test_the_newest_images_are_remembered_for_thirty_seconds(wire: Wire) -> None:
    clock = Seconds()
    port = AwsImages(Sessions(endpoint_url=wire.endpoint_url), clock)
    port.newest(PLACE, SHOP, 5)
    clock.now += 29
    port.newest(PLACE, SHOP, 5)
    assert len(wire.asked) == 1
    clock.now += 1
    port.newest(PLACE, SHOP, 5)
    assert len(wire.asked) == 2


def test_pages_of_images_are_sorted_as_one(wire: Wire) -> None:
    def detail(number: int) -> dict[str, object]:
        return {"imageDigest": f"sha256:{number}", "imagePushedAt": 1795000000.0 + number}

    first = Answer({"imageDetails": [detail(1), detail(4)], "nextToken": "more"})
    wire.answers("DescribeImages", first, Answer({"imageDetails": [detail(3)]}))
    found = images(wire).newest(PLACE, SHOP, 5)
    assert [one.digest for one in found] == ["sha256:4", "sha256:3", "sha256:1"]
    assert found[0].tags == ()


def test_ten_pages_of_images_are_enough(wire: Wire) -> None:
    details = [{"imageDigest": f"sha256:{number}"} for number in range(1000)]
    pages = [Answer({"imageDetails": details, "nextToken": f"page-{number}"}) for number in range(12)]
    wire.answers("DescribeImages", *pages)
    images(wire).newest(PLACE, SHOP, 5)
    assert len(wire.asked) == 10


def plain(wire: Wire, config: dict[str, str], blob: Answer) -> None:
    """The image is a single manifest with that config."""
    manifest = json.dumps({"schemaVersion": 2, "config": config, "layers": []})
    wire.answers("BatchGetImage", Answer({"images": [{"imageManifest": manifest}], "failures": []}))
    wire.answers("GetDownloadUrlForLayer", Answer({"downloadUrl": f"{wire.endpoint_url}/blob?X-Amz-Signature=s"}))
    wire.answers("/blob?X-Amz-Signature=s", blob)


def architectures(port: AwsImages) -> tuple[str, ...]:
    image = port.image(PLACE, SHOP, "v1")
    assert image is not None
    return image.architectures


def test_a_plain_manifest_leads_to_the_architecture_in_its_config_once(wire: Wire) -> None:
    plain(wire, {"digest": "sha256:c"}, Answer({"architecture": "arm64", "os": "linux"}))
    port = images(wire)
    assert (architectures(port), architectures(port)) == (("arm64",), ("arm64",))
    (asked,) = wire.requests("BatchGetImage")
    assert asked["imageIds"] == [{"imageDigest": "sha256:1"}]
    (layer,) = wire.requests("GetDownloadUrlForLayer")
    assert (layer["registryId"], layer["layerDigest"]) == ("111122223333", "sha256:c")


BLOBS = [
    Answer({"architecture": "arm64"}, 403),
    Answer("no JSON"),
    Answer({}),
    Answer([1]),
    Answer({"architecture": 7}),
    Answer(closes=True),
]


@pytest.mark.parametrize("blob", BLOBS)
def test_a_config_that_cannot_be_read_leaves_the_architecture_open(wire: Wire, blob: Answer) -> None:
    plain(wire, {"digest": "sha256:c"}, blob)
    assert architectures(images(wire)) == ()


def test_a_config_that_does_not_come_holds_nobody_up(wire: Wire, caplog: pytest.LogCaptureFixture) -> None:
    plain(wire, {"digest": "sha256:c"}, Answer(hangs=True))
    assert architectures(images(wire)) == ()
    assert "architecture_unknown" in caplog.text
    assert "Signature" not in caplog.text


def test_without_a_config_or_the_right_to_read_it_the_architecture_stays_open(wire: Wire) -> None:
    plain(wire, {}, Answer({"architecture": "arm64"}))
    assert architectures(images(wire)) == ()
    plain(wire, {"digest": "sha256:c"}, Answer({"architecture": "arm64"}))
    wire.answers("GetDownloadUrlForLayer", error("AccessDeniedException", "no"))
    assert architectures(images(wire)) == ()


def test_a_role_that_may_not_read_manifests_still_finds_the_image(wire: Wire) -> None:
    wire.answers("BatchGetImage", error("AccessDeniedException", "no"))
    image = images(wire).image(PLACE, SHOP, "v1")
    assert image is not None
    assert (image.digest, image.architectures) == ("sha256:1", ())


def test_attestations_are_no_architecture() -> None:
    platforms = [{"architecture": "amd64"}, {"architecture": "arm64"}, {"architecture": "unknown"}, {}]
    manifest = {"manifests": [{"platform": one} for one in platforms]}
    assert architectures_of(json.dumps(manifest)) == ("amd64", "arm64")


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.from_regex(r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True))
def test_an_ecr_host_gives_account_and_region(account: str, region: str) -> None:
    for suffix in ("", ".cn"):
        found = repository_of(f"{account}.dkr.ecr.{region}.amazonaws.com{suffix}/team/shop")
        assert found is not None
        assert (found.registry_id, found.region, found.name) == (account, region, "team/shop")


@given(st.text())
def test_nothing_else_is_ecr(text: str) -> None:
    assert repository_of(text) is None
    assert repository_of(f"public.ecr.aws/{text}") is None


def test_an_empty_page_is_passed_over(wire: Wire) -> None:
    wire.answers("GetLogEvents", line(token="older"), line("one\n", "two"))
    assert logs(wire).tail(PLACE, TARGET, "app", "t1", 5) == ("one", "two")
    assert wire.requests("GetLogEvents")[1]["nextToken"] == "older"


def test_empty_pages_end(wire: Wire) -> None:
    wire.answers("GetLogEvents", line(token="same"))
    assert logs(wire).tail(PLACE, TARGET, "app", "t1", 5) == ()
    assert len(wire.asked) == 2


def test_a_stream_that_is_missing_is_told_from_its_group(wire: Wire) -> None:
    wire.answers("GetLogEvents", GONE)
    wire.answers("DescribeLogStreams", Answer({"logStreams": []}), GONE)
    assert logs(wire).tail(PLACE, TARGET, "app", "t1", 5) == ()
    with pytest.raises(NotFound) as caught:
        logs(wire).tail(PLACE, TARGET, "app", "t1", 5)
    assert (caught.value.kind, caught.value.where) == ("log group", "eu-west-1")


def test_a_role_that_may_not_list_streams_gets_the_benefit_of_the_doubt(wire: Wire) -> None:
    wire.answers("GetLogEvents", GONE)
    wire.answers("DescribeLogStreams", error("AccessDeniedException", "no"))
    assert logs(wire).tail(PLACE, TARGET, "app", "t1", 5) == ()


def test_a_role_that_may_not_read_logs_is_told_so(wire: Wire) -> None:
    wire.answers("GetLogEvents", error("AccessDeniedException", "no"))
    with pytest.raises(AccessDenied) as caught:
        logs(wire).tail(PLACE, TARGET, "app", "t1", 5)
    assert caught.value.action == "logs:GetLogEvents"

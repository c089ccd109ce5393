"""Everything that can go wrong with a rollout, with and without a circuit breaker, at the same time: the bot never
calls a success what is none, and tells what it was."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.ecs.behaviours import DEPLOYMENT_FAULTS
from sandbox.slack.workspace import Json
from tests.stories.hasty import HASTY
from tests.stories.told import Story, has_button, story, text_of

SIGNS = {"✅": "succeeded", "❌": "failed", "↩️": "rolled back", "⏭️": "superseded", "🔴": "failing"}
ENDS = ("succeeded", "failed", "rolled back", "superseded")
GOOD = ("fine", "slow_start", "flaky_once")
STACKS = {
    f"{kind.replace('_', '-')}-{switch}": (kind, switch == "on")
    for kind in DEPLOYMENT_FAULTS
    for switch in ("on", "off")
}
BY_IMAGE = {"died-v44": "v44", "died-v45": "v45", "died-v46": "v46", "guarded-v44": "v44"}

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder, names = tmp_path_factory.mktemp("failed"), [*STACKS, *BY_IMAGE]
    guarded = [name for name in names if name.endswith("-on") or name.startswith("guarded")]
    with story(folder, names, deadline="15s", breaker=guarded, command=HASTY) as told:
        for name, (kind, _) in STACKS.items():
            told.world.faults.next_deployment("stories", name, kind)
        images = dict.fromkeys(STACKS, "v43") | BY_IMAGE
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: told.deploys(name, images[name]), names))
        yield told


@pytest.mark.parametrize("stack", STACKS)
def test_a_verdict_is_what_became_of_the_service(here: Story, stack: str) -> None:
    kind, breaker = STACKS[stack]
    ends = kind in GOOD or (breaker and kind != "stuck")
    verdict = _end(here, stack) if ends else _shown(here, stack, "failing")
    assert (verdict == "succeeded") == _really_succeeded(here, stack)
    assert (verdict == "succeeded") == (kind in GOOD)
    if ends and kind not in GOOD:
        assert verdict == "rolled back"
        assert here.runs(stack).endswith(":v42")


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ("died-v44", ("exit code *1*", 'relation "orders" does not exist')),
        ("died-v45", ("exit code *137*", "OutOfMemoryError", "cache grew to 418 MiB")),
        ("died-v46", ("Task failed container health checks", "/health answered 503")),
        ("guarded-v44", ("exit code *1*", 'relation "orders" does not exist')),
        ("pull-on", ("CannotPullContainerError",)),
        ("elb-unhealthy-on", ("Task failed ELB health checks",)),
    ],
)
def test_the_thread_tells_what_the_tasks_died_of_and_what_to_do(
    here: Story, stack: str, words: tuple[str, ...]
) -> None:
    told = here.thread(stack, *words)
    found = [one for one in told if "⚠️" in one and all(word in one for word in words)]
    assert len(found) == 1
    assert "\n→ " in found[0]


def test_no_secret_of_a_log_line_reaches_slack(here: Story) -> None:
    said = "\n".join(here.thread("died-v46", "payments.internal"))
    assert "shop:secret" not in said
    assert "shop:secret" not in here.log


@pytest.mark.parametrize("stack", ["no-capacity-off", "no-capacity-on"])
def test_missing_room_is_told_in_the_words_of_ecs(here: Story, stack: str) -> None:
    here.thread(stack, "was unable to place a task")


def test_a_rollout_that_may_not_move_is_told_in_the_words_of_ecs(here: Story) -> None:
    here.thread("stuck-off", "minimumHealthyPercent")


def test_a_crash_loop_is_called_failing_before_its_deadline(here: Story) -> None:
    here.thread("died-v44", "🔴 <@U0ANA>", "its tasks keep dying")


def test_a_breaker_is_counted_and_its_roll_back_never_called_a_success(here: Story) -> None:
    assert _end(here, "guarded-v44") == "rolled back"
    told = here.thread("guarded-v44", "circuit breaker of ECS stopped it")
    assert any("Circuit breaker: " in one and " of 3 failures" in one for one in told)
    assert not any("✅" in one for one in told)


@pytest.mark.parametrize("stack", ["fine-off", "crash-on", "guarded-v44", "pull-on"])
def test_the_end_is_told_once_to_who_asked(here: Story, stack: str) -> None:
    _end(here, stack)
    told = here.thread(stack, "<@U0ANA>", " after ")
    assert len([one for one in told if " after " in one and "<@U0ANA>" in one]) == 1


def test_past_its_deadline_a_rollout_is_still_followed_and_may_be_aborted(here: Story) -> None:
    here.thread("stuck-off", "🔴")
    card = here.card("stuck-off", "failing")
    here.ana.clicks("Abort", in_=card["ts"])
    here.card("stuck-off", "rolled back", seconds=60)
    assert here.runs("stuck-off").endswith(":v42")


def test_a_failing_deploy_can_be_followed_by_a_good_one(here: Story) -> None:
    _shown(here, "died-v45", "failing")
    here.deploys("died-v45", "v41")
    here.card("died-v45", "v41", "succeeded")
    assert _really_succeeded(here, "died-v45")


def _end(here: Story, stack: str) -> str:
    """How the card says that it ended."""

    card = here.ana.waits_for(lambda message: _shows(message, stack, *ENDS), seconds=90)
    assert not has_button(card, "Abort")
    return SIGNS[_sign(card)]


def _shown(here: Story, stack: str, word: str) -> str:
    """How the card says that it goes, once it says so; it can be aborted."""
    card = here.ana.waits_for(lambda message: _shows(message, stack, word), seconds=90)
    assert has_button(card, "Abort")
    return word


def _shows(message: Json, stack: str, *words: str) -> bool:
    return f"*Deploy {stack} → staging*" in text_of(message) and SIGNS.get(_sign(message)) in words


def _sign(message: Json) -> str:
    return text_of(message).partition("\n")[2].split(" ")[0]


def _really_succeeded(here: Story, stack: str) -> bool:
    """ECS's truth: PRIMARY runs the newest revision and is COMPLETED, and every task that runs is of it."""
    with here.world.lock:
        service = here.service(stack)
        primary = service.primary
        newest = here.world.state.definition("us-east-1", stack)
        live = [one for one in here.world.state.cluster("us-east-1", "stories").tasks_of(stack) if one.placed]
    done = primary.state == "COMPLETED" and primary.definition.arn == newest.arn
    return done and len(live) == service.desired and all(one.started_by == primary.id and one.steady for one in live)

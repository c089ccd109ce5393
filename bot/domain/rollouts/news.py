"""What is new in a look, each with a key that stays the same from look to look: whoever posts it, posts it once."""

from datetime import timedelta

from bot.domain.rollouts.events import kinds
from bot.domain.rollouts.scene import Scene
from bot.domain.rollouts.values import News, NewsKind, Outcome, Verdict, Why

HALF_FROM = 4
"""Below so many tasks the half-way mark says nothing that the first task does not."""

YOUNG, GROWN = timedelta(minutes=2), timedelta(minutes=10)
SOON, LATER, SELDOM = timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=15)

PATIENTLY = timedelta(seconds=30)
"""Past the deadline it may take hours (bake times, lifecycle hooks), and whoever waited has been told."""


def news_of(scene: Scene, outcome: Outcome | None, rolling_back: bool) -> tuple[News, ...]:
    """Everything worth telling by now, in the order of a rollout's life; failures and events oldest first."""
    return (*_arrivals(scene), *_bad_signs(scene), *_turns(scene, outcome, rolling_back))


def _arrivals(scene: Scene) -> list[News]:
    count = scene.progress
    arrived = [News("started", NewsKind.STARTED, count)] if scene.mine else []
    arrived += [News("first_task", NewsKind.FIRST_TASK, count)] if count.done else []
    half = count.desired >= HALF_FROM and count.desired <= 2 * count.done < 2 * count.desired
    return arrived + ([News("half", NewsKind.HALF, count)] if half else [])


def _bad_signs(scene: Scene) -> list[News]:
    died = [News(f"failure:{one.key}", NewsKind.FAILURE, failure=one) for one in reversed(scene.failures)]
    told = [News(f"event:{key}", NewsKind.EVENT, quote=one.message) for key, one in kinds(scene.events).items()]
    mark = breaker_mark(scene.progress.breaker_failures or 0, scene.progress.breaker_threshold or 1)
    counted = [News(f"breaker:{mark}", NewsKind.BREAKER, scene.progress)] if mark else []
    return died + told + counted


def breaker_mark(failures: int, threshold: int) -> int:
    """The last count worth telling that was reached: the first failure, half of the threshold, the threshold; 0: none.
    A threshold may be 200 (ECS facts 1.3)."""
    return max((mark for mark in (1, -(-threshold // 2), threshold) if mark <= failures), default=0)


def _turns(scene: Scene, outcome: Outcome | None, rolling_back: bool) -> list[News]:
    if outcome is None:
        return []
    if outcome.verdict is not Verdict.FAILING:
        return [News("finished", NewsKind.FINISHED, scene.progress, quote=outcome.quote)]
    if rolling_back:
        return [News("rolling_back", NewsKind.STOP_ASKED, scene.progress, quote=outcome.quote)]
    first = outcome.failures[0] if outcome.failures and outcome.why is Why.CRASH_LOOP else None
    return [News(f"failing:{outcome.why.value}", NewsKind.FAILING, scene.progress, first, outcome.quote)]


def next_look(scene: Scene, outcome: Outcome | None, rolling_back: bool) -> timedelta | None:
    """How long to wait; None: it is over. Often while young, while tasks start, and when only ECS's word is missing:
    from COMPLETED to the card less than 15 s may pass, before the deadline. Whoever waits adds jitter."""
    if outcome and outcome.verdict is not Verdict.FAILING:
        return None
    if scene.overdue and not rolling_back:
        return PATIENTLY
    count = scene.progress
    closing = 0 < count.desired <= count.done
    if scene.age < YOUNG or closing:
        return SOON
    if scene.age >= GROWN:
        return SELDOM
    return SOON if outcome is None and count.new_starting else LATER

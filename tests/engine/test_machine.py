"""Whatever people, Slack, AWS and death do in whatever order: at most one apply, never without the approvals that were
wanted, never after expiry, and an audit log that tells the same as the rows. `MACHINE=1000` in the environment tries
that many stories, longer ones."""

import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.requests import Kind
from bot.domain.stacks import ApprovalRule, OnFailure
from tests.engine.going_back import somebody_deploys
from tests.engine.house import ANA, BO, CHANNEL, CY, REPOSITORY, STAGING, buttons
from tests.engine.locking import admins
from tests.engine.machine_words import BETWEEN, BUTTONS, HOLDS, KINDS, PEOPLE, SECONDS, TROUBLE, WISHES, makes_trouble
from tests.engine.mortal import Mortal
from tests.engine.scaling import scales_itself
from tests.engine.truth import Truth
from tests.fakes.chat import Said
from tests.fakes.ecs_story import document

STORIES = int(os.environ.get("MACHINE", "0"))
HALF_AN_HOUR = timedelta(minutes=30)
INSTANT = timedelta(milliseconds=1)


class Machine(RuleBasedStateMachine):
    """Everybody and everything around the bot."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory(prefix="machine-")

    @initialize(
        count=st.sampled_from([1, 0, 2]),
        lock_after=st.booleans(),
        breaker=st.booleans(),
        back=st.sampled_from(list(OnFailure)),
        scaled=st.booleans(),
    )
    def begins(self, count: int, lock_after: bool, breaker: bool, back: OnFailure, scaled: bool) -> None:
        rule = ApprovalRule(("deploy", "rollback", "scale"), ("release",), count, HALF_AN_HOUR) if count else None
        fields = {"approval": rule, "emergency": ("release",), "lock_after_rollback": lock_after, "on_failure": back}
        self.world = Mortal(Path(self._folder.name) / "bot.db", admins(**fields))
        self.world.people.groups.update(S0DEV=frozenset({ANA, BO, CY}), S0REL=frozenset({BO, CY}))
        somebody_deploys(self.world, "v40")
        if breaker:
            self.world.ecs.has_breaker(STAGING, "shop")
        if scaled:
            scales_itself(self.world)
        self.old: list[Said] = []
        self.truth = Truth(self.world)

    def lives(self, act: Callable[[], object]) -> None:
        """Where the bot does not, the next one is there at once. No two things happen in one instant."""
        self.world.clock.advance(INSTANT)
        if not self.world.while_alive(act):
            self.world.restarts()
        self._keeps_copies()

    def _keeps_copies(self) -> None:
        known = {(one.ts, one.edits) for one in self.old}
        self.old += [replace(one) for one in self._shown() if (one.ts, one.edits) not in known]

    @rule(words=st.sampled_from(WISHES), who=PEOPLE)
    def asks(self, words: str, who: str) -> None:
        self.lives(lambda: self.world.types(words, who))

    @rule(words=st.sampled_from(WISHES), who=st.sampled_from([ANA, CY]), between=st.sampled_from(BETWEEN))
    def goes_through(self, words: str, who: str, between: str) -> None:
        """The usual way, up to the yes, or to the step that starts it; and what comes in between."""
        self.starts(words, who, "")
        self.lives(self.world.runs)
        if between == "it expires":
            self.is_busy(1_800)
        self.says_yes(CY if who == ANA else BO)
        self.truth.holds()
        if between == "somebody leaves":
            self.joins_or_leaves(CY, "S0DEV" if who == CY else "S0REL")
        elif between == "somebody deploys":
            self.somebody_deploys("v44")
        elif between == "a lock":
            self.holds("lock shop staging why", BO)

    @rule(words=st.sampled_from(WISHES), who=PEOPLE, urgent=st.sampled_from(["", "", "", " --emergency now"]))
    def starts(self, words: str, who: str, urgent: str) -> None:
        self.lives(lambda: self.world.types(f"{words} --yes{urgent}", who))

    @rule(words=HOLDS, who=PEOPLE)
    def holds(self, words: str, who: str) -> None:
        self.lives(lambda: self.world.types(words, who))

    @rule(name=st.sampled_from(BUTTONS), who=PEOPLE)
    def clicks_that(self, name: str, who: str) -> None:
        """The newest button of that name."""
        self.lives(self.world.runs)
        self._clicks([one for one in self._shown() if name in buttons(one)][:1], 0, name, who)

    @rule(who=st.sampled_from([CY, BO, ANA]))
    def says_yes(self, who: str) -> None:
        """Before anything else moves: a step that is due has not run yet."""
        self._clicks([one for one in self._shown() if "Approve" in buttons(one)][:1], 0, "Approve", who)

    @rule(name=st.sampled_from(["Deploy", "Roll back", "Scale", "Schedule"]))
    def confirms(self, name: str) -> None:
        self.clicks_that(name, ANA)

    @rule(which=st.integers(0, 5), name=st.integers(0, 2), who=PEOPLE)
    def clicks(self, which: int, name: int, who: str) -> None:
        """A button as it stands in Slack now, the newest first."""
        self.lives(self.world.runs)
        self._clicks(self._shown(), which, name, who)

    @rule(which=st.integers(0, 30), name=st.integers(0, 2), who=PEOPLE)
    def clicks_an_old_copy(self, which: int, name: int, who: str) -> None:
        self._clicks([replace(one) for one in self.old[::-1]], which, name, who)

    def _shown(self) -> list[Said]:
        shown = [one for messages in self.world.chat.channels.values() for one in messages if buttons(one)]
        return sorted(shown, key=lambda one: one.ts, reverse=True)

    def _clicks(self, shown: list[Said], which: int, name: int | str, who: str) -> None:
        if not shown:
            return
        said = shown[which % len(shown)]
        text = name if isinstance(name, str) else list(buttons(said))[name % len(buttons(said))]
        self.lives(lambda: self.world.clicks(said, text, said.only_for or who))

    @rule(who=PEOPLE, which=st.integers(0, 2))
    def says_why_not(self, who: str, which: int) -> None:
        views = [one for one in self.world.chat.views.values() if str(one["callback_id"]).endswith(":denied")]
        if not views:
            return
        view = views[-1 - which % len(views)]
        request = self.world.request(
            Kind.SUBMISSION,
            who,
            callback_id=view["callback_id"],
            metadata=view["private_metadata"],
            values={"why": {"deploy:why": "no"}},
            channel_id="",
        )
        self.world.chat.links[request.response_url].channel_id = CHANNEL
        self.lives(lambda: self.world.does(request))

    @rule(seconds=SECONDS)
    def passes(self, seconds: int) -> None:
        """Long times in leaps, as if the machine slept now and then."""
        leaps = 1 if seconds <= 100 else 5
        for _ in range(leaps):
            self.lives(lambda: self._leaps(seconds / leaps))

    def _leaps(self, seconds: float) -> None:
        if seconds <= 100:
            return self.world.advances(seconds)
        self.world.clock.advance(timedelta(seconds=seconds))
        self.world.runs()

    @rule(seconds=st.sampled_from([30, 900, 1_790, 1_800, 86_400]))
    def is_busy(self, seconds: int) -> None:
        """Time passes, and no step runs."""
        self.world.clock.advance(timedelta(seconds=seconds))

    @rule()
    def completes(self) -> None:
        self.world.ecs.completes(STAGING, "shop")
        self.lives(lambda: self.world.advances(20))

    @rule(verdict=st.sampled_from(["dies", "breaks", "rolls back"]))
    def fails(self, verdict: str) -> None:
        ecs = self.world.ecs
        primary = ecs.service(STAGING, "shop").primary
        if verdict == "dies":
            ecs.task_dies(STAGING, "shop")
        elif primary and primary.rollout_state == "IN_PROGRESS" and len(ecs.service(STAGING, "shop").deployments) > 1:
            (ecs.breaks if verdict == "breaks" else ecs.rolls_back)(STAGING, "shop")
        self.lives(lambda: self.world.advances(10))

    @rule(image=st.sampled_from(["v41", "v44"]))
    def somebody_deploys(self, image: str) -> None:
        other = self.world.ecs.has_task_definition(STAGING, document("shop", f"{REPOSITORY}:{image}"))
        self.world.ecs.somebody_deploys(STAGING, "shop", other.arn)

    @rule(who=st.sampled_from([ANA, BO, CY]), group=st.sampled_from(["S0DEV", "S0REL"]))
    def joins_or_leaves(self, who: str, group: str) -> None:
        self.world.people.groups[group] ^= {who}

    @rule(trouble=TROUBLE, kind=KINDS, times=st.integers(1, 3))
    def gets_into(self, trouble: tuple[str, str], kind: str, times: int) -> None:
        makes_trouble(self.world, trouble, kind, times)

    @rule(instants=st.integers(0, 60))
    def will_die(self, instants: int) -> None:
        self.world.life.ends_after(instants)

    @rule(down_for=st.sampled_from([0, 10, 40, 1_800, 100_000]))
    def restarts(self, down_for: int) -> None:
        self.world.restarts(timedelta(seconds=down_for))

    @invariant()
    def nothing_is_wrong(self) -> None:
        if hasattr(self, "truth"):
            self.truth.holds()

    def teardown(self) -> None:
        try:
            if hasattr(self, "truth"):
                self._comes_to_rest()
        finally:
            if hasattr(self, "world"):
                self.world.store.close()
            self._folder.cleanup()

    def _comes_to_rest(self) -> None:
        """Everything works again, and a week goes by."""
        world = self.world
        world.ecs.heals()
        world.scaling.heals()
        world.chat.failures._waiting.clear()
        world.people.failures._waiting.clear()
        world.restarts()
        self._removes_schedules()
        for _ in range(6):
            world.advances(30)
            world.ecs.completes(STAGING, "shop")
            world.advances(30)
            self._leaps(100_000)
        world.advances(120)
        self.truth.rests()
        for change in self.truth.changes.values():
            event(f"{change.verb} {change.state.value}{' with approval' if change.approvals else ''}")

    def _removes_schedules(self) -> None:
        """What comes for ever would never come to rest."""
        with self.world.store.transaction() as tx:
            for one in tx.schedules():
                tx.save_schedule(replace(one, next_at=None, removed=True))


TestMachine = pytest.mark.timeout(0 if STORIES else 120)(Machine.TestCase)
TestMachine.settings = settings(
    max_examples=STORIES or 15,
    stateful_step_count=60 if STORIES else 25,
    suppress_health_check=list(HealthCheck),
    deadline=None,
)

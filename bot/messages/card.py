"""The card: the one message of a change in its stage's channel, edited for life."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.domain.changes import Change, State
from bot.domain.plans import Check, Level, Plan, Side
from bot.domain.rollouts import Progress, Verdict
from bot.domain.schedules import SHORT
from bot.messages.card_buttons import card_buttons
from bot.messages.kit import (
    Block,
    Message,
    actions,
    clock,
    code,
    context,
    escape,
    mention,
    message,
    section,
    spoken,
    verbatim,
)
from bot.messages.look import look_blocks
from bot.messages.request import asks_for, decided_line, skipped
from bot.messages.schedules import comes
from bot.messages.verdicts import cause, headline, way_on

NOBODY: Mapping[str, tuple[str, ...]] = MappingProxyType({})
_SIGN = {Level.OK: "✓", Level.WARNING: "⚠️", Level.BAD: "❌"}

_LOOKS: dict[State, tuple[str, str]] = {
    State.PROPOSED: ("⚪", "proposed"),
    State.AWAITING_APPROVAL: ("🟡", "waiting for approval"),
    State.APPROVED: ("⏳", "starting"),
    State.APPLYING: ("⏳", "starting"),
    State.ROLLING_OUT: ("🔵", "rolling out"),
    State.SUCCEEDED: ("✅", "succeeded"),
    State.FAILED: ("❌", "failed"),
    State.ROLLED_BACK: ("↩️", "rolled back"),
    State.SUPERSEDED: ("⏭️", "superseded"),
    State.CANCELLED: ("⚪", "cancelled"),
    State.DENIED: ("⚪", "denied"),
    State.EXPIRED: ("⚪", "expired"),
    State.OUTDATED: ("⚪", "not run"),
}
_BAR = 8
GOES_ON = "I go on trying."


def card(
    change: Change,
    now: datetime,
    usual: timedelta | None = None,
    offers: Sequence[str] = (),
    people: Mapping[str, tuple[str, ...]] = NOBODY,
) -> Message:
    """`offers`: the action ids that exist in this bot; buttons of others are left out. `people`: the groups of
    `tinystacks.yml`, of which those that are asked are mentioned."""
    emoji, word = _look(change)
    title = title_of(change)
    blocks = [section(f"{emoji} *{escape(title)}* · {word}\n{from_to(change)}")]
    blocks += [section(skipped(change, people))] if change.emergency else []
    blocks += _asking(change, usual, people)
    blocks += _live(change, now, usual)
    blocks += [section(text) for text in (_ending(change),) if text]
    blocks += [*_asked(change), _facts(change)]
    blocks += [actions(*found) for found in (card_buttons(change, offers),) if found]
    what = escape(side(change.plan.after))
    return message(f"{emoji} {escape(title)}: {what} {word}", *blocks)


def title_of(change: Change) -> str:
    """`Deploy shop → prod`."""
    return f"{verb_name(change.verb)} {change.stack} → {change.stage}"


def verb_name(verb: str) -> str:
    """The verb as a button says it (contract section 4)."""
    return {"rollback": "Roll back", "stop": "Stop task"}.get(verb, verb.capitalize())


def short(digest: str) -> str:
    """The first twelve hex digits of `sha256:…`."""
    return digest.removeprefix("sha256:")[:12]


def side(one: Side) -> str:
    """What runs, as short as it can be told: its own words, else tag, else short digest, else the image."""
    return one.words or one.tag or short(one.digest) or one.image


def progress_line(progress: Progress) -> str:
    """`new 2 healthy · 1 starting · old 2 draining`; the old ones drain once new ones take their place."""
    word = "running" if progress.new_healthy is None else "healthy"
    parts = [f"new {progress.done} {word}"]
    parts += [f"{progress.new_starting} starting"] if progress.new_starting else []
    old = "draining" if progress.done and progress.old_running < progress.desired else "running"
    parts += [f"old {progress.old_running} {old}"] if progress.old_running else []
    parts += [f"{progress.failed_tasks} failed"] if progress.failed_tasks else []
    return " · ".join(parts)


def bar(progress: Progress) -> str:
    """How far the new tasks are, in eight squares: one line on a phone."""
    share = min(1.0, progress.done / progress.desired) if progress.desired else 0.0
    return "█" * int(share * _BAR) + "░" * (_BAR - int(share * _BAR))


def _look(change: Change) -> tuple[str, str]:
    if change.state is State.PROPOSED and change.queued_at:
        return "🕓", "waiting for its turn"
    if change.plan.schedule and change.state is State.SUCCEEDED:
        return "🗓️", "scheduled"
    if change.failing and not change.final:
        return "🔴", "failing"
    if change.plan.follows and change.state is State.ROLLING_OUT:
        return "🔵", "stopping" if change.plan.task else "scaling"
    return _LOOKS[change.state]


def _asking(change: Change, usual: timedelta | None, people: Mapping[str, tuple[str, ...]]) -> list[Block]:
    """What an approver wants to know before saying yes: what changes, what to look out for, how long it takes."""
    if change.state is not State.AWAITING_APPROVAL:
        return []
    blocks = changed_fields(change.plan, 5)
    blocks += look_blocks(change.plan.look) if change.plan.look else []
    warnings = [check_line(check) for check in change.plan.checks if check.level is Level.WARNING]
    blocks += [section("\n".join(warnings))] if warnings else []
    blocks += [context(f"usually takes about {spoken(usual)}")] if usual else []
    return [*blocks, section(asks_for(change, people))]


def changed_fields(plan: Plan, most: int) -> list[Block]:
    """What the plan changes, field by field; nothing where all of it stands above: the image, what is scaled."""
    if plan.scale or (len(plan.differences) == 1 and plan.differences[0].path.endswith(".image")):
        return []
    lines = [f"{code(d.path)}: {code(brief(d.before))} → {code(brief(d.after))}" for d in plan.differences[:most]]
    more = len(plan.differences) - most
    return [section("\n".join([*lines, *([f"… and {more} more fields"] if more > 0 else [])]))] if lines else []


def check_line(check: Check) -> str:
    """`✓ image: …`."""
    return f"{_SIGN[check.level]} *{escape(check.name)}* {escape(check.sentence, 600)}"


def brief(value: str) -> str:
    """An image without its registry and with twelve digits of its digest; anything else as it is."""
    name, at, digest = value.rsplit("/", 1)[-1].partition("@sha256:")
    return f"{name}{at}{digest[:12]}" if at or ".dkr.ecr." in value else value


def from_to(change: Change) -> str:
    """`v42` → `v43` with its digest; of a stop, the task and what it runs; of a schedule, what comes when."""
    before, after = change.plan.before, change.plan.after
    if change.plan.schedule:
        return comes(change.plan.schedule)
    if change.plan.task:
        return f"task {code(change.plan.task[:8])} on {code(side(after))}; ECS starts another one in its place"
    if change.plan.scale:
        undo = " · takes a scaling back" if change.plan.scale.restores else ""
        return f"{code(side(before))} → {code(side(after))}{undo}"
    digest = f" · digest {code(short(after.digest))}" if after.digest else ""
    return f"{code(side(before))} → {code(side(after))}{digest}"


def _live(change: Change, now: datetime, usual: timedelta | None) -> list[Block]:
    problem = escape(change.problem, 1_000)
    if change.state is not State.ROLLING_OUT:
        goes_on = "" if change.final else f" {GOES_ON}"
        how_far = escape(change.line, 300) if change.final and change.line else ""
        return [section(text) for text in (how_far, f"{problem}{goes_on}" if problem else "") if text]
    lines = []
    if change.progress:
        lines.append(f"{bar(change.progress)}  {progress_line(change.progress)}")
    lines += [escape(change.line, 300)] if change.line else []
    lines += [elapsed for elapsed in (_elapsed(change, now, usual),) if elapsed]
    lines += [f"⚠️ {problem}" if change.plan.scale else f"⚠️ {problem} {GOES_ON}"] if problem else []
    return [section("\n".join(lines))]


def _elapsed(change: Change, now: datetime, usual: timedelta | None) -> str:
    """Rounded to 10 seconds: a card is edited when it looks different, not each second."""
    seconds = int((now - (change.started_at or change.created_at)).total_seconds()) // 10 * 10
    by = change.aborted_by
    parts = [f"{spoken(timedelta(seconds=seconds))} so far"] if seconds > 0 else []
    parts += [f"usually about {spoken(usual)}"] if usual else []
    parts += [f"abort asked by {mention(by.user_id) if by.user_id else escape(by.name)}"] if by else []
    return " · ".join(parts)


def _ending(change: Change) -> str:
    if change.outcome is None:
        return ""
    lines = [f"{headline(change)}."]
    lines += [cause(change.outcome)] if change.outcome.verdict is not Verdict.SUCCEEDED else []
    lines += [way_on(change)]
    return "\n".join(line for line in lines if line)


def _facts(change: Change) -> Block:
    plan = change.plan
    if plan.schedule:
        return context(f"schedule `{change.id[:SHORT]}` · service {escape(change.service)}")
    revision = change.registered_arn.rsplit("/", 1)[-1] or plan.after.revision
    after = "a new revision" if revision.endswith(":new") else escape(revision)
    where = f"acct {plan.account} · {change.place.region} · cluster {escape(change.place.cluster)}"
    before = "" if plan.follows else f"{escape(plan.before.revision)} → "
    return context(where, f"service {escape(change.service)} · {before}{after}")


def _asked(change: Change) -> list[Block]:
    how = "scheduled" if change.scheduled else "asked"
    asked = f"{how} by {mention(change.requester.user_id)} {clock(change.created_at)}"
    said = [asked, *([decided] if (decided := decided_line(change)) else [])]
    return [context(" · ".join(said)), *_why(change)]


def _why(change: Change) -> list[Block]:
    """Somebody's words in a block of their own, with its label: they may read like ours."""
    denied = change.state is State.DENIED
    why = change.decided_why if denied else change.reason
    return [context("Why not" if denied else "Reason", verbatim(why, 300))] if why else []

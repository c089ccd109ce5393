"""What is said about a scaling beside its card: the three ways, how it scales by itself, what was resumed."""

from datetime import datetime

from bot.domain.changes import Change
from bot.domain.durations import spoken
from bot.domain.scale_plans import Undone
from bot.domain.scale_steps import spoken_bounds, spoken_tasks, state_of
from bot.domain.scale_words import Wanted
from bot.domain.scaling import METRICS, Autoscaling, ScalingActivity, ScalingBounds, ScalingPolicy, ScheduledAction
from bot.domain.stacks import Stage
from bot.messages.kit import Message, actions, button, code, context, escape, mention, message, section

_METRIC_WORDS = {METRICS["cpu"]: "CPU", METRICS["memory"]: "memory"}
_ACTIVITIES = 3

WAYS = ("bounds", "suspend", "anyway")
"""The actions of the three ways, in their order."""


def three_ways(stage: Stage, undone: Undone, now: datetime, reason: str = "", emergency: str = "") -> Message:
    """What would undo the number, and a button for each honest way to it, which remembers the reasons."""
    title = f"Scale {stage.stack} → {stage.name}: how is that meant?"
    lines = [f"• *{_label(way)}*: {_means(way)}" for way in undone.ways]
    where = f"{stage.stack}/{stage.name}"
    named = zip(WAYS, undone.ways, strict=True)
    buttons = [
        button(_label(way), f"scale:{name}", f"{where}/{way.words}\n{reason}\n{emergency}") for name, way in named
    ]
    return message(
        escape(title),
        section(f"*{escape(title)}*\n{escape(undone.fact, 600)}"),
        section(autoscaling_lines(undone.auto, undone.desired, now)),
        section("\n".join(lines)),
        actions(*buttons),
        context("Each opens its preview first; nothing was changed."),
    )


def autoscaling_lines(auto: Autoscaling, desired: int, now: datetime) -> str:
    """All that scales it, one line each; AWS's words quoted."""
    if auto.bounds is None:
        return f"Nothing scales it by itself; {spoken_tasks(desired)} wanted."
    lines = [f"*Autoscaling* {spoken_bounds(auto.bounds)} tasks · {state_of(auto.bounds)} · {desired} wanted now"]
    lines += [f"• {_policy(one)}" for one in auto.policies[:5]]
    lines += [f"• {_scheduled(one)}" for one in auto.scheduled[:5]]
    lines += [f"• {_activity(one, now)}" for one in auto.activities[:_ACTIVITIES]]
    return "\n".join(lines)


def resumed(change: Change, bounds: str) -> Message:
    """The reply once autoscaling goes on."""
    text = f"▶️ {mention(change.requester.user_id)} Autoscaling goes on, within {escape(bounds)} tasks."
    return message(text, section(text))


def not_resumed(change: Change, problem: str, bounds: ScalingBounds | None) -> Message:
    """The reply where it could not be resumed. `bounds`: as they were seen right before; None: they were not."""
    how = "is still suspended" if bounds and bounds.suspended else "may be suspended still"
    text = f"❌ {mention(change.requester.user_id)} Autoscaling {how}: {escape(problem, 1_500)}"
    return message(text, section(text))


def _label(way: Wanted) -> str:
    if way.suspend:
        return f"Suspend for {spoken(way.suspend)}"
    if way.anyway:
        return "Set anyway"
    parts = [f"min {way.least}"] if way.least is not None else []
    parts += [f"max {way.most}"] if way.most is not None else []
    return f"Change bounds: {', '.join(parts)}"


def _means(way: Wanted) -> str:
    if way.suspend:
        return f"nothing scales by itself for {spoken(way.suspend)}, then it goes on as before; I tell when"
    if way.anyway:
        return f"{spoken_tasks(way.tasks)} until autoscaling decides otherwise, which may be at once"
    return f"autoscaling goes on within bounds that hold {spoken_tasks(way.tasks)}, until they are changed back"


def _policy(one: ScalingPolicy) -> str:
    if one.target is None:
        return f"{code(one.name, 80)} {escape(one.kind, 60)}"
    metric = _METRIC_WORDS.get(one.metric, one.metric or "another metric")
    percent = " %" if one.metric in _METRIC_WORDS else ""
    only_out = ", scales out only" if one.scale_in_disabled else ""
    return f"{code(one.name, 80)} keeps {escape(metric, 60)} at {one.target:g}{percent}{only_out}"


def _scheduled(one: ScheduledAction) -> str:
    bounds = [f"min {one.least}"] if one.least is not None else []
    bounds += [f"max {one.most}"] if one.most is not None else []
    zone = f" {escape(one.timezone, 40)}" if one.timezone else ""
    return f"{code(one.name, 80)} {code(one.schedule, 80)}{zone}: {', '.join(bounds) or 'no bounds'}"


def _activity(one: ScalingActivity, now: datetime) -> str:
    said = one.description if one.status == "Successful" else f"{one.status}: {one.message or one.description}"
    return f"{spoken(now - one.at)} ago: {escape(said, 160)} ({escape(one.cause, 200)})"

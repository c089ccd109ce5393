"""How a stop of one task ends, in words."""

from bot.domain.changes import Change, State
from bot.domain.follows import Follow
from bot.domain.stops import StopStanding
from bot.domain.task_names import short
from bot.messages.kit import Message, code, escape, mention, message, section, spoken


def stop_problem(change: Change, standing: StopStanding) -> str:
    """What keeps it from its end, and where to look. Plain text."""
    task, where = short(change.plan.task), f"{change.stack} {change.stage}"
    if standing.follow is Follow.GONE:
        return f"The service is gone, so nothing takes the place of task {task}. Create it again if that is not meant."
    state = "is STOPPED" if standing.stopped else "is still stopping"
    count = f"{standing.running} of {standing.desired} tasks are RUNNING"
    return f"Task {task} {state}, and {count} by now. See why: /tinystacks tasks {where} --stopped"


def stop_ending(change: Change) -> Message:
    """The last reply: the person mentioned once."""
    who, took = mention(change.requester.user_id), ""
    if change.started_at and change.finished_at:
        took = f" after {spoken(change.finished_at - change.started_at)}"
    if change.state is State.SUCCEEDED:
        task = code(short(change.plan.task))
        text = f"✅ {who} Task {task} is STOPPED, and ECS has its replacement RUNNING{took}."
    else:
        text = f"❌ {who} Failed{took}: {escape(change.problem, 1_000)}"
    return message(text, section(text))

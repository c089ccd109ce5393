"""How a rollout ends, or why it fails, in words: AWS's own ones quoted, then what to do."""

from bot.domain.changes import Change, State
from bot.domain.diagnosis import Failure, advice
from bot.domain.rollouts import Outcome, Verdict, Why
from bot.messages.kit import code, code_block, escape, mention, spoken

_WHY: dict[Why, str] = {
    Why.COMPLETED: "ECS reports the deployment completed",
    Why.BREAKER: "the circuit breaker of ECS stopped it",
    Why.ALARM: "a deployment alarm stopped it",
    Why.CRASH_LOOP: "its tasks keep dying",
    Why.NO_PLACEMENT: "ECS finds no room for its tasks",
    Why.CANNOT_MOVE: "ECS may neither start nor stop a task within minimumHealthyPercent and maximumPercent",
    Why.STUCK: "its deadline passed, and ECS still works on it",
    Why.ABORTED: "it was aborted",
    Why.REPLACED: "another deployment took its place",
    Why.SERVICE_GONE: "the service is gone",
    Why.FAILED_BY_ECS: "ECS reports it failed",
    Why.UNKNOWN: "ECS does not tell why",
}


def headline(change: Change) -> str:
    """`Rolled back after 2m 5s: the circuit breaker of ECS stopped it`."""
    outcome = change.outcome
    if outcome is None:
        return change.state.value.replace("_", " ").capitalize()
    word = outcome.verdict.value.replace("_", " ").capitalize()
    spent = change.finished_at - change.started_at if change.finished_at and change.started_at else None
    by = f" by {mention(change.aborted_by.user_id)}" if _by_person(change) and change.aborted_by else ""
    return f"{word}{f' after {spoken(spent)}' if spent else ''}: {_WHY[outcome.why]}{by}"


def _by_person(change: Change) -> bool:
    aborted = change.outcome is not None and change.outcome.why is Why.ABORTED
    return aborted and change.aborted_by is not None and change.aborted_by.user_id != ""


def cause(outcome: Outcome) -> str:
    """The first failure in one line, and AWS's own words about the whole."""
    lines = [failure_line(failure) for failure in outcome.failures[:1]]
    lines += [f"> {code(outcome.quote)}"] if outcome.quote else []
    return "\n".join(lines)


def failure_line(failure: Failure) -> str:
    """`3 tasks stopped · container app · exit code 1` and the quote."""
    tasks = "1 task" if failure.count == 1 else f"{failure.count} tasks"
    parts = [f"{tasks} stopped"]
    parts += [f"container {code(failure.container)}"] if failure.container else []
    parts += [f"exit code *{failure.exit_code}*"] if failure.exit_code is not None else []
    return " · ".join(parts) + f"\n> {code(failure.quote)}"


def evidence(failure: Failure) -> str:
    """A failure with its last log lines and what to do next."""
    lines = [failure_line(failure)]
    lines += [code_block(failure.log_lines)] if failure.log_lines else []
    lines += [f"No log lines: {escape(failure.logs_missing)}"] if failure.logs_missing else []
    return "\n".join([*lines, f"→ {escape(advice(failure))}"])


def way_on(change: Change) -> str:
    """What to do now; empty where nothing is to be done."""
    outcome, plan = change.outcome, change.plan
    if outcome is None or outcome.verdict is Verdict.SUCCEEDED:
        return ""
    back = f"`/tinystacks deploy {change.stack} {change.stage} IMAGE`"
    if change.state is State.ROLLED_BACK:
        return f"{code(plan.before.revision)} serves again. Mend the cause, then deploy anew: {back}"
    if change.state is State.SUPERSEDED:
        now = outcome.running.rsplit("/", 1)[-1]
        return f"ECS now works on {code(now)}." if now else ""
    if outcome.verdict is Verdict.FAILING:
        return "ECS goes on trying. *Abort* brings back what ran before."
    return f"What ran before may still serve beside it. Deploy another image: {back}"

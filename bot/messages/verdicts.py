"""How a rollout ends, or why it fails, in words: AWS's own ones quoted, then what to do."""

from bot.domain.changes import Change, State
from bot.domain.diagnosis import Failure, advice
from bot.domain.images import image_of
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
    outcome = change.outcome
    if outcome is None or outcome.verdict is Verdict.SUCCEEDED:
        return ""
    now = revision(outcome.running)
    if change.state is State.ROLLED_BACK:
        serves = code(now) if now else "What ran before"
        return f"{serves} serves again. Mend the cause, then deploy anew: {_deploy(change, 'IMAGE')}"
    if change.state is State.SUPERSEDED:
        return f"ECS now works on {code(now)}." if now else ""
    if outcome.verdict is Verdict.FAILING:
        return "" if change.aborted_at else f"ECS goes on trying. *Abort* brings back {_before(change)}."
    return _after_failure(change, outcome)


def revision(task_definition_arn: str) -> str:
    """`shop:7` of its ARN; empty where that is unknown."""
    return task_definition_arn.rsplit("/", 1)[-1]


def goes_back_to(change: Change) -> str:
    """The revision to which ECS rolls back: the last that completed, not what was under way; empty: unknown."""
    return revision(change.plan.previous_task_definition_arn)


def _before(change: Change) -> str:
    known = goes_back_to(change)
    return code(known) if known else "what ran before"


def _after_failure(change: Change, outcome: Outcome) -> str:
    if outcome.why is Why.SERVICE_GONE:
        return "Create the service again, or name another one in `tinystacks.yml`."
    stops = "I stop looking. " if outcome.why is Why.STUCK else ""
    left = "ECS rolls nothing back. " if _left_alone(change, outcome) else ""
    return f"{stops}{left}{_serves(change)} {_way_back(change)}"


def _way_back(change: Change) -> str:
    """A roll back where something had completed before; else another deploy."""
    if change.plan.previous_completed and goes_back_to(change) != revision(change.registered_arn):
        return f"Roll back: {code(back(change))}"
    good = good_image(change)
    which = "what ran before" if good else "another image"
    return f"Deploy {which}: {_deploy(change, good or 'IMAGE')}"


def back(change: Change) -> str:
    """The command that takes the stage back."""
    return f"/tinystacks rollback {change.stack} {change.stage}"


def _left_alone(change: Change, outcome: Outcome) -> bool:
    """ECS gave it up, and still wants the revision that failed (a breaker without roll back)."""
    given_up = outcome.why in (Why.BREAKER, Why.ALARM, Why.FAILED_BY_ECS)
    return given_up and bool(outcome.running) and outcome.running == change.registered_arn


def _serves(change: Change) -> str:
    """What ran at the last look."""
    count = change.progress
    if count is None:
        return "What ran before may still serve beside it."
    old = f"{count.old_running} old task{'' if count.old_running == 1 else 's'}"
    if count.old_running:
        return f"{old} still serve{'s' if count.old_running == 1 else ''} beside {count.done} new."
    return f"No old task is left; {count.done} of {count.desired} new ones are up."


def good_image(change: Change) -> str:
    """The image that ran before as one may type it: only where it last completed and is another than this one."""
    before, after = change.plan.before, change.plan.after
    same = before.image == after.image or (bool(before.digest) and before.digest == after.digest)
    if same or before.revision != goes_back_to(change):
        return ""
    if image_of(before.image).repository != image_of(after.image).repository:
        return before.image
    return before.tag if before.tag and before.tag != after.tag else before.digest


def _deploy(change: Change, image: str) -> str:
    return code(f"/tinystacks deploy {change.stack} {change.stage} {image}", 600)

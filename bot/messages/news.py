"""What is told in a change's thread, each thing once."""

from collections.abc import Callable

from bot.domain.changes import Change, State
from bot.domain.rollouts import News, NewsKind, Outcome, Progress, Verdict
from bot.messages.card import progress_line, side
from bot.messages.kit import Message, code, mention, message, section
from bot.messages.verdicts import evidence, failure_line, goes_back_to, headline, way_on


def news_message(change: Change, news: News) -> Message:
    """One reply in the thread."""
    text = _TEXTS[news.kind](change, news)
    return message(text.split("\n")[0], section(text))


def ending(change: Change, outcome: Outcome) -> Message:
    """The last reply: verdict, causes, the person mentioned once, what to do next. Their evidence stands above."""
    sign = {State.SUCCEEDED: "✅", State.ROLLED_BACK: "↩️", State.SUPERSEDED: "⏭️"}.get(change.state, "❌")
    first = f"{sign} {mention(change.requester.user_id)} {headline(change)}."
    blocks = [section(first)]
    if outcome.verdict is not Verdict.SUCCEEDED:
        blocks += [section(failure_line(failure)) for failure in outcome.failures[:3]]
        quote = outcome.quote or next(iter(outcome.events), "")
        blocks += [section(f"ECS says:\n> {code(quote)}")] if quote else []
        blocks += [section(text) for text in (way_on(change),) if text]
    return message(first, *blocks)


def _started(change: Change, news: News) -> str:
    revision = code(change.registered_arn.rsplit("/", 1)[-1] or change.plan.after.revision)
    wanted = f" · {news.progress.desired} tasks wanted" if news.progress else ""
    return f"Started on {revision}{wanted} · {code(change.deployment_id)}"


def _count(progress: Progress | None) -> str:
    return f" · {progress_line(progress)}" if progress else ""


def _breaker(_: Change, news: News) -> str:
    count = news.progress
    if count is None or count.breaker_failures is None:
        return "⚠️ The circuit breaker counts failures."
    return f"⚠️ Circuit breaker: {count.breaker_failures} of {count.breaker_threshold} failures"


def _to(change: Change) -> str:
    known = goes_back_to(change)
    return f" to {code(known)}" if known else ""


def _failing(change: Change, news: News) -> str:
    lines = [f"🔴 {mention(change.requester.user_id)} {headline(change)}."]
    lines += [failure_line(news.failure)] if news.failure else []
    lines += [f"> {code(news.quote)}"] if news.quote else []
    return "\n".join([*lines, way_on(change)])


def _failure(_: Change, news: News) -> str:
    return f"⚠️ {evidence(news.failure)}" if news.failure else f"⚠️ {code(news.quote)}"


_TEXTS: dict[NewsKind, Callable[[Change, News], str]] = {
    NewsKind.STARTED: _started,
    NewsKind.FIRST_TASK: lambda change, news: (
        f"First task of {code(side(change.plan.after))} is up{_count(news.progress)}"
    ),
    NewsKind.HALF: lambda _, news: f"Half-way{_count(news.progress)}",
    NewsKind.FAILURE: _failure,
    NewsKind.BREAKER: _breaker,
    NewsKind.EVENT: lambda _, news: f"ECS says:\n> {code(news.quote)}",
    NewsKind.FAILING: _failing,
    NewsKind.STOP_ASKED: lambda change, news: (
        f"ECS is rolling back{_to(change)}" + (f"\n> {code(news.quote)}" if news.quote else "")
    ),
    NewsKind.FINISHED: lambda change, _: f"{headline(change)}.",
}

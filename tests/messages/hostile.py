"""Changes full of hostile strings, and what must hold for whatever is said about them."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.causes import Cause
from bot.domain.changes import FINAL, Change, State
from bot.domain.diagnosis import Failure
from bot.domain.looks import Look
from bot.domain.people import Person
from bot.domain.plans import Check, Difference, Level, Plan, Side
from bot.domain.rollouts import News, NewsKind, Outcome, Progress, Verdict, Why
from bot.domain.stacks import Place
from bot.domain.usage import Usage
from sandbox.slack.blocks import BLOCKS_LENGTH, block_problems, blocks_length

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
OWN = re.compile(
    r"<@U0(?:ANA|BO)>|<#C0DEPLOYS>|<!date\^\d+\^(?:\{time\}\|\d\d:\d\d UTC"
    r"|\{date_short_pretty\} \{time\}\|\d\d [A-Z][a-z]{2} \d\d:\d\d UTC)>"
)
LIVE = re.compile(r"<[@#!]|<\w+:|<mailto")
BIDI = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_SNIPPETS = (
    "<!channel>", "<!here|here>", "<!everyone>", "<@U0EVIL>", "<#C0EVIL|x>", "<!subteam^S1>", "<https://evil.example|bank>",
    "&lt;!channel&gt;", "&amp;", "&", "<", ">", "`", "```", "*bold*", "_it_", "~no~", "\n> quote\n", "\r\n", "\t",
    "\u202egnp.exe", "\u2066", "\u061c", "\u200b", "\ufeff", "\x00", "\x07", "\x1b[31mred", "\x85", "\u2028",
    "x" * 700, "\U0001f4a5" * 400, "<" * 700, "shop:v42", "{0}%s", "\\",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from(_SNIPPETS) | st.text(max_size=12), max_size=3).map("".join)
_COUNTS = st.integers(0, 9)
_TIMES = st.none() | st.integers(-9_999, 9_999).map(lambda seconds: NOW + timedelta(seconds=seconds))

PEOPLE = st.builds(Person, st.just("T0ACME"), st.sampled_from(["U0ANA", "U0BO"]), TEXTS)
FAILURES = st.builds(
    Failure,
    cause=st.sampled_from(Cause),
    container=TEXTS,
    exit_code=st.none() | st.integers(0, 255),
    quote=TEXTS,
    count=st.integers(1, 99),
    task_ids=st.just(("t1",)),
    last_at=_TIMES,
    log_lines=st.lists(TEXTS, max_size=5).map(tuple),
    logs_missing=TEXTS,
)
PROGRESS = st.builds(
    Progress,
    desired=_COUNTS,
    new_running=_COUNTS,
    new_starting=_COUNTS,
    old_running=_COUNTS,
    new_healthy=st.none() | _COUNTS,
    failed_tasks=_COUNTS,
    breaker_failures=st.none() | _COUNTS,
    breaker_threshold=st.none() | _COUNTS,
)
OUTCOMES = st.builds(
    Outcome,
    st.sampled_from(Verdict),
    st.sampled_from(Why),
    TEXTS,
    st.lists(FAILURES, max_size=4).map(tuple),
    st.lists(TEXTS, max_size=4).map(tuple),
    TEXTS,
)
NEWS = st.builds(News, TEXTS, st.sampled_from(NewsKind), st.none() | PROGRESS, st.none() | FAILURES, TEXTS)
SIDES = st.builds(Side, TEXTS, TEXTS, TEXTS, TEXTS)
_PERCENTS = st.lists(st.none() | st.floats(0, 1e6, allow_nan=False), max_size=40).map(tuple)
USAGES = st.builds(Usage, st.just(NOW), st.just(timedelta(minutes=5)), _PERCENTS, _PERCENTS)
LOOKS = st.builds(
    Look,
    running=st.integers(0, 10**6),
    desired=st.integers(0, 10**6),
    usage=st.none() | USAGES,
    instances=st.none() | st.integers(0, 10**6),
    spare=st.none() | st.integers(0, 10**6),
    spread=st.lists(st.tuples(TEXTS, _COUNTS), max_size=40).map(tuple),
    at=_TIMES,
)
PLANS = st.builds(
    Plan,
    verb=st.just("deploy"),
    before=SIDES,
    after=SIDES,
    account=st.just("111122223333"),
    steps=st.just(()),
    rests_on=st.just(()),
    container=TEXTS,
    differences=st.lists(st.builds(Difference, TEXTS, TEXTS, TEXTS), max_size=12).map(tuple),
    checks=st.lists(st.builds(Check, TEXTS, st.sampled_from(Level), TEXTS), max_size=6).map(tuple),
    previous_task_definition_arn=TEXTS,
    look=st.none() | LOOKS,
)


def _change(state: State, **parts: Any) -> Change:
    fixed: dict[str, Any] = {"id": "0123456789abcdef", "verb": "deploy", "stack": "shop", "stage": "staging"}
    times: dict[str, Any] = {"created_at": NOW, "updated_at": NOW, "finished_at": NOW if state in FINAL else None}
    return Change(**fixed, **times, state=state, service="shop", channel_id="C0DEPLOYS", **parts)


CHANGES = st.builds(
    _change,
    state=st.sampled_from(State),
    place=st.builds(Place, st.just("us-east-1"), TEXTS),
    plan=PLANS,
    requester=PEOPLE,
    reason=TEXTS,
    asked_in=st.just("C0RANDOM"),
    started_at=_TIMES,
    registered_arn=TEXTS,
    deployment_id=TEXTS,
    progress=st.none() | PROGRESS,
    outcome=st.none() | OUTCOMES,
    failing=st.booleans(),
    aborted_by=st.none() | PEOPLE,
    aborted_at=_TIMES,
    problem=TEXTS,
)


def assert_harmless(message: Mapping[str, Any], surface: str = "message") -> None:
    """Slack accepts it, nothing in it comes alive that is not ours, nothing in it cannot be seen."""
    blocks = list(message["blocks"])
    assert block_problems(blocks, surface) == []
    assert blocks_length(blocks) <= BLOCKS_LENGTH
    fallback = [("mrkdwn", message["text"])] if surface == "message" else []
    assert all(0 < len(text.encode("utf-16-le")) // 2 <= 4_000 for _, text in fallback)
    for kind, text in [*fallback, *texts(blocks)]:
        unseen = {c for c in text if c in BIDI or (unicodedata.category(c) == "Cc" and c not in "\n\t")}
        assert unseen == set()
        assert kind != "mrkdwn" or not LIVE.search(OWN.sub("", text))


def texts(node: Any) -> Iterator[tuple[str, str]]:
    """Every text object in blocks: its type and its text."""
    if isinstance(node, Mapping):
        if isinstance(node.get("text"), str):
            yield node["type"], node["text"]
        for value in node.values():
            yield from texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from texts(value)

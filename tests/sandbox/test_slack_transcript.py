"""Messages as plain text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.slack.control import nested
from sandbox.slack.messages import Message
from sandbox.slack.person import flat
from sandbox.slack.transcript import body_of, transcript
from sandbox.slack.values import defaults, merged
from sandbox.slack.workspace import Json
from tests.sandbox.slack_world import actions, button, plain, section, select, text_field

RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "see "}, {"type": "link", "url": "u"}]},
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
        },
    ],
}
BLOCKS: list[tuple[Json, str]] = [
    ({"type": "header", "text": plain("Deploy")}, "# Deploy"),
    (section("*a* → b", accessory=button("Logs")), "*a* → b\n[Logs]"),
    ({"type": "section", "fields": [plain("a\nb"), plain("c")]}, "a b | c"),
    (actions(button("Deploy"), button("Cancel")), "[Deploy] [Cancel]"),
    (actions(select("a", "dev", placeholder=plain("Stage"))), "[Stage ▾]"),
    ({"type": "context", "elements": [plain("a"), {"type": "mrkdwn", "text": "b"}]}, "a · b"),
    ({"type": "divider"}, "---"),
    ({"type": "image", "alt_text": "a chart", "image_url": "u"}, "(a chart)"),
    (text_field("b", "Reason", initial_value="x"), "Reason: [x]"),
    ({"type": "markdown", "text": "**x**"}, "**x**"),
    (RICH, "see u\n• one"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 2}]]}, "a | 2"),
    ({"type": "video"}, "(video)"),
]


@pytest.mark.parametrize(("block", "text"), BLOCKS)
def test_each_block_has_its_plain_text(block: Json, text: str) -> None:
    assert body_of({"blocks": [block], "text": "fallback"}) == text


def test_a_thread_is_indented_under_its_parent_and_ephemerals_say_so() -> None:
    card = Message("C1", "1.0", "U0BOT", "card")
    reply = Message("C1", "2.0", "U0BOT", "news\nmore", thread_ts="1.0")
    mine = Message("C1", "3.0", "U0BOT", "psst", ephemeral_to="U0ANA")
    assert transcript(nested([card, reply, mine]), {"U0BOT": "tinystacks"}) == (
        "tinystacks:\ncard\n    tinystacks:\n    news\n    more\n\ntinystacks (only visible to you):\npsst"
    )


def test_a_message_with_no_blocks_shows_its_text_and_files() -> None:
    assert body_of({"blocks": [], "text": "x", "files": [{"name": "a.csv", "size": 4}]}) == "x\n(a.csv, 4 bytes)"


@given(st.lists(st.sampled_from([None, "1.0", "2.0", "99.0"]), max_size=8))
def test_nesting_loses_and_repeats_nothing(parents: list[str | None]) -> None:
    seen = [Message("C1", f"{n}.0", "U1", thread_ts=parent) for n, parent in enumerate(parents, start=3)]
    seen = [Message("C1", "1.0", "U1"), Message("C1", "2.0", "U1"), *seen]
    assert [one["ts"] for one in flat(nested(seen))] == [one.ts for one in seen]


@given(
    st.dictionaries(st.sampled_from(["b1", "b2", "gone"]), st.dictionaries(st.sampled_from(["a1", "x"]), st.just({})))
)
def test_a_state_has_exactly_the_fields_of_the_form(given_values: dict[str, dict[str, Json]]) -> None:
    blocks = [text_field("b1", "a1"), text_field("b2", "a1")]
    state = merged(blocks, given_values)
    assert {name: set(fields) for name, fields in state.items()} == {"b1": {"a1"}, "b2": {"a1"}}
    assert merged(blocks, {}) == defaults(blocks)

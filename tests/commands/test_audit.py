"""`audit` as people use it: pages, filters, the export, and who looked."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import Entry
from bot.domain.errors import NotPossible, Throttled
from bot.domain.log_filter import Filter
from bot.engine.audit_pages import _write
from bot.engine.commands import Ask
from bot.messages.audit import exported
from tests.engine.house import ANA, BO, World, buttons, words_of
from tests.fakes.chat import Said


def notes(world: World, count: int = 1, **fields: Any) -> None:
    """So many entries, a minute apart, the newest a minute old."""
    base: dict[str, Any] = {
        "team_id": "T0ACME",
        "user_id": "U0GONE",
        "user_name": "gil",
        "action": "confirm",
        "outcome": "approved",
    }
    base |= {"stack": "shop", "stage": "prod"} | fields
    with world.store.transaction() as tx:
        for number in range(count):
            at = world.clock.now() - timedelta(minutes=count - number)
            tx.append_audit(Entry(at=at, **{"reason": f"number {number}."} | base))


def lines(said: Said | None) -> list[str]:
    """The entries of a page."""
    assert said is not None
    return [line[2:] for line in words_of(said).splitlines() if line.startswith("• <!date")]


def numbers(said: Said | None) -> list[int]:
    return [int(line.split("number ")[1].split(".")[0]) for line in lines(said)]


def test_entries_come_newest_first_with_who_what_where_and_why(world: World) -> None:
    notes(world, 2)
    first, second = lines(world.types("audit"))
    assert "*gil* confirmed · shop / prod · approved · “number 1.”" in first
    assert "number 0." in second
    assert first.startswith("<!date^")


def test_opening_the_log_is_in_the_log_before_the_answer(world: World) -> None:
    notes(world)
    world.chat.failures.add("respond", Throttled("Slack", "response_url"))
    world.chat.failures.add("post_ephemeral", Throttled("Slack", "chat.postEphemeral"))
    world.types("audit @gil shop --since 7d")
    row = world.audit()[-1]
    assert (row.user_id, row.action, row.outcome, row.stack) == (ANA, "audit", "read", "")
    asked = json.loads(row.detail)
    assert (asked["user_id"], asked["stack"], asked["newest"], asked["oldest"]) == ("U0GONE", "shop", 1, 1)
    assert "*ana* opened this log" in lines(world.types("audit"))[0]


def test_pages_turn_in_place_and_back(world: World) -> None:
    notes(world, 50)
    page = world.types("audit shop prod")
    assert page is not None
    assert numbers(page) == list(range(49, 29, -1))
    assert list(buttons(page)) == ["Older"]
    older = world.clicks(page, "Older")
    assert older is page
    assert numbers(older) == list(range(29, 9, -1))
    assert numbers(world.clicks(older, "Older")) == list(range(9, -1, -1))
    assert list(buttons(page)) == ["Newer"]
    assert numbers(world.clicks(page, "Newer")) == list(range(29, 9, -1))
    assert numbers(world.clicks(page, "Newer")) == list(range(49, 29, -1))


def test_a_page_stays_where_it_is_while_entries_are_added(world: World) -> None:
    notes(world, 25)
    page = world.types("audit shop prod")
    notes(world, 3, reason="number 99.")
    assert numbers(world.clicks(page, "Older")) == [4, 3, 2, 1, 0]
    assert numbers(world.clicks(page, "Newer")) == list(range(24, 4, -1))
    assert numbers(world.clicks(page, "Newer"))[:4] == [99, 99, 99, 24]


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("audit <@U0GONE|gil>", {"gil"}),
        ("audit U0GONE", {"gil"}),
        ("audit @GIL", {"gil"}),
        ("audit <@U0BO|bo>", {"bo"}),
        ("audit shop", {"gil", "bo"}),
        ("audit Shop PROD", {"gil"}),
        ("audit <@U0BO> shop staging", {"bo"}),
        ("audit shop staging @bo", {"bo"}),
        ("audit legacy", {"old"}),
        ("audit legacy live", {"old"}),
        ("audit --since 2h", {"gil", "bo"}),
    ],
)
def test_less_can_be_asked_for_people_and_stages_that_are_gone_included(
    world: World, words: str, seen: set[str]
) -> None:
    notes(world, 1, user_id="U0OLD", user_name="old", stack="legacy", stage="live")
    world.advances(7_300)
    notes(world, 1)
    notes(world, 1, user_id=BO, user_name="bo", stage="staging")
    assert {line.split("*")[1] for line in lines(world.types(words))} == seen


def test_a_name_that_several_had_asks_for_the_id(world: World) -> None:
    notes(world)
    notes(world, 1, user_id="U0OTHER")
    assert "U0GONE, U0OTHER have acted as gil." in words_of(world.types("audit @gil"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("audit U0NOBODY", "The audit log has nothing of U0NOBODY. Entries in all: 1."),
        ("audit @nobody", "I know no person in the audit log “nobody”"),
        ("audit shp", "Did you mean shop"),
        ("audit shop prod staging", "name one person, one stack, one stage"),
        ("audit --since soon", "Type --since 12h, 7d or 4w"),
    ],
)
def test_what_does_not_fit_says_what_to_type(world: World, words: str, told: str) -> None:
    notes(world)
    said = words_of(world.types(words))
    assert told in said
    assert "/tinystacks audit" in said or "--since" in said or "Did you mean" in said or "U0ABC123" in said


def test_the_words_of_others_stay_text_and_every_page_fits_into_slack(world: World) -> None:
    hostile = "<!channel> *bold* <@U0ANA> `x` " * 40
    names = ("user_name", "action", "outcome", "stack", "stage", "reason")
    notes(world, 25, **dict.fromkeys(names, hostile))
    page = world.types("audit")
    assert page is not None
    assert "<!channel>" not in words_of(page)
    assert "<@U0ANA>" not in words_of(page)
    assert len(words_of(page)) < 11_000


def test_an_entry_of_a_change_links_to_its_card(world: World) -> None:
    world.deploys()
    world.runs()
    change = world.change()
    ts = world.card().ts
    page = words_of(world.types("audit shop staging"))
    assert f"<https://acme.slack.com/archives/{change.channel_id}/p{ts.replace('.', '')}|card>" in page
    world.chat.failures.add("permalink", Throttled("Slack", "chat.getPermalink"), times=99)
    assert "|card>" not in words_of(world.types("audit shop staging"))


def test_a_refusal_is_shown_with_its_sentence(world: World) -> None:
    world.types("deploy nowhere prod v42")
    first = lines(world.types("audit"))[0]
    assert "tried `deploy` · refused · I know no stack “nowhere”" in first


def sent(world: World, user: str = ANA) -> tuple[Said, list[dict[str, str]]]:
    """The file in that person's direct message."""
    [said] = [one for one in world.chat.channels[f"D{user[1:]}"] if one.file]
    assert said.file is not None
    name, content = said.file
    assert name.startswith("audit-2")
    return said, list(csv.DictReader(io.StringIO(content.decode())))


def test_an_export_comes_to_the_asker_alone_with_everything_that_fits(world: World) -> None:
    notes(world, 30, reason="=1+1")
    notes(world, 3, stack="other")
    answer = world.types("audit @gil shop prod --export")
    said, rows = sent(world)
    assert [row["id"] for row in rows] == [str(number) for number in range(30, 0, -1)]
    assert rows[0]["reason"] == "'=1+1"
    assert "30 entries as CSV, newest first" in said.text
    assert "sent it to you in a direct message" in words_of(answer)
    row = world.audit()[-1]
    assert (row.action, json.loads(row.detail)["export"]) == ("audit", True)
    world.types("audit --export")
    assert world.chat.channels["D0ANA"][-1].text == "Here is the audit log: 35 entries as CSV, newest first."


def test_an_export_that_slack_refuses_says_how_to_get_it_otherwise(world: World) -> None:
    notes(world)
    refused = NotPossible("The Slack app lacks the scope files:write. (Slack: missing_scope)", "Add files:write.")
    world.chat.failures.add("send_file", refused)
    said = words_of(world.types("audit --export"))
    assert "lacks the scope files:write" in said
    assert "python -m bot audit export" in said


def test_an_export_of_nothing_sends_nothing(world: World) -> None:
    assert "The audit log has nothing" in words_of(world.types("audit U0NOBODY --export"))
    assert "D0ANA" not in world.chat.channels


def test_a_file_that_is_full_keeps_the_newest_and_says_so(world: World) -> None:
    notes(world, 30)
    file = io.BytesIO()
    count, full = _write(file, world.house.ports.audit.newest_first(Filter()), 2_000)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
    assert 0 < count == len(rows) < 30
    assert full
    assert "That is not all: 30 fit, and I send at most 20 MB." in exported(Filter(), count, 30, "20 MB")
    assert (rows[0]["id"], len(file.getvalue()) <= 2_000) == ("30", True)


def test_a_click_on_a_page_that_is_none_says_what_to_type(world: World) -> None:
    notes(world)
    notes(world, action="exec", outcome="read")
    older = world.house.commands["audit"].actions["older"]
    for value in ("", "1", "2", "99", "9" * 30, "x", "²"):
        ask = Ask(replace(world.last, value=value), world.people.persons[ANA], world.house)
        with pytest.raises(Exception, match="/tinystacks audit"):
            older(ask)

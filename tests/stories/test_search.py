"""More stages than one list of Slack's holds: they are searched while somebody types."""

from pathlib import Path

from tests.stories.told import story, waits_until


def test_more_stages_than_a_list_holds_are_searched_while_somebody_types(tmp_path: Path) -> None:
    with story(tmp_path, (), named=[f"team{number:03}" for number in range(110)]) as here:
        here.ana.types("/tinystacks lock")
        waits_until(here.ana.view)
        view = here.ana.view()
        assert view is not None
        assert view["blocks"][0]["element"]["type"] == "external_select"
        assert len(here.ana.suggests("lock:stage", "")) == 100
        assert [one["value"] for one in here.ana.suggests("lock:stage", "TEAM04 stag")] == [
            f"team04{number}/staging" for number in range(10)
        ]
        assert here.ana.suggests("lock:stage", "nowhere") == []
        here.ana.suggests("lock:stage", "team042")
        assert here.ana.submits({"lock:stage": "team042/staging"})["error"] is None
        here.told("team042 → staging is locked")

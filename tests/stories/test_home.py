"""The App Home and `status`, with the real bot: opened, used, and kept up to date by itself."""

from collections.abc import Callable, Iterator

import pytest

from sandbox.slack.person import Person
from tests.stories.told import Story, story, waits_until

STACKS = ("homely",)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("home"), STACKS) as told:
        yield told


def test_status_names_every_stage_and_what_it_runs(here: Story) -> None:
    told = here.answers("status", "All stages")
    assert "🟢 staging `v42` :1 · 2/2" in told.partition("*homely*")[2]
    assert "circuit breaker" in here.answers("status shop prod", "*Deployments*")


def test_a_deploy_from_home_is_previewed_started_and_followed_there(here: Story) -> None:
    ana = here.ana
    ana.opens_home()
    shows(ana, lambda words: "🟢 staging `v42`" in words.partition("*homely*")[2])
    ana.uses("home:deploy", home=True)
    waits_until(ana.view)
    assert ana.submits({"deploy:stage": "homely/staging", "deploy:other": "v43"})["error"] is None
    shows(ana, lambda words: "Deploy homely → staging?" in words)
    ana.uses("deploy:confirm", home=True)
    shows(ana, lambda words: "Started. Follow it in" in words)
    shows(ana, lambda words: "staging `v43` :2" in words)
    assert len(here.called("UpdateService", "homely")) == 1


def test_status_opens_in_a_window_over_the_home(here: Story) -> None:
    here.bo.opens_home()
    shows(here.bo, lambda words: "Status" in words)
    here.bo.uses("home:status", home=True)
    waits_until(lambda: "*All stages*" in str(here.bo.view()))
    here.bo.uses("status:refresh")
    waits_until(lambda: "as of" in str(here.bo.view()))
    here.bo.closes(everything=True)


def test_a_guest_reads_one_sentence(here: Story) -> None:
    guest = here.box.person("U0GUEST")
    guest.opens_home()
    shows(guest, lambda words: "Ask an own member of this workspace." in words)
    assert "homely" not in home_of(guest)


def shows(person: Person, true: Callable[[str], bool]) -> None:
    """Waits until that person's Home says so."""
    waits_until(lambda: true(home_of(person)))


def home_of(person: Person) -> str:
    """The blocks of somebody's Home, as text; none while nothing is published."""
    view = person.home()
    return str(view["blocks"]) if view else ""

"""The deploy form, over Socket Mode and over HTTP: opened with what was said, filled, corrected, submitted."""

from collections.abc import Callable, Iterator

import pytest

from sandbox.slack.workspace import Json
from tests.stories.told import Story, has_button, story, text_of, waits_until

STACKS = ("formal", "quick")


@pytest.fixture(scope="module", params=["Socket Mode", "HTTP"])
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with story(tmp_path_factory.mktemp("forms"), STACKS, over_http=request.param == "HTTP") as told:
        yield told


@pytest.fixture(autouse=True)
def nothing_is_open(here: Story) -> None:
    if here.ana.view():
        here.ana.closes(everything=True)


def test_a_form_lists_the_images_with_their_age_and_where_they_run(here: Story) -> None:
    options = _options(_opened(here, "deploy shop", "image:shop/staging"), "image:shop/staging")
    newest, running = options[0], next(one for one in options if one["text"]["text"].startswith("v42"))
    assert newest["text"]["text"].startswith("v47")
    assert newest["text"]["text"].endswith("old")
    assert "latest" in running["text"]["text"]
    assert "runs in staging, prod" in running["description"]["text"]
    assert len(newest["description"]["text"]) == 12


def test_what_was_said_already_is_chosen(here: Story) -> None:
    view = _opened(here, "deploy formal staging --reason it is time", "image:formal/staging")
    assert _element(view, "stage")["initial_option"]["value"] == "formal/staging"
    assert _element(view, "reason")["initial_value"] == "it is time"


def test_another_stage_brings_its_own_images_and_keeps_the_reason(here: Story) -> None:
    _opened(here, "deploy shop staging --reason keep me", "image:shop/staging")
    here.ana.uses("deploy:stage", "web/prod")
    view = _view(here, lambda one: _has(one, "image:web/prod"))
    assert not _has(view, "image:shop/staging")
    assert _element(view, "reason")["initial_value"] == "keep me"


@pytest.mark.parametrize(
    ("values", "block_id", "words"),
    [
        ({}, "other", "Choose an image above, or type one here"),
        ({"deploy:image": "v43", "deploy:other": "v42"}, "other", "not both"),
        ({"deploy:other": "no such thing!"}, "other", ""),
    ],
)
def test_a_mistake_is_told_at_its_field_and_the_form_stays(
    here: Story, values: dict[str, str], block_id: str, words: str
) -> None:
    view = _opened(here, "deploy shop staging", "image:shop/staging")
    picked = {name: _value(view, value) if name == "deploy:image" else value for name, value in values.items()}
    errors = here.ana.submits(picked)["errors"]
    assert words in errors[block_id]
    assert here.ana.view() is not None


def test_a_submitted_form_becomes_a_preview_and_then_a_deploy(here: Story) -> None:
    view = _opened(here, "deploy formal", "image:formal/staging")
    answer = here.ana.submits({"deploy:image": _value(view, "v43"), "deploy:reason": "from the form"})
    assert answer["error"] is None
    preview = here.preview("formal")
    assert "from the form" in text_of(preview)
    assert has_button(preview, "Cancel")
    here.ana.clicks("Deploy", in_=preview["ts"])
    here.thread("formal", "Started")
    assert len(here.called("UpdateService", "formal")) == 1


def test_a_form_without_any_words_asks_for_the_stage_first(here: Story) -> None:
    here.ana.types("/tinystacks deploy")
    view = _view(here, lambda one: _has(one, "stage"))
    assert "initial_option" not in _element(view, "stage")
    here.ana.uses("deploy:stage", "shop/staging")
    _view(here, lambda one: _has(one, "image:shop/staging"))


def test_a_form_whose_registry_cannot_be_read_still_takes_a_typed_image(here: Story) -> None:
    here.world.faults.deny("DescribeImages")
    try:
        here.ana.types("/tinystacks deploy payload-svc staging")
        view = _view(here, lambda one: "ecr:DescribeImages" in str(one["blocks"]))
    finally:
        here.world.faults.clear()
    assert _has(view, "other")


def test_a_verb_without_its_stage_opens_its_form_and_runs_from_it(here: Story) -> None:
    here.ana.types("/tinystacks lock formal --reason hands off")
    view = _view(here, lambda one: _has(one, "lasts"))
    assert _element(view, "reason")["initial_value"] == "hands off"
    mistaken = here.ana.submits({"lock:stage": "formal/staging", "lock:lasts": "soon"})
    assert "Must be a duration" in mistaken["errors"]["lasts"]
    assert here.ana.submits({"lock:lasts": "2h"})["error"] is None
    here.told("formal → staging is locked until")
    here.answers("unlock formal staging", "unlocked")


def test_the_shortcut_previews_and_starts_a_deploy_in_its_own_window(here: Story) -> None:
    here.ana.runs_shortcut("deploy")
    _view(here, lambda one: _has(one, "stage"))
    sent = here.ana.submits({"deploy:stage": "quick/staging", "deploy:other": "v43"})
    assert sent["error"] is None
    _view(here, lambda one: "Deploy quick → staging?" in str(one["blocks"]))
    here.ana.uses("deploy:confirm")
    here.thread("quick", "Started")
    _view(here, lambda one: "Started. Follow it in" in str(one["blocks"]))
    assert len(here.called("UpdateService", "quick")) >= 1


def test_whoever_may_not_deploy_gets_no_form(here: Story) -> None:
    guest = here.box.person("U0GUEST")
    here.answers("deploy shop staging", "guest", who=guest)
    assert guest.view() is None


def _opened(here: Story, words: str, block_id: str) -> Json:
    here.ana.types(f"/tinystacks {words}")
    return _view(here, lambda one: _has(one, block_id))


def _view(here: Story, true: Callable[[Json], bool]) -> Json:
    found: list[Json] = []

    def shows() -> bool:
        view = here.ana.view()
        found[:] = [view] if view and true(view) else []
        return bool(found)

    waits_until(shows)
    return found[0]


def _has(view: Json, block_id: str) -> bool:
    return any(block["block_id"] == block_id for block in view["blocks"])


def _element(view: Json, block_id: str) -> Json:
    element: Json = next(block["element"] for block in view["blocks"] if block["block_id"] == block_id)
    return element


def _options(view: Json, block_id: str) -> list[Json]:
    options: list[Json] = _element(view, block_id)["options"]
    return options


def _value(view: Json, tag: str) -> str:
    """The value of the image option that starts with that tag."""
    block = next(one for one in view["blocks"] if one["block_id"].startswith("image:"))
    return str(next(one["value"] for one in block["element"]["options"] if one["text"]["text"].startswith(tag)))

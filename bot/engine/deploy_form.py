"""Opening the deploy form within Slack's 3 seconds, and filling it once the registry has answered."""

from bot.domain.errors import NotPossible, Refusal
from bot.domain.names import find_stack, find_stage
from bot.domain.stacks import Stage
from bot.engine.commands import Answer, Ask
from bot.engine.forms import metadata_of, show, told_open
from bot.engine.reading import newest_images, running_digests
from bot.engine.rights import require
from bot.messages.forms import REASON, deploy_form, image_options
from bot.messages.kit import escape

_IMAGES = 1_000


def open_form(ask: Ask, stack: str, stage: str, reason: str) -> Answer:
    """The form with what was understood. Raises Refusal for unknown names, or a stage this person may not change."""
    chosen = _chosen(ask, stack, stage)
    if chosen:
        require(ask, "deploy", chosen)
    if not ask.request.trigger_id:
        fact = "Slack opens no form from a mention."
        raise NotPossible(fact, "Type /tinystacks deploy, or name stack, stage and image.")
    metadata = metadata_of(ask.request)
    stacks = ask.house.config.stacks
    view = deploy_form(stacks, _key(chosen), metadata, None, reason=reason)
    view_id = show(ask, view)
    if chosen:
        _fill(ask, view_id, chosen, metadata, reason)
    return told_open(ask, "The form is open: choose what is missing and press *Preview*.")


def refill(ask: Ask) -> Answer:
    """Another stage was chosen: its images take the place of the others."""
    stack, _, stage = ask.request.value.partition("/")
    chosen = find_stage(ask.house.config, stack, stage)
    reason = next(iter(ask.request.values.get(REASON, {}).values()), None) or ""
    view = deploy_form(ask.house.config.stacks, _key(chosen), ask.request.metadata, None, reason=reason)
    ask.house.ports.chat.update_view(ask.request.view_id, view)
    _fill(ask, ask.request.view_id, chosen, ask.request.metadata, reason)
    return None


def _fill(ask: Ask, view_id: str, stage: Stage, metadata: str, reason: str) -> None:
    ports, config = ask.house.ports, ask.house.config
    options, note = None, ""
    try:
        _, images = newest_images(ports, stage, _IMAGES)
        running = running_digests(ports, find_stack(config, stage.stack).stages)
        options = image_options(images, running, ports.now())
        ask.house.shelf.keep(view_id, options)
    except Refusal as error:
        note = f"⚠️ {escape(str(error), 600)} You can still type an image below."
    ports.chat.update_view(view_id, deploy_form(config.stacks, _key(stage), metadata, options, note, reason=reason))


def _chosen(ask: Ask, stack: str, stage: str) -> Stage | None:
    if not stack:
        return None
    if stage:
        return find_stage(ask.house.config, stack, stage)
    only = find_stack(ask.house.config, stack).stages
    return only[0]


def _key(stage: Stage | None) -> str:
    return f"{stage.stack}/{stage.name}" if stage else ""

"""Forms: that of a verb whose parts are missing, and the deploy form, whose images follow once they were read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.ecs import Image
from bot.domain.images import short
from bot.domain.stacks import Stack
from bot.messages.fields import search, stage_select, tick
from bot.messages.kit import (
    OPTIONS,
    Block,
    Message,
    code,
    context,
    field,
    modal,
    option,
    section,
    select,
    spoken,
    text_input,
)

STAGE, IMAGE, OTHER, REASON = "stage", "image", "other", "reason"
"""Block ids of forms' fields; a field's action id is `verb:<block id>`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One more field of a verb's form. `name`: its block id; `value`: what was typed already, "yes" for a ticked box;
    `box`: it is ticked or not."""

    name: str
    label: str
    hint: str = ""
    example: str = ""
    value: str = ""
    required: bool = False
    box: bool = False


def verb_form(verb: str, send: str, stages: Block, entries: Sequence[Entry], metadata: str) -> Message:
    """The stage, then whatever else the verb takes. `stages`: the select; `send`: what its button says."""
    fields = [field(STAGE, "Stage", stages), *(_entry(verb, one) for one in entries)]
    return modal(verb.capitalize(), send, verb, metadata, fields)


def _entry(verb: str, entry: Entry) -> Block:
    action_id = f"{verb}:{entry.name}"
    if entry.box:
        box = tick(action_id, entry.hint or entry.label, "yes", ticked=bool(entry.value))
        return field(entry.name, entry.label, box, optional=True)
    line = text_input(action_id, entry.example or entry.label, value=entry.value, most=300)
    return field(entry.name, entry.label, line, hint=entry.hint, optional=not entry.required)


def deploy_form(
    stacks: Sequence[Stack],
    chosen: str,
    metadata: str,
    images: Sequence[Block] | None,
    note: str = "",
    reason: str = "",
) -> Message:
    """`chosen`: `stack/stage` or empty. `images`: the options, None while they are read; `note` says what is amiss."""
    blocks = [field(STAGE, "Stage", stage_select("deploy:stage", stacks, chosen), live=True)]
    if note:
        blocks += [section(note)]
    elif images is None:
        blocks += [context(f"Reading the images of {code(chosen)} …" if chosen else "Its images follow.")]
    elif images:
        blocks += [_image_field(chosen, images)]
    other = text_input("deploy:other", "v42, sha256:… or a full reference")
    blocks += [field(OTHER, "Another image", other, optional=True)]
    blocks += [field(REASON, "Reason", text_input("deploy:reason", "Why now?", value=reason, most=300), optional=True)]
    return modal("Deploy", "Preview", "deploy", metadata, blocks)


def _image_field(chosen: str, images: Sequence[Block]) -> Block:
    if len(images) > OPTIONS:
        picker, hint = search("deploy:image", "Choose, or type a part of a tag"), f"The {len(images):,} newest."
    else:
        picker, hint = select("deploy:image", "Choose an image", images), "Newest first."
    return field(f"{IMAGE}:{chosen}", "Image", picker, optional=True, hint=hint)


def image_options(images: Sequence[Image], running: Mapping[str, Sequence[str]], now: datetime) -> list[Block]:
    """`v43, latest · 2h 5m old · 4f5e6d…`, and where it runs now."""
    return [_image_option(image, running, now) for image in images]


def _image_option(image: Image, running: Mapping[str, Sequence[str]], now: datetime) -> Block:
    tags = ", ".join(image.tags[:3]) or "no tag"
    age = f" · {spoken(now - image.pushed_at)} old" if image.pushed_at else ""
    places = [name for key in (image.digest, *image.tags) for name in running.get(key, ())]
    runs = f" · runs in {', '.join(dict.fromkeys(places))}" if places else ""
    return option(f"{tags}{age}", image.digest, f"{short(image.digest)}{runs}")

"""The deploy form: stage, image, reason. Shown at once, filled when the registry has answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.ecs import Image
from bot.domain.images import short
from bot.domain.stacks import Stack
from bot.messages.kit import Block, Message, code, context, field, modal, option, section, select, spoken, text_input

STAGE, IMAGE, OTHER, REASON = "stage", "image", "other", "reason"
"""Block ids of the form's fields; each field's action id is `deploy:<block id>`."""


def deploy_form(
    stacks: Sequence[Stack],
    chosen: str,
    metadata: str,
    images: Sequence[Block] | None,
    note: str = "",
    reason: str = "",
) -> Message:
    """`chosen`: `stack/stage` or empty. `images`: the options, None while they are read; `note` says what is amiss."""
    stages = [option(f"{stack.name} / {s.name}", f"{stack.name}/{s.name}") for stack in stacks for s in stack.stages]
    blocks = [field(STAGE, "Stage", select("deploy:stage", "Choose a stage", stages, chosen), live=True)]
    if note:
        blocks += [section(note)]
    elif images is None:
        blocks += [context(f"Reading the images of {code(chosen)} …" if chosen else "Its images follow.")]
    elif images:
        picker = select("deploy:image", "Choose an image", images)
        blocks += [field(f"{IMAGE}:{chosen}", "Image", picker, optional=True, hint="The 100 newest, newest first.")]
    other = text_input("deploy:other", "v42, sha256:… or a full reference")
    blocks += [field(OTHER, "Another image", other, optional=True)]
    blocks += [field(REASON, "Reason", text_input("deploy:reason", "Why now?", value=reason, most=300), optional=True)]
    return modal("Deploy", "Preview", "deploy", metadata, blocks)


def image_options(images: Sequence[Image], running: Mapping[str, Sequence[str]], now: datetime) -> list[Block]:
    """`v43, latest · 2h 5m old · 4f5e6d…`, and where it runs now."""
    return [_image_option(image, running, now) for image in images]


def _image_option(image: Image, running: Mapping[str, Sequence[str]], now: datetime) -> Block:
    tags = ", ".join(image.tags[:3]) or "no tag"
    age = f" · {spoken(now - image.pushed_at)} old" if image.pushed_at else ""
    places = [name for key in (image.digest, *image.tags) for name in running.get(key, ())]
    runs = f" · runs in {', '.join(dict.fromkeys(places))}" if places else ""
    return option(f"{tags}{age}", image.digest, f"{short(image.digest)}{runs}")

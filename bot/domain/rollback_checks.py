"""What is looked at before a roll back is shown: is the revision still whole, and how does the service stand?"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.checks import Seen, service_checks
from bot.domain.ecs import ContainerDefinition, Image, TaskDefinition
from bot.domain.errors import NotFound
from bot.domain.fitting import architecture_check, surge_check
from bot.domain.images import image_of, short
from bot.domain.plans import Check, Level
from bot.domain.prerequisites import log_group_checks, role_check
from bot.domain.rollbacks import command, main_container
from bot.domain.stacks import Stage
from bot.domain.targets import Target
from bot.domain.worked import Worked


@dataclass(frozen=True, slots=True)
class Earlier:
    """A revision that is to run again and what is known of it. `worked`: when it last did here; `left_at`: when it was
    last rolled back from. `images`: by container, what the registry knows, the NotFound it answered, or None where it
    cannot be known."""

    definition: TaskDefinition
    worked: Worked | None = None
    left_at: datetime | None = None
    images: Mapping[str, Image | NotFound | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`shop:41`."""
        return f"{self.definition.family}:{self.definition.revision}"

    def image(self, container: str) -> Image | None:
        """What the registry knows of that container's image."""
        found = self.images.get(container)
        return found if isinstance(found, Image) else None


def rollback_checks(stage: Stage, target: Target, earlier: Earlier, seen: Seen, now: datetime) -> tuple[Check, ...]:
    """All that apply, in the order in which they are shown."""
    after = replace(target, definition=earlier.definition)
    main = main_container(stage, earlier.definition)
    named = earlier.definition.container(main)
    found = (
        _worked_check(stage, target, earlier),
        *(_image_check(stage, earlier, container) for container in earlier.definition.containers),
        architecture_check(after, earlier.image(main), seen.instances),
        *service_checks(stage, target, seen, now),
        surge_check(stage, after, seen.instances),
        role_check(after, (image_of(named.image).repository or "") if named else ""),
        *log_group_checks(stage, after, seen.log_groups),
    )
    return tuple(check for check in found if check is not None)


def _worked_check(stage: Stage, target: Target, earlier: Earlier) -> Check:
    """No lock and no freeze keeps anybody from going back, so going on to what never worked must not pass for it."""
    worked, left_at = earlier.worked, earlier.left_at
    if worked is None and earlier.definition.revision > target.definition.revision:
        sentence = f"{earlier.name} is newer than what runs, {target.revision}, and was never seen to work here"
        deploy = f"/tinystacks deploy {stage.stack} {stage.name} IMAGE"
        return Check("revision", Level.BAD, f"{sentence}: that would be no way back. To go on to its image: {deploy}")
    if left_at and (worked is None or worked.at <= left_at):
        sentence = f"{earlier.name} was rolled back from at {left_at:%Y-%m-%d %H:%M} UTC. Make sure you mean it."
        return Check("revision", Level.WARNING, sentence)
    if worked is None:
        sentence = f"{earlier.name} is ACTIVE, but neither my record nor ECS's shows that it ever worked here."
        return Check("revision", Level.WARNING, f"{sentence} Make sure you mean it.")
    said = f"{earlier.name} worked here at {worked.at:%Y-%m-%d %H:%M} UTC, says {worked.source.value}, and is ACTIVE."
    return Check("revision", Level.OK, said)


def _image_check(stage: Stage, earlier: Earlier, container: ContainerDefinition) -> Check:
    image, written = earlier.images.get(container.name), image_of(container.image)
    if isinstance(image, NotFound):
        gone = f"{container.image} of container {container.name} is gone from the registry: its tasks could not start."
        return Check(
            "image", Level.BAD, f"{gone} Push it again, or name another revision: {command(stage, 'REVISION')}"
        )
    if image is None:
        unread = f"I cannot read the registry of {container.image} (container {container.name})."
        return Check("image", Level.WARNING, f"{unread} Make sure it still exists.")
    there = f"{written.tag or next(iter(image.tags), 'The image')} of container {container.name} is still there"
    if written.digest or not _pushed_since(image, earlier.definition):
        return Check("image", Level.OK, f"{there}: {short(image.digest)}.")
    moved = f"{there}, but {short(image.digest)} was pushed to that tag after {earlier.name} was registered"
    return Check("image", Level.WARNING, f"{moved}: it is not what ran then. Make sure it is what you want.")


def _pushed_since(image: Image, definition: TaskDefinition) -> bool:
    registered = str(definition.document.get("registeredAt") or "")
    return bool(registered and image.pushed_at and image.pushed_at > datetime.fromisoformat(registered))

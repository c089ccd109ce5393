"""What a scaling of instances reads, before it is shown and while it is followed."""

from bot.domain.changes import Change
from bot.domain.errors import NotPossible
from bot.domain.fingerprints import Footing
from bot.domain.follows import Standing
from bot.domain.stacks import Stage
from bot.engine.ports import Ports


def look_at_instances(ports: Ports, change: Change, stage: Stage) -> Standing:
    """Raises what AWS raises."""
    raise NotPossible("Instances are not scaled yet.", "Scale tasks.")


def instances_footing(ports: Ports, stage: Stage, change: Change) -> Footing:
    """Raises what AWS raises."""
    raise NotPossible("Instances are not scaled yet.", "Scale tasks.")

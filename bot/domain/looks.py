"""What an approver of a scaling wants to see first: how busy the service is, how it stands, what room there is."""

from dataclasses import dataclass

from bot.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a service before it is scaled. `usage` None: it may not be read. `instances`: ACTIVE ones of its
    cluster, None for Fargate; `spare`: how many more of its tasks fit now, None: not known. `spread`: zone → RUNNING
    tasks, by zone."""

    running: int
    desired: int
    usage: Usage | None = None
    instances: int | None = None
    spare: int | None = None
    spread: tuple[tuple[str, int], ...] = ()

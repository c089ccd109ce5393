"""Why tasks die: stopped tasks of one deployment, grouped and classified, with AWS's own words (ECS facts 2)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Cause(StrEnum):
    """What kills tasks, or keeps them from starting."""

    EXIT = "exit"
    OUT_OF_MEMORY = "out_of_memory"
    IMAGE_PULL = "image_pull"
    CONTAINER_HEALTH = "container_health"
    TARGET_HEALTH = "target_health"
    CONFIGURATION = "configuration"
    NETWORK = "network"
    PLACEMENT = "placement"
    HOST = "host"
    STOPPED_BY_USER = "stopped_by_user"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Failure:
    """Tasks of one deployment that died alike, newest first in `task_ids`. `quote` is AWS's text, normalised only so
    that equal causes group (ids and counts cut out); `log_lines` are the newest task's last lines, oldest first."""

    cause: Cause
    container: str
    exit_code: int | None
    quote: str
    count: int
    task_ids: tuple[str, ...]
    last_at: datetime | None
    log_lines: tuple[str, ...] = ()
    logs_missing: str = ""

    @property
    def key(self) -> str:
        """One word per kind of failure: what makes it new in the thread."""
        code = "" if self.exit_code is None else self.exit_code
        return f"{self.cause.value}:{self.container}:{code}:{self.quote[:80]}"

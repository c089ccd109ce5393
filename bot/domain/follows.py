"""How a change goes that starts no deployment: a stop, a scaling. What a look at it finds."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.diagnosis import Failure


class Follow(StrEnum):
    """How it goes. FAILING: AWS still tries, and will not succeed as it goes; STUCK: its deadline passed; GONE: the
    service is; SUPERSEDED: somebody asked AWS for something else meanwhile."""

    UNDER_WAY = "under way"
    DONE = "done"
    FAILING = "failing"
    STUCK = "stuck"
    GONE = "service gone"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Standing:
    """One look. `line`: how far it is, such as `4 → 6 tasks · 5 running · 1 pending`. `problem`: what keeps it from its
    end and what to do next, AWS's words quoted; of DONE what is worth knowing, else empty. `ready`: the steps of the
    plan that waited can be carried out. `failures`: what killed its tasks."""

    follow: Follow
    line: str = ""
    problem: str = ""
    ready: bool = False
    failures: tuple[Failure, ...] = ()

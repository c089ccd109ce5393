"""How long the engine waits, in one place."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timings:
    """`http_timeout`: of one AWS or Slack write, connect and read together. `settle`: after an unanswered write, before
    looking whether it was carried out; longer than taking on a role (7 s), `http_timeout` and ECS's eventual consistency
    together, and counted from the last attempt (durability facts 4.1, 4.3). `edit_pause`: least time between two edits of one message;
    `edits_per_minute`: the workspace's budget for chat.update (Slack facts 1.3: 50)."""

    http_timeout: timedelta = timedelta(seconds=10)
    settle: timedelta = timedelta(seconds=25)
    give_up: timedelta = timedelta(minutes=10)
    edit_pause: timedelta = timedelta(seconds=3)
    edits_per_minute: int = 45
    proposal_lives: timedelta = timedelta(minutes=30)
    young: timedelta = timedelta(seconds=5)
    old: timedelta = timedelta(seconds=10)

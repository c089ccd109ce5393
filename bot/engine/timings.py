"""How long the engine waits, in one place."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Timings:
    """`http_timeout`: of one AWS or Slack write, connect and read together. `settle`: after an unanswered write, before
    looking whether it was carried out; longer than taking on a role (7 s), `http_timeout` and ECS's eventual
    consistency together, counted from the last attempt (durability facts 4.1, 4.3). `give_up`: after that long without
    AWS, a change that has not begun fails. `proposal_lives`: a preview. `edit_pause`: least time between two edits of
    one message; `edits_per_minute`: the workspace's budget for chat.update (Slack facts 1.3: 50). `young`: before a
    call is repeated that was definitely not carried out. `follow`: between two looks at a stop or a scaling."""

    http_timeout: timedelta = timedelta(seconds=10)
    settle: timedelta = timedelta(seconds=25)
    give_up: timedelta = timedelta(minutes=10)
    edit_pause: timedelta = timedelta(seconds=3)
    edits_per_minute: int = 45
    proposal_lives: timedelta = timedelta(minutes=30)
    young: timedelta = timedelta(seconds=5)
    follow: timedelta = timedelta(seconds=5)

"""The real bot with short waits, for stories that kill it: `python -m tests.bot_process`.

Importing takes a bot longer than anything else it does before it works. So one process imports everything, and for each
line on its standard input forks a bot that runs from the door on; it prints `started PID` and `ended PID`.
"""

import os
import sys
from datetime import timedelta

from bot.__main__ import run
from bot.adapters.aws.sessions import service_models
from bot.engine.timings import Timings

TIMINGS = Timings(
    http_timeout=timedelta(seconds=1.5),
    settle=timedelta(seconds=3),
    edit_pause=timedelta(seconds=0.3),
    edits_per_minute=600,
    proposal_lives=timedelta(seconds=8),
    young=timedelta(seconds=1),
)
"""A write that may land 1.2 s after its sender died is over before `settle` has passed."""


def main() -> None:
    """One bot after another, until standard input ends."""
    import bot.assembly  # noqa: F401

    service_models().load_service_model("ecs", "service-2")
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            sys.exit(run(TIMINGS))
        print(f"started {pid}", flush=True)
        os.waitpid(pid, 0)
        print(f"ended {pid}", flush=True)


if __name__ == "__main__":
    main()

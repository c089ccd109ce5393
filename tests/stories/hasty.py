"""The real bot without Slack's budget for edits and with short waits, for stories with many cards at the same time:
`python -m tests.stories.hasty`."""

import sys
from datetime import timedelta

from bot.__main__ import run
from bot.engine.timings import Timings

HASTY = (sys.executable, "-m", "tests.stories.hasty")

if __name__ == "__main__":
    waits = Timings(
        http_timeout=timedelta(seconds=2),
        settle=timedelta(seconds=4),
        edit_pause=timedelta(seconds=0.3),
        edits_per_minute=600,
        young=timedelta(seconds=1),
    )
    sys.exit(run(waits))

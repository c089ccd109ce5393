"""The real bot that looks at a stop or a scaling every second: `python -m tests.stories.brisk`."""

import sys
from datetime import timedelta

from bot.__main__ import run
from bot.engine.timings import Timings

BRISK = (sys.executable, "-m", "tests.stories.brisk")

if __name__ == "__main__":
    sys.exit(run(Timings(follow=timedelta(seconds=1))))

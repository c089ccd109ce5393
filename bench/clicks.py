"""A thousand clicks on Approve at the same time, by five approvers on one card: one apply, and a sentence for everybody
else."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figure import Figure
from tests.storm import storm

CLICKS = 1_000


def measure() -> list[Figure]:
    """What came of them, and how long it took until each was answered."""
    with TemporaryDirectory() as folder:
        it = storm(Path(folder), CLICKS)
    return [
        Figure(f"{CLICKS:,} clicks at once: applies too many or too few", abs(it.applies - 1), "", 0),
        Figure(f"{CLICKS:,} clicks at once: applies", it.applies, ""),
        Figure(f"{CLICKS:,} clicks at once: told that it starts", it.started, ""),
        Figure(f"{CLICKS:,} clicks at once: told politely why not", it.polite, ""),
        Figure(f"{CLICKS:,} clicks at once: of these, that there is too much to do", it.turned_away, ""),
        Figure(f"{CLICKS:,} clicks at once: told nothing", it.silent, "", 0),
        Figure(f"{CLICKS:,} clicks at once: errors", len(it.errors), "", 0, it.errors[:20]),
        Figure(f"{CLICKS:,} clicks at once: until the last is answered", it.seconds, "s"),
    ]

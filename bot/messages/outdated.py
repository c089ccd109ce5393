"""What is said when a change was not run because something moved since it was shown."""

from collections.abc import Sequence

from bot.domain.changes import Change
from bot.domain.plans import Difference

_MOST = 4


def outdated(change: Change, gone: Sequence[Difference]) -> str:
    """A plain sentence or two: what moved from what to what, that nothing was touched, what to do."""
    told = "; ".join(f"{one.path} {one.before} → {one.after}" for one in gone[:_MOST])
    more = f"; and {len(gone) - _MOST} more" if len(gone) > _MOST else ""
    return (
        f"{change.stack} {change.stage} has changed since the preview: {told}{more}. Nothing was touched. "
        "Press Ask again, or type the command again, to plan from what runs now."
    )

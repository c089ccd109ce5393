"""How a stage's deploys go: a line of text, and a chart."""

from math import ceil

from bot.domain.charts import Chart, Look, Panel, Series
from bot.domain.trends import WEEKS, Trend
from bot.messages.kit import spoken
from bot.messages.sparkline import sparkline

_FEWEST = 3
"""Durations, below which a row of bars shows nothing."""


def trend_line(trend: Trend) -> str:
    """`deploys a week ▁▃▂▇ 12 in 8 weeks · took ▂▃▃▅ median 4m 10s, last 6m`; plain text, empty: nothing to tell."""
    if trend.empty:
        return ""
    bars = f"{sparkline([week.total for week in trend.weeks])} " if trend.total else ""
    counted = f"deploys a week {bars}{trend.total or 'none'} in {WEEKS} weeks"
    return " · ".join(part for part in (counted, _took(trend)) if part)


def trend_chart(stack: str, stage: str, trend: Trend) -> Chart:
    """Deploys a week by what became of them, and how long the successes took where there are two."""
    panels = [_weeks(trend)] if trend.total else []
    panels += [_durations(trend)] if len(trend.lasted) > 1 else []
    return Chart(f"{stack} / {stage}", tuple(panels), f"Deploys of {stack} / {stage}: {trend_line(trend)}")


def _took(trend: Trend) -> str:
    if trend.median is None:
        return ""
    if len(trend.lasted) < _FEWEST:
        return f"last took {spoken(trend.lasted[-1])}"
    bars = sparkline([one.total_seconds() for one in trend.lasted])
    return f"took {bars} median {spoken(trend.median)}, last {spoken(trend.lasted[-1])}"


def _weeks(trend: Trend) -> Panel:
    kinds = (
        ("succeeded", tuple(float(week.succeeded) for week in trend.weeks), Look.SOLID),
        ("failed", tuple(float(week.failed) for week in trend.weeks), Look.HATCHED),
        ("replaced", tuple(float(week.others) for week in trend.weeks), Look.HOLLOW),
    )
    series = tuple(Series(f"{sum(values):.0f} {name}", values, look) for name, values, look in kinds if any(values))
    top = max(week.total for week in trend.weeks)
    first, last = f"{trend.weeks[0].start:%b %-d}", f"{trend.weeks[-1].start:%b %-d}"
    return Panel("Deploys a week", series, ((0, "0"), (top, str(top))), first, last)


def _durations(trend: Trend) -> Panel:
    """The axis ends at an even number of seconds, minutes or hours, so that its middle is a whole one."""
    assert trend.median is not None
    seconds = tuple(one.total_seconds() for one in trend.lasted)
    most = max(1, *seconds)
    unit = 1 if most <= 60 else 60 if most <= 3600 else 3600
    top = 2 * unit * ceil(most / (2 * unit))
    series = Series(f"each success, median {spoken(trend.median)}", seconds, Look.LINE)
    ticks = ((0.0, "0"), *((part, _axis(part)) for part in (top / 2, float(top))))
    return Panel("How long it took", (series,), ticks, f"{len(seconds) - 1} earlier", "last")


def _axis(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f}s"
    return f"{seconds / 60:.0f}m" if seconds < 3600 else f"{seconds / 3600:.0f}h"

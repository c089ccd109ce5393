"""How busy a service was: a line of small bars, and a chart."""

from datetime import datetime, timedelta
from math import ceil

from bot.domain.charts import Chart, Look, Mark, Panel, Series
from bot.domain.usage import Percents, Usage, folded, last, peak
from bot.messages.kit import escape, spoken
from bot.messages.sparkline import percent_sparkline

_BARS = 9
"""So many leave room for the words beside them on a phone of 320 pixels."""

_FRESH = timedelta(minutes=15)
"""CloudWatch lags some minutes behind: what is no older than this is now."""

_NAMES = ("CPU", "Memory")


def usage_lines(usage: Usage, *, bars: bool = True) -> list[str]:
    """`CPU ▂▃▅▆▇ 71% now, peak 88%`, and the same of memory; plain text. A gap is a dot."""
    return [
        _line(name, values, usage.period, bars=bars)
        for name, values in zip(_NAMES, (usage.cpu, usage.memory), strict=True)
    ]


def usage_chart(
    stack: str, stage: str, usage: Usage, cpu_target: float | None = None, memory_target: float | None = None
) -> Chart:
    """A panel each for CPU and memory, from 0 to 100%, further where it was more. A target (percent) of autoscaling is
    a dashed line. Without panels where there is no value at all."""
    shown = zip(_NAMES, (usage.cpu, usage.memory), (cpu_target, memory_target), strict=True)
    panels = tuple(_panel(name, values, target, usage) for name, values, target in shown if peak(values) is not None)
    said = " · ".join(usage_lines(usage, bars=False))
    title = f"{stack} / {stage}"
    return Chart(f"{title}, last {spoken(usage.span)}", panels, f"{title}, last {spoken(usage.span)}: {said}")


def picture_text(stack: str, stage: str) -> str:
    """What stands above the picture."""
    return f"How busy {escape(stack)} / {escape(stage)} was"


def _line(name: str, values: Percents, period: timedelta, *, bars: bool) -> str:
    told = _told(values, period)
    return (
        f"{name} {percent_sparkline(folded(values, _BARS))} {told}" if bars and told else f"{name} {told or 'no data'}"
    )


def _told(values: Percents, period: timedelta) -> str:
    """`71% now, peak 88%`; empty: there is no value."""
    newest, most = last(values), peak(values)
    if newest is None or most is None:
        return ""
    value, passed = newest
    since = "now" if passed * period <= _FRESH else f"{spoken(passed * period)} ago"
    return f"{value:.0f}% {since}, peak {most:.0f}%"


def _panel(name: str, values: Percents, target: float | None, usage: Usage) -> Panel:
    top = 100 * ceil(max(100.0, target or 0, peak(values) or 0) / 100)
    series = Series(_told(values, usage.period), tuple(values), Look.AREA)
    ticks = ((0.0, "0"), *((part, f"{part:.0f}%") for part in (top / 2, float(top))))
    mark = Mark(f"target {target:g}%", target) if target is not None else None
    return Panel(name, (series,), ticks, _clock(usage.start), f"{_clock(usage.start + usage.span)} UTC", mark)


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"

"""How busy a service was: a few words with small bars, and a chart."""

from datetime import datetime, timedelta
from math import ceil

from bot.domain.charts import Chart, Look, Mark, Panel, Series
from bot.domain.usage import Percents, Usage, folded, last, peak
from bot.messages.kit import escape, spoken
from bot.messages.sparkline import percent_sparkline

_BARS = 12
"""So many fit into half of a narrow thread; of three hours each tells of a quarter of an hour."""

_FRESH = timedelta(minutes=15)
"""CloudWatch lags some minutes behind: what is no older than this is now."""


def usage_texts(usage: Usage) -> list[str]:
    """`*CPU* 71 % now, 3h peak 88 %` above `▂▃▅▆▇`, and the same of memory. A gap in the bars is a dot."""
    return [_text(name, values, usage) for name, values in _named(usage)]


def usage_chart(
    stack: str, stage: str, usage: Usage, cpu_target: float | None = None, memory_target: float | None = None
) -> Chart:
    """A panel each for CPU and memory, from 0 to 100 %, further where it was more. A target (percent) of autoscaling is
    a dashed line. Without panels where there is no value at all."""
    shown = zip(_named(usage), (cpu_target, memory_target), strict=True)
    panels = [_panel(name, values, target, usage) for (name, values), target in shown if peak(values) is not None]
    title = f"{stack} / {stage}, last {spoken(usage.span)}"
    said = " · ".join(f"{name} {_told(values, usage.period)}" for name, values in _named(usage))
    return Chart(title, tuple(panels), f"{title}: {said}")


def picture_text(stack: str, stage: str) -> str:
    """What stands above the picture."""
    return f"How busy {escape(stack)} / {escape(stage)} was"


def _named(usage: Usage) -> tuple[tuple[str, Percents], ...]:
    return ("CPU", usage.cpu), ("Memory", usage.memory)


def _text(name: str, values: Percents, usage: Usage) -> str:
    told = f"*{name}* {_told(values, usage.period, f'{spoken(usage.span)} ')}"
    return told if peak(values) is None else f"{told}\n{percent_sparkline(folded(values, _BARS))}"


def _told(values: Percents, period: timedelta, span: str = "") -> str:
    """`71 % now, peak 88 %`; `span`: what stands before the peak."""
    newest, most = last(values), peak(values)
    if newest is None or most is None:
        return "no data"
    value, passed = newest
    since = "now" if passed * period <= _FRESH else f"{spoken(passed * period)} ago"
    return f"{value:.0f} % {since}, {span}peak {most:.0f} %"


def _panel(name: str, values: Percents, target: float | None, usage: Usage) -> Panel:
    top = 100 * ceil(max(100.0, target or 0, peak(values) or 0) / 100)
    series = Series(_told(values, usage.period), tuple(values), Look.AREA)
    ticks = ((0.0, "0"), *((part, f"{part:.0f} %") for part in (top / 2, float(top))))
    mark = Mark(f"target {target:g} %", target) if target is not None else None
    return Panel(name, (series,), ticks, _clock(usage.start), f"{_clock(usage.start + usage.span)} UTC", mark)


def _clock(at: datetime) -> str:
    return f"{at:%H:%M}"

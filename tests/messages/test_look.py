"""What an approver of a scaling sees first: in words, in bars, as a picture's values."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.charts import Look as Drawn
from bot.domain.charts import Mark
from bot.domain.looks import Look
from bot.domain.usage import Usage
from bot.messages.look import look_blocks
from bot.messages.sparkline import percent_sparkline
from bot.messages.usage import usage_chart, usage_texts
from tests.messages.hostile import LOOKS, assert_harmless, texts

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)


def usage(cpu: tuple[float | None, ...], memory: tuple[float | None, ...] = ()) -> Usage:
    return Usage(NOW, timedelta(minutes=5), cpu, memory)


def words(look: Look) -> str:
    return "\n".join(text for _, text in texts(look_blocks(look)))


@given(st.lists(st.none() | st.floats(0, 100, allow_nan=False), max_size=30))
def test_a_bar_of_percents_stands_for_its_eighth_of_a_hundred(values: list[float | None]) -> None:
    bars = percent_sparkline(values)
    assert len(bars) == len(values)
    for bar, value in zip(bars, values, strict=True):
        assert (bar == "·") is (value is None)
        assert value is None or "▁▂▃▄▅▆▇█".index(bar) == min(7, int(value / 12.5))


def test_a_service_at_three_percent_does_not_look_busy() -> None:
    assert percent_sparkline([3, 1, 2.9]) == "▁▁▁"
    assert percent_sparkline([100, 240]) == "██"


def test_the_look_tells_usage_counts_room_and_zones() -> None:
    busy = usage((20, 40, None, 71.4, 88, 71), (60, 61, 62, 63, 64, 65.5))
    zones = (("us-east-1a", 2), ("us-east-1b", 1), ("us-east-1c", 1))
    assert words(Look(4, 4, busy, 9, 7, zones, NOW)).splitlines() == [
        "*CPU* 71 % now, 30m peak 88 %",
        "▂▄·▆█▆",
        "*Memory* 66 % now, 30m peak 66 %",
        "▅▅▅▆▆▆",
        "*4 of 4* tasks running · room for 7 more",
        "9 instances · zones a *2* · b *1* · c *1*",
        "as of <!date^1795449600^{time}|16:00 UTC>",
    ]


def test_three_hours_are_twelve_bars_each_as_high_as_its_peak() -> None:
    assert usage_texts(usage((5.0,) * 33 + (90.0,) + (5.0,) * 2))[0] == "*CPU* 5 % now, 3h peak 90 %\n▁▁▁▁▁▁▁▁▁▁▁█"


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (None, "CPU and memory: not known, CloudWatch could not be read"),
        (usage(()), "CPU and memory: no data in CloudWatch"),
        (usage((None, None)), "CPU and memory: no data in CloudWatch"),
        (usage((), (50, 50)), "*CPU* no data\n*Memory* 50 % now, 10m peak 50 %\n▅▅"),
        (usage((50, None, None, None, None)), "*CPU* 50 % 20m ago, 25m peak 50 %\n▅····\n*Memory* no data"),
    ],
)
def test_what_is_not_known_is_said_and_what_is_old_tells_its_age(seen: Usage | None, said: str) -> None:
    assert words(Look(1, 2, seen)) == f"{said}\n*1 of 2* tasks running"


@pytest.mark.parametrize(
    ("zones", "uneven"),
    [
        ((("us-east-1a", 2), ("us-east-1b", 1)), False),
        ((("us-east-1a", 3), ("us-east-1b", 1)), True),
        ((("us-east-1a", 2), ("us-east-1b", 0)), True),
        ((("us-east-1a", 1), ("us-east-1b", 0)), False),
        ((("us-east-1a", 2),), True),
    ],
)
def test_zones_that_differ_by_more_than_one_are_unbalanced(zones: tuple[tuple[str, int], ...], uneven: bool) -> None:
    assert ("unbalanced" in words(Look(3, 3, spread=zones))) is uneven


def test_no_room_one_instance_and_a_local_zone_read_well() -> None:
    shown = words(Look(0, 0, instances=1, spare=0, spread=(("us-west-2-lax-1a", 0),)))
    assert "*0 of 0* tasks running · room for no more\n1 instance · zones us-west-2-lax-1a *0*" in shown


def test_room_that_nobody_counted_to_its_end_is_at_least_that() -> None:
    assert "room for at least 100 more" in words(Look(1, 1, spare=100))


@given(LOOKS)
def test_any_look_is_a_block_that_slack_takes_and_nothing_in_it_comes_alive(look: Look) -> None:
    assert_harmless({"text": "x", "blocks": look_blocks(look)})


def test_the_chart_has_a_panel_each_from_nothing_to_all_and_the_target_across() -> None:
    chart = usage_chart("shop", "prod", usage((20, None, 70), (50, 50, 50)), cpu_target=60)
    cpu, memory = chart.panels
    assert (chart.title, cpu.title, memory.title) == ("shop / prod, last 15m", "CPU", "Memory")
    assert (cpu.series[0].values, cpu.series[0].look) == ((20, None, 70), Drawn.AREA)
    assert cpu.series[0].name == "70 % now, peak 70 %"
    assert cpu.ticks == memory.ticks
    assert list(cpu.ticks) == [(0, "0"), (50, "50 %"), (100, "100 %")]
    assert (cpu.mark, memory.mark) == (Mark("target 60 %", 60), None)
    assert (cpu.first, cpu.last) == ("16:00", "16:15 UTC")
    assert chart.words == "shop / prod, last 15m: CPU 70 % now, peak 70 % · Memory 50 % now, peak 50 %"


def test_what_has_no_value_has_no_panel() -> None:
    assert [one.title for one in usage_chart("a", "b", usage((None,), (1,))).panels] == ["Memory"]
    assert usage_chart("a", "b", usage(())).panels == ()


@given(st.lists(st.none() | st.floats(0, 500), max_size=9).map(tuple), st.none() | st.floats(1, 500))
def test_nothing_is_drawn_above_the_axis(values: tuple[float | None, ...], target: float | None) -> None:
    for panel in usage_chart("a", "b", usage(values, values), target, target).panels:
        top = max(value for value, _ in panel.ticks)
        marked = [panel.mark.value] if panel.mark else []
        assert max([value or 0 for value in panel.series[0].values] + marked) <= top
        assert top % 100 == 0

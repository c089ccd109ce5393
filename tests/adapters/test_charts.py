"""Charts as pixels."""

from io import BytesIO

import pytest
from PIL import Image, ImageColor

from bot.adapters.charts import COLOURS, HEIGHT, INK, MARK, WIDTH, PillowCharts
from bot.domain.charts import Chart, Look, Mark, Panel, Series

_BARS = tuple(Series(f"3 {look}", (0, 1, 2), look) for look in (Look.SOLID, Look.HATCHED, Look.HOLLOW))
WEEKS = Panel("Deploys a week", _BARS, ((0, "0"), (6, "6")), "Oct 5", "Nov 23")
TOOK = Panel("How long", (Series("each", (60, 240, 120), Look.LINE),), ((0, "0"), (240, "4m")), "2 earlier", "last")
CHART = Chart("shop / prod", (WEEKS, TOOK), "words")


def busy(*values: float | None, mark: Mark | None = None) -> Chart:
    """One area from 0 to 100."""
    panel = Panel("CPU", (Series("now", values, Look.AREA),), ((0, "0"), (100, "100%")), mark=mark)
    return Chart("shop / prod", (panel,), "words")


Pixel = tuple[int, int, int]


def drawn(chart: Chart) -> tuple[Image.Image, bytes]:
    """The picture, and its bytes."""
    png = PillowCharts().png(chart)
    return Image.open(BytesIO(png)).convert("RGB"), png


def count(image: Image.Image, look: Look, below: int = 160) -> int:
    """Pixels of that series within the axes, edges that are blended with white left out."""
    wanted = ImageColor.getrgb(COLOURS[look])
    pixels = image.crop((0, below, WIDTH, 344)).tobytes()
    near = (all(abs(pixels[at + i] - wanted[i]) < 12 for i in range(3)) for at in range(0, len(pixels), 3))
    return sum(near)


def contrast(colour: str) -> float:
    """On white (WCAG 2.2, relative luminance)."""
    parts = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)


def test_a_chart_is_a_small_png_in_which_each_series_is_seen() -> None:
    image, png = drawn(CHART)
    assert png.startswith(b"\x89PNG")
    assert image.size == (WIDTH, HEIGHT)
    assert len(png) < 60_000
    for look in (Look.SOLID, Look.HATCHED, Look.HOLLOW, Look.LINE):
        assert count(image, look) > 300, look
    assert count(drawn(busy(20, 80, 40))[0], Look.AREA) > 300


def test_a_series_without_values_leaves_nothing_within_the_axes() -> None:
    empty = Panel("Deploys", (Series("0", (0, 0), Look.SOLID),), ((0, "0"), (1, "1")))
    assert count(drawn(Chart("a", (empty,), ""))[0], Look.SOLID) == 0


def test_bars_are_told_apart_without_colour_by_how_much_of_them_is_filled() -> None:
    filled = {}
    for look in (Look.SOLID, Look.HATCHED, Look.HOLLOW):
        panel = Panel("One", (Series("x", (1,), look),), ((0, "0"), (1, "1")))
        filled[look] = count(drawn(Chart("a", (panel,), ""))[0], look)
    assert filled[Look.SOLID] > 1.5 * filled[Look.HATCHED] > 3 * filled[Look.HOLLOW]


@pytest.mark.parametrize("colour", [INK, MARK, *COLOURS.values()])
def test_every_colour_is_read_well_on_white(colour: str) -> None:
    assert contrast(colour) >= 4.5


def test_more_is_drawn_higher() -> None:
    low = Panel("One", (Series("x", (1,), Look.SOLID),), ((0, "0"), (2, "2")))
    high = Panel("One", (Series("x", (2,), Look.SOLID),), ((0, "0"), (2, "2")))
    small, large = (count(drawn(Chart("a", (panel,), ""))[0], Look.SOLID) for panel in (low, high))
    assert large == pytest.approx(2 * small, rel=0.03)


def test_any_title_and_no_panel_at_all_are_drawn() -> None:
    for title in ("", "x" * 300):
        assert drawn(Chart(title, (), ""))[0].size == (WIDTH, HEIGHT)


def test_letters_that_the_font_lacks_are_question_marks() -> None:
    assert drawn(Chart("a線ö\n", (), ""))[1] == drawn(Chart("a???", (), ""))[1]


def test_a_gap_in_an_area_is_left_empty_from_top_to_floor() -> None:
    gap, whole = (drawn(busy(50, 50, 50, one, one, one, 50, 50, 50))[0] for one in (None, 50))
    assert gap.crop((350, 180, 520, 343)).getextrema() == ((255, 255),) * 3
    assert ImageColor.getrgb(COLOURS[Look.AREA]) not in {gap.getpixel((x, 345)) for x in range(350, 520)}
    assert whole.crop((350, 180, 520, 343)).getextrema() != ((255, 255),) * 3


def test_a_value_between_two_gaps_is_a_dot() -> None:
    assert count(drawn(busy(None, 50, None, None, 50))[0], Look.AREA) > 50


def test_a_mark_is_a_dashed_line_at_its_height() -> None:
    plain, marked = (drawn(busy(10, 10, mark=mark))[0] for mark in (None, Mark("target 75%", 75)))
    row = [marked.getpixel((x, 206)) for x in range(100, 760)]
    dashes = sum(pixel == ImageColor.getrgb(MARK) for pixel in row)
    assert 0.4 < dashes / len(row) < 0.75
    assert {plain.getpixel((x, 206)) for x in range(100, 760)} == {(255, 255, 255)}

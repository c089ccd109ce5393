"""The Charts port on Pillow: bars and lines on white, to be read on a phone.

Every colour has a contrast of 4.5 or more on white, and no two series of bars differ by colour alone.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bot.domain.charts import Chart, Look, Mark, Panel, Series

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

WIDTH, HEIGHT = 800, 400
INK, GRID, SHADE, MARK = "#1d1c1d", "#d0d0d0", "#dbe7f5", "#8a4b00"
COLOURS = {
    Look.SOLID: "#1a6b45",
    Look.HATCHED: "#b3261e",
    Look.HOLLOW: "#4a4a4a",
    Look.LINE: "#1a4f8b",
    Look.AREA: "#1a4f8b",
}
_CURVES = (Look.LINE, Look.AREA)
_LARGE, _SMALL = 30, 22
_TOP, _FLOOR = 160, 344
_MARGIN, _AXIS = 24, 68
_KEY = 18
_MOST_LETTERS = 48

_Box = tuple[float, float, float, float]


class PillowCharts:
    """Pillow is loaded with the first picture: that takes 0.1 s and 8 MiB."""

    def png(self, chart: Chart) -> bytes:
        """See the port."""
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (WIDTH, HEIGHT), "white")
        draw = ImageDraw.Draw(image)
        title = chart.title if len(chart.title) <= _MOST_LETTERS else chart.title[: _MOST_LETTERS - 1] + "…"
        _text(draw, (_MARGIN, 12), title, _LARGE)
        wide = (WIDTH - _MARGIN) / max(1, len(chart.panels))
        for number, panel in enumerate(chart.panels):
            _panel(draw, panel, _MARGIN + number * wide, wide - _MARGIN)
        return _packed(image)


def _packed(image: Any) -> bytes:
    """A palette of few colours: a third of the bytes."""
    file = BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()


def _panel(draw: "ImageDraw", panel: Panel, left: float, wide: float) -> None:
    _text(draw, (left, 58), panel.title, _SMALL + 2)
    _legend(draw, panel, left, wide)
    top = max(value for value, _ in panel.ticks) or 1
    box = (left + _AXIS, _TOP, left + wide, _FLOOR)
    curves = [one for one in panel.series if one.look in _CURVES]
    for one in curves:
        if one.look is Look.AREA:
            _shade(draw, one.values, box, top)
    _grid(draw, panel, box, top)
    _bars(draw, [one for one in panel.series if one.look not in _CURVES], box, top)
    if panel.mark:
        _dashes(draw, (box[0], _height(panel.mark.value, top)), box[2])
    for one in curves:
        _curve(draw, one, box, top)


def _grid(draw: "ImageDraw", panel: Panel, box: _Box, top: float) -> None:
    for value, words in panel.ticks:
        y = _height(value, top)
        draw.line((box[0], y, box[2], y), INK if value == 0 else GRID, 2)
        _text(draw, (box[0] - 8, y), words, _SMALL, "rm")
    _text(draw, (box[0], _FLOOR + 10), panel.first, _SMALL)
    _text(draw, (box[2], _FLOOR + 10), panel.last, _SMALL, "ra")


def _height(value: float, top: float) -> float:
    return _FLOOR - value / top * (_FLOOR - _TOP)


def _legend(draw: "ImageDraw", panel: Panel, left: float, wide: float) -> None:
    x, y = left, 96.0
    named: list[Series | Mark] = [*panel.series, *([panel.mark] if panel.mark else [])]
    for one in named:
        long = _KEY + 8 + draw.textlength(_drawable(one.name), _font(_SMALL))
        if x > left and x + long > left + wide:
            x, y = left, y + 28
        _key(draw, one, x, y)
        _text(draw, (x + _KEY + 8, y + _KEY / 2), one.name, _SMALL, "lm")
        x += long + 14


def _key(draw: "ImageDraw", one: Series | Mark, x: float, y: float) -> None:
    if isinstance(one, Mark):
        _dashes(draw, (x, y + _KEY / 2), x + _KEY)
    elif one.look in _CURVES:
        draw.line((x, y + _KEY / 2, x + _KEY, y + _KEY / 2), COLOURS[one.look], 4)
    else:
        _bar(draw, (x, y, x + _KEY, y + _KEY), one.look)


def _dashes(draw: "ImageDraw", start: tuple[float, float], end: float) -> None:
    for x in range(int(start[0]), int(end), 14):
        draw.line((x, start[1], min(x + 8, end), start[1]), MARK, 3)


def _bars(draw: "ImageDraw", series: Sequence[Series], box: _Box, top: float) -> None:
    count = max((len(one.values) for one in series), default=0)
    wide = (box[2] - box[0]) / max(1, count)
    for place in range(count):
        floor, left = float(_FLOOR), box[0] + place * wide + wide * 0.15
        for one in series:
            high = (one.values[place] or 0) / top * (_FLOOR - _TOP)
            if high:
                _bar(draw, (left, floor - high, left + wide * 0.7, floor), one.look)
            floor -= high


def _bar(draw: "ImageDraw", box: _Box, look: Look) -> None:
    colour = COLOURS[look]
    if look is Look.SOLID:
        draw.rectangle(box, colour)
        return
    draw.rectangle(box, "white", colour, 3)
    if look is Look.HATCHED:
        for line in _hatching(box):
            draw.line(line, colour, 3)


def _hatching(box: _Box) -> Iterator[_Box]:
    """Slanted lines, each from edge to edge of the box."""
    left, top, right, floor = box
    for start in range(int(left + top) + 8, int(right + floor), 8):
        low, high = max(left, start - floor), min(right, start - top)
        yield low, start - low, high, start - high


def _curve(draw: "ImageDraw", one: Series, box: _Box, top: float) -> None:
    """A point for each value; of an area only for the last one, and for those that stand alone."""
    colour, runs = COLOURS[one.look], list(_runs(one.values, box, top))
    for points in runs:
        draw.line(points, colour, 4, "curve")
        alone = len(points) == 1 or points is runs[-1]
        for x, y in points if one.look is Look.LINE else points[-1:] if alone else []:
            draw.ellipse((x - 5, y - 5, x + 5, y + 5), colour)


def _shade(draw: "ImageDraw", values: Sequence[float | None], box: _Box, top: float) -> None:
    for points in _runs(values, box, top):
        if len(points) > 1:
            draw.polygon([(points[0][0], _FLOOR), *points, (points[-1][0], _FLOOR)], SHADE)


def _runs(values: Sequence[float | None], box: _Box, top: float) -> Iterator[list[tuple[float, float]]]:
    """The points between gaps."""
    step = (box[2] - box[0] - 16) / max(1, len(values) - 1)
    placed = ((box[0] + 8 + at * step, value) for at, value in enumerate(values))
    for known, run in groupby(placed, key=lambda one: one[1] is not None):
        if known:
            yield [(x, _height(value or 0, top)) for x, value in run]


def _text(draw: "ImageDraw", at: tuple[float, float], words: str, size: int, anchor: str = "la") -> None:
    draw.text(at, _drawable(words), INK, _font(size), anchor)


def _drawable(words: str) -> str:
    """The font that comes with Pillow has no letters beyond these."""
    return "".join(letter if (letter.isascii() and letter.isprintable()) or letter == "…" else "?" for letter in words)


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.load_default(size)

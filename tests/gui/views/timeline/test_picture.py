"""Pictures of the timeline: everything in them, nothing cut off, nothing of masked VINs."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import numpy as np
import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from core.fleet.formula import derived_key
from core.fleet.nodes import Arithmetic, Input
from gui import theme
from gui.views.timeline.masking import Masking
from gui.views.timeline.picture import Picture, PictureOptions, default_title
from gui.views.timeline.view import TimelineView
from tests.gui.views.timeline.areas import area
from tests.gui.views.timeline.make_series import DAY, HOUR, JUNE, MINUTE, key, make_series
from tests.gui.views.timeline.plain_colors import COLORS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from core.fleet.series import Series

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

VINS = ("WBA8E1C50HA000817", "KMHDEMKM8T0107929")
UNITS = ("kilometers", "kilometers_per_hour", "volts", "liters", "watts", "hours", "lux", "bars")
MADE = JUNE + 3 * DAY


def some_series(count: int = 1) -> list[Series]:
    times = JUNE + np.arange(241) * MINUTE
    found = [
        make_series(key(f"x.property_{number}", vin), times, np.linspace(0, 100 + 40 * place, 241), unit=unit)
        for number, unit in enumerate(UNITS[:count])
        for place, vin in enumerate(VINS)
    ]
    texts = [f"with {VINS[0]}", "alone"]
    return [*found, make_series(key("x.state", VINS[1]), [JUNE, JUNE + 2 * HOUR], text=texts)]


@pytest.fixture
def view(qtbot: QtBot) -> TimelineView:
    view = TimelineView(colors=COLORS)
    qtbot.addWidget(view)
    view.resize(900, 600)
    view.set_time_zone(UTC, "UTC")
    view.show()
    view.set_series(some_series())
    view.grab()
    return view


def picture(view: TimelineView, options: PictureOptions | None = None) -> Picture:
    made = view.picture(options or PictureOptions(), MADE)
    assert made is not None
    return made


def texts(svg: bytes) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter() if node.tag.endswith("}text")]


def drawn(svg: bytes, one: Picture) -> QImage:
    image = QImage(one.size, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    return image


def colors_in(image: QImage) -> dict[str, int]:
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF
    return {
        f"#{color:06x}": count for color, count in zip(*map(list, np.unique(pixels, return_counts=True)), strict=True)
    }


def test_a_drawing_says_everything_in_texts(view: TimelineView) -> None:
    one = picture(view)
    said = texts(one.svg())
    whole = " ".join(said)
    assert said[0] == one.title == f"Property 0, X state – {VINS[0]}, {VINS[1]}"
    for words in ("km", "Vehicle", "Property", "Unit", "2026-05-31 23:55:12 +00:00 to 2026-06-01 04:04:48", "UTC"):
        assert words in whole, words
    assert "Made 2026-06-04 00:00:00 +00:00 with Odograph" in said
    assert "Value" not in said
    assert b"<image" not in one.svg()
    assert said.count("Property 0") == 2  # in the legend; above the plot with a mark, as nobody knows it


@pytest.mark.parametrize("masking", [Masking.LAST, Masking.NAMES])
def test_nothing_of_masked_vins_is_in_the_file(view: TimelineView, masking: Masking) -> None:
    title = f"What {VINS[0]} and {VINS[1].lower()} did"
    plain, masked = (picture(view, PictureOptions(title, one, values=True)).svg() for one in (Masking.NONE, masking))
    for vin in VINS:
        assert vin.encode() in plain
        for part in (vin, vin[:8], vin[-6:], vin[-5:]):
            assert part.lower().encode() not in masked.lower(), part
    said = " ".join(texts(masked))
    names = ("Vehicle A", "Vehicle B") if masking is Masking.NAMES else ("…0817", "…7929")
    assert f"What {names[0]} and {names[1]} did" in said
    assert f"with {names[0]}" in said
    assert len(plain) > 1_000


@pytest.mark.parametrize("masking", [Masking.LAST, Masking.NAMES])
@pytest.mark.parametrize("other", [VINS[1], "IT'S\"A\"VIN'0'817"])
def test_nothing_of_the_vins_in_formulas_is_in_the_file(view: TimelineView, masking: Masking, other: str) -> None:
    formulas = [
        derived_key(vin, Arithmetic("-", Input("x", "property_0"), Input("x", "property_0", "", second)))
        for vin, second in ((VINS[0], other), (other, VINS[0]))
    ]
    times = JUNE + np.arange(3) * HOUR
    view.set_series([make_series(one, times, [1.0, 2.0, 4.0], unit="kilometers") for one in formulas])
    view.grab()
    plain, masked = (picture(view, PictureOptions(None, one, values=True)).svg() for one in (Masking.NONE, masking))
    for vin in (VINS[0], other):
        assert vin in " ".join(texts(plain))
        for part in (vin, escape(vin), repr(vin)[1:-1], vin[:8], vin[-6:], vin[-5:]):
            assert part.lower() not in masked.decode().lower(), part
            assert part.lower() not in " ".join(texts(masked)).lower(), part
    if masking is Masking.NAMES:
        assert {"Property 0 − Property 0 of Vehicle A", "Property 0 − Property 0 of Vehicle B"} <= set(texts(masked))


def test_the_curves_are_in_the_drawing_and_stay_in_their_plots(view: TimelineView) -> None:
    axis = area(view).rows[0].axes[0]  # type: ignore[attr-defined] # the first row is a plot of values
    axis.manual = 20.0, 60.0
    one = picture(view, PictureOptions(light=False))
    image, drawing = one.image(1), drawn(one.svg(), one)
    assert image.size() == drawing.size() == one.size
    for color in (COLORS.curve(0), COLORS.curve(1)):
        pixels, shapes = (colors_in(each).get(color.name(), 0) for each in (image, drawing))
        assert pixels > 200
        assert shapes == pytest.approx(pixels, rel=0.35)
    top = image.copy(0, 0, image.width(), 40)
    assert COLORS.curve(0).name() not in colors_in(top)
    # Qt's own reader of drawings does not cut, others do: every shape in a curve's colour has a frame to stay in.
    groups = [node for node in ET.fromstring(one.svg()).iter() if node.tag.endswith("}g")]
    cut = [group for group in groups if "clip-path" in group.attrib]
    of_curve = [group for group in groups if group.get("fill") == COLORS.curve(0).name() and len(group) > 1]
    inside = {id(child) for group in cut for child in group.iter()}
    assert of_curve
    assert all(id(group) in inside for group in of_curve if group[0].get("width") != "12")


def test_the_screen_stays_as_it_is(view: TimelineView) -> None:
    before, rows = view.grab().toImage(), list(area(view).rows)
    places = [(row.rect.getRect(), row.header.getRect()) for row in rows]
    picture(view, PictureOptions(masking=Masking.NAMES)).image(3)
    assert list(area(view).rows) == rows
    assert [(row.rect.getRect(), row.header.getRect()) for row in rows] == places
    view.update()
    assert view.grab().toImage() == before


def test_plots_that_are_scrolled_are_in_the_picture_whole(view: TimelineView) -> None:
    view.set_series(some_series(8))
    view.grab()
    assert area(view).whole_height() > area(view).height()
    one = picture(view)
    assert one.size.height() > area(view).whole_height()
    said = texts(one.svg())
    for number in range(8):
        assert f"Property {number}" in said[:100]


def test_pixels_are_as_fine_as_asked_for(view: TimelineView) -> None:
    one = picture(view)
    for scale in (1, 2, 3):
        image = one.image(scale)
        assert (image.width(), image.height()) == (one.size.width() * scale, one.size.height() * scale)
        assert image.pixelColor(1, 1) == QColor("#ffffff")


def test_light_or_as_shown(view: TimelineView) -> None:
    view.set_colors(None)
    assert colors_in(picture(view).image(1)).keys() >= {"#ffffff", theme.LIGHT.series[0]}
    view.set_colors(COLORS)
    assert picture(view, PictureOptions(light=False)).image(1).pixelColor(1, 1) == COLORS.background


def test_values_and_cursor_on_request(view: TimelineView) -> None:
    view.set_cursor_time(JUNE + HOUR)
    plain, with_values = picture(view), picture(view, PictureOptions(values=True))
    said = texts(with_values.svg())
    assert "Value at 2026-06-01 01:00:00 +00:00" in said
    assert view.legend.model().index(0, 3).data() in said
    assert any(re.match(r"Mon.* 01:00", text) for text in said)
    assert not any(re.match(r"Mon.* 01:00", text) for text in texts(plain.svg()))


def test_hidden_series_are_not_in_it_and_an_empty_timeline_has_none(view: TimelineView) -> None:
    view.select_keys([key("x.state", VINS[1])])
    view.toggle_selected()
    assert not any("X state" in text for text in texts(picture(view).svg()))
    view.clear()
    assert view.picture(PictureOptions(), MADE) is None


def test_a_title_of_one_s_own_or_none(view: TimelineView) -> None:
    assert picture(view, PictureOptions("June <& July>")).title == "June <& July>"
    assert "June <& July>" in texts(picture(view, PictureOptions("June <& July>")).svg())
    none = picture(view, PictureOptions(""))
    assert none.title == ""
    assert none.size.height() < picture(view).size.height()


def test_titles_name_what_is_few_and_count_what_is_many() -> None:
    keys = [key(f"x.property_{number}", f"VIN{number}") for number in range(4)]
    assert default_title(keys) == "4 properties – 4 vehicles"
    assert default_title(keys[:1]) == "Property 0 – VIN0"
    assert default_title([]) == ""


def test_the_region_is_in_it_with_the_values(view: TimelineView) -> None:
    view.reading.region.set_range((JUNE + HOUR, JUNE + 2 * HOUR + 5 * MINUTE))
    plain, with_values = (picture(view, PictureOptions(values=values)) for values in (False, True))
    assert "Δ 1 h 5 min" in "".join(texts(with_values.svg()))
    assert "Δ" not in "".join(texts(plain.svg()))
    assert drawn(with_values.svg(), with_values).size() == with_values.size

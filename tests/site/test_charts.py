"""Charts: what they are made of, where values stand, and the same colours on pages and in files."""

from __future__ import annotations

import math
import re
import struct
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.site.charts import images, scales
from polku.site.charts.series import Ground, Point, Series, bars, lines
from polku.site.charts.svg import element, picture, shortened, text, titled

ROOT = Path(__file__).resolve().parents[2]
SHEET = (ROOT / "src/polku/site/charts/charts.css").read_text(encoding="utf-8")


def test_what_anybody_wrote_is_escaped():
    drawn = titled(text(1, 2, "<script>&"), '"><b>')
    assert "<script>" not in drawn and "<b>" not in drawn
    assert "&lt;script&gt;&amp;" in drawn
    assert element("rect", class_='a"b', x=1.5, y=None, stroke_width=2) == (
        '<rect class="a&quot;b" x="1.5" stroke-width="2"/>'
    )


def test_names_too_long_for_their_room_are_cut():
    assert shortened("Ostoskori", 200) == "Ostoskori"
    assert shortened("Ostoskorista kassalle", 80) == "Ostoskori…"


@given(
    st.floats(-1e9, 1e9, allow_nan=False),
    st.floats(1e-3, 1e9, allow_nan=False),
    st.integers(min_value=1, max_value=8),
)
def test_ticks_hold_everything_and_are_even(low, size, about):
    high = low + size
    steps = scales.ticks(low, high, about)
    assert len(steps) >= 2
    gap = steps[1] - steps[0]
    assert steps[0] <= low + gap * 1e-6 and steps[-1] >= high - gap * 1e-6
    finest = 4 * math.ulp(max(abs(low), abs(high)))  # of differences between numbers of that size
    assert all(abs((b - a) - gap) <= gap * 1e-3 + finest for a, b in pairwise(steps))
    assert len(steps) <= about + 3


def test_ticks_are_round_numbers():
    assert scales.ticks(0, 100) == [0, 25, 50, 75, 100]
    assert scales.ticks(0, 7) == [0, 2, 4, 6, 8]
    assert scales.ticks(5, 5) == [5, 5.25, 5.5, 5.75, 6]
    with pytest.raises(ValueError, match="finite"):
        scales.ticks(0, float("nan"))


def test_a_gap_in_a_line_stays_one_and_what_is_unfinished_is_dashed():
    ground = Ground(["1.", "2.", "3.", "4."], width=400, height=200, low=0, high=10, write=str)
    points = [Point(1), Point(None), Point(5, low=4, high=6), Point(9, complete=False, low=8, high=10)]
    drawn = lines(ground, [Series("", points)])
    assert drawn.count("<circle") == 3
    assert drawn.count('class="chart-line series-1"') == 0  # no two finished neighbours
    assert drawn.count("chart-line is-open series-1") == 1
    assert drawn.count("chart-band series-1") == 1
    assert bars(ground, Series("", points)).count("chart-bar is-open") == 1


def test_no_name_of_a_period_goes_over_the_edge():
    ground = Ground(["27.10.2026", "23.11.2026"], width=120, height=90, low=0, high=10, write=str)
    assert '<text class="chart-text" x="120" y="82" text-anchor="end">23.11.2026</text>' in ground.drawn()


def test_pages_and_files_have_the_same_light_colours():
    sheet = (ROOT / "frontend/site/tokens.css").read_text(encoding="utf-8")
    light = sheet[sheet.index(":root {") : sheet.index("@media")]
    tokens = dict(re.findall(r"(--[\w-]+): ([^;]+);", light))
    assert {name: tokens[name] for name in images.LIGHT if name != "--font"} == {
        name: value for name, value in images.LIGHT.items() if name != "--font"
    }
    assert set(re.findall(r"var\((--[\w-]+)\)", SHEET)) <= set(images.LIGHT)


def test_pictures_leave_the_process_half_of_its_time():
    alone = images.Turns(most=1, patience=60)
    with alone.taken(), pytest.raises(images.PicturesUnavailable), alone.taken():
        pass
    turns = images.Turns(most=2, patience=0.05)
    with turns.taken():
        time.sleep(0.2)
        with pytest.raises(images.PicturesUnavailable), turns.taken():
            pass
    begun = time.monotonic()
    with turns.taken():
        assert time.monotonic() - begun > 0.15
    made = threading.Thread(target=images.png, args=[picture(9, 9)])
    with images.turns.taken():
        made.start()
        made.join(0.5)
        assert made.is_alive()
    made.join(5)
    assert not made.is_alive()


def test_a_name_that_no_xml_may_hold_is_drawn_all_the_same():
    shown, odd = (images.png(picture(90, 20, text(0, 9, f"a{sign}b")), title=sign) for sign in "\ufffd\x01")
    assert (odd[:4], odd) == (b"\x89PNG", shown)
    assert images.png(picture(9, 9, text(0, 9, "".join(map(chr, (0, 11, 31, 0xFFFE, 0xFFFF)))))) != b""


def test_a_picture_becomes_a_png_of_twice_its_size():
    content = images.png(picture(120, 80, element("rect", class_="chart-bar", width=60, height=80)))
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", content[16:24]) == (240, 160)


def test_a_file_says_by_itself_what_it_shows():
    content = images.png(
        picture(400, 80, element("rect", class_="chart-bar", width=60, height=80)),
        title="Kassalle",
        lines=["35 % pääsi perille, ja eniten keskeytetään ennen ostoskoria."],
        foot="Kaamos Retkeily · 1.–28.3.2026",
    )
    assert struct.unpack(">II", content[16:24]) == (2 * 448, 2 * (24 + 24 + 2 * 19 + 80 + 18 + 12))


def test_without_the_optional_part_pictures_say_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)  # as if it were not installed
    with pytest.raises(images.PicturesUnavailable, match=r"polku\[images\]"):
        images.png(picture(10, 10))


def test_a_file_needs_nothing_but_itself():
    alone = images.standalone(picture(10, 10, text(0, 0, "Ä")))
    assert "var(" not in alone
    assert images.LIGHT["--accent"] in alone
    assert "http" not in alone.replace("http://www.w3.org/2000/svg", "")

"""Streams as a picture: sizes, order, what ended or began at a node, wide and narrow."""

from __future__ import annotations

import itertools
import re

import pytest

from polku.site.charts.sankey import Stream, Words, sankey

WORDS = Words(
    others="Others",
    count=str,
    heading=lambda column: f"column {column}",
    hint=lambda source, target, number: f"{source} to {target}: {number}",
    ended=lambda name, number: f"{name} ended {number}",
    began=lambda name, number: f"{name} began {number}",
)
STREAMS = [
    Stream(0, "home", "product", 60),
    Stream(0, "home", None, 10),
    Stream(1, "product", "basket", 20),
    Stream(1, None, "basket", 5),
]


def titles(drawn: str) -> set[str]:
    return set(re.findall(r"<title>([^<]+)</title>", drawn))


def bars(drawn: str) -> dict[str, tuple[float, float]]:
    """(y, height) of the nodes by name; of equal names the first."""
    found = {}
    pattern = r'<rect class="chart-node[^"]*" x="[\d.]+" y="([\d.]+)" width="6" height="([\d.]+)"[^>]*/><title>([^:]+):'
    for y, height, name in re.findall(pattern, drawn):
        found.setdefault(name, (float(y), float(height)))
    return found


def test_nodes_are_as_high_as_what_stood_there_and_streams_say_themselves():
    drawn = sankey(STREAMS, {(0, "home"): 100}, width=960, words=WORDS)
    found = bars(drawn)
    assert found["home"][1] == pytest.approx(300)
    assert found["product"][1] == pytest.approx(180)
    assert found["basket"][1] == pytest.approx(75)
    assert titles(drawn) == {
        "home: 100",
        "product: 60",
        "Others: 10",
        "basket: 25",
        "home to product: 60",
        "home to Others: 10",
        "product to basket: 20",
        "Others to basket: 5",
        "home ended 30",
        "product ended 40",
        "Others ended 5",
    }
    assert [found[name][0] for name in ("product", "Others")] == sorted(
        found[name][0] for name in ("product", "Others")
    )


def test_what_leads_somewhere_tells_where_paths_began():
    streams = [Stream(-2, "ad", "home", 30), Stream(-1, "home", "order", 50)]
    drawn = sankey(streams, {(0, "order"): 80}, width=960, words=WORDS)
    assert {"home began 20", "order began 30"} <= titles(drawn)
    assert not any("ended" in title for title in titles(drawn))
    assert re.findall(r">(column [^<]+)<", drawn) == ["column -2", "column -1", "column 0"]


def test_a_phone_has_one_step_below_another():
    wide, narrow = (sankey(STREAMS, {(0, "home"): 100}, width=width, words=WORDS) for width in (960, 360))
    tall = [float(re.search(r'height="([\d.]+)"', drawn).group(1)) for drawn in (wide, narrow)]
    assert tall[1] > tall[0] * 1.3
    assert re.findall(r">(column [^<]+)<", narrow) == ["column 0", "column 1", "column 1", "column 2"]
    assert "product ended 40" in titles(narrow)  # a step alone still knows what came in
    assert all(float(x) <= 360 for x in re.findall(r' x="([\d.]+)"', narrow))


def test_names_overlap_nowhere():
    streams = [Stream(0, "home", f"page {number}", 1) for number in range(6)]
    drawn = sankey([*streams, Stream(0, "home", None, 900)], width=960, words=WORDS)
    rows = sorted(
        float(y)
        for x, y in re.findall(r'<text class="chart-name" x="([\d.]+)" y="([\d.]+)"', drawn)
        if float(x) > 500
    )
    assert len(rows) == 7
    assert all(after - before >= 28 for before, after in itertools.pairwise(rows))


def test_names_are_escaped_and_nothing_draws_nothing():
    drawn = sankey([Stream(0, "<b>", "&", 3)], width=960, words=WORDS)
    assert "<b>" not in drawn and "&lt;b&gt;" in drawn
    assert "chart-node" not in sankey([], width=960, words=WORDS)

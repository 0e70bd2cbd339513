"""The answer to the overview's question as what is drawn: figures, a chart, lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from polku.analytics.money import MoneyTerms
from polku.analytics.web.chart import Chart, draw
from polku.analytics.web.choices import DEVICES, SOURCES, Choices
from polku.analytics.web.figures import Figure, figures
from polku.analytics.web.words import DIMENSION_NAMES, value_name
from polku.eventstore.web import Dimension
from polku.site.formats import Reader

Record = Mapping[str, Any]
SHOWN = 8
SMALL = 30
"""Below so many visits a share is greyed."""


@dataclass(frozen=True)
class Row:
    """One value of a list. `width` is that of its bar (SVG); `address` filters by it, or takes the filter away."""

    name: str
    address: str
    is_chosen: bool
    width: str
    visits: str
    conversion: str
    probably: str
    is_small: bool


@dataclass(frozen=True)
class Panel:
    """A list with the tabs that choose by what it is told apart: (name, address, chosen)."""

    id: str
    title: str
    column: str
    tabs: Sequence[tuple[str, str, bool]]
    rows: Sequence[Row]
    more: Sequence[Row]
    left_out: str


@dataclass(frozen=True)
class Band:
    """Visits of one band of load time; the rest is SVG: where the interval begins, how wide it is, the value."""

    name: str
    visits: str
    conversion: str
    probably: str
    low: str
    width: str
    value: str
    is_small: bool


@dataclass(frozen=True)
class Term:
    query: str
    searches: str
    failed: str


@dataclass(frozen=True)
class Page:
    has_visits: bool
    figures: Sequence[Figure]
    chart: Chart | None
    sources: Panel
    pages: Panel
    devices: Panel
    bands: Sequence[Band]
    terms: Sequence[Term]
    searched: str
    chips: Sequence[tuple[str, str, str]]  # what is filtered by, its value, the address without it
    all_address: str
    compared: str


def build(answer: Record, choices: Choices, reader: Reader, terms: MoneyTerms | None = None) -> Page:
    """What the page shows of `answer`; `terms` are what the company said about its money."""
    return Page(
        has_visits=answer["visits"] > 0,
        figures=figures(answer, choices, reader, terms),
        chart=draw(answer, choices.metric, reader),
        sources=_panel(answer, choices, reader, "sources", _("Sources"), choices.sources, SOURCES),
        pages=_panel(answer, choices, reader, "pages", _("Pages"), "page", ()),
        devices=_panel(answer, choices, reader, "devices", _("Devices"), choices.devices, DEVICES),
        bands=_bands(answer["load_times"], reader),
        terms=[
            Term(term["query"], reader.number(term["count"]), reader.number(term["failed"]))
            for term in answer["searches"]["terms"]
            if term["failed"]
        ][:SHOWN],
        searched=_searched(answer["searches"], reader),
        chips=[
            (str(DIMENSION_NAMES[name]), value_name(name, value), choices.without(name))
            for name, value in choices.only.items()
        ],
        all_address=choices.address(only={}),
        compared=_compared(answer, reader),
    )


def _panel(
    answer: Record,
    choices: Choices,
    reader: Reader,
    id: str,
    title: str,
    dimension: Dimension,
    tabs: Sequence[Dimension],
) -> Panel:
    found = answer[f"{dimension}s"]
    most = max((row["visits"] for row in found["rows"]), default=1)
    rows = [_row(row, dimension, choices, reader, most) for row in found["rows"]]
    left_out = found["distinct"] - len(rows)
    return Panel(
        id=id,
        title=title,
        column=str(DIMENSION_NAMES[dimension]),
        tabs=[(str(DIMENSION_NAMES[tab]), choices.address(**{id: tab}), tab == dimension) for tab in tabs],
        rows=rows[:SHOWN],
        more=rows[SHOWN:],
        left_out=ngettext(
            "and %(number)s more with fewer visits", "and %(number)s more with fewer visits", left_out
        )
        % {"number": reader.number(left_out)}
        if left_out
        else "",
    )


def _row(row: Record, dimension: Dimension, choices: Choices, reader: Reader, most: int) -> Row:
    is_chosen = dimension in choices.only and choices.only[dimension] == row["name"]
    conversion = row["conversion"]
    return Row(
        name=value_name(dimension, row["name"]),
        address=choices.without(dimension) if is_chosen else choices.with_only(dimension, row["name"]),
        is_chosen=is_chosen,
        width=f"{100 * row['visits'] / most:.2f}%",
        visits=reader.number(row["visits"]),
        conversion=reader.percent(conversion["value"], 1),
        probably=reader.percent_interval(conversion["ci"], 1),
        is_small=row["visits"] < SMALL,
    )


def _bands(load_times: Sequence[Record], reader: Reader) -> list[Band]:
    """Nothing where no page told how long it took to load."""
    shown = [band for band in load_times if band["conversion"]["n"]]
    scale = max(
        (band["conversion"]["ci"][1] for band in shown if band["conversion"]["n"] >= SMALL), default=1.0
    )

    def across(share: float) -> float:
        return 100 * min(1.0, share / scale)

    return [
        Band(
            name=_band_name(band, reader),
            visits=reader.number(band["conversion"]["n"]),
            conversion=reader.percent(band["conversion"]["value"], 1),
            probably=reader.percent_interval(band["conversion"]["ci"], 1),
            low=f"{across(band['conversion']['ci'][0]):.2f}%",
            width=f"{across(band['conversion']['ci'][1]) - across(band['conversion']['ci'][0]):.2f}%",
            value=f"{across(band['conversion']['value']):.2f}%",
            is_small=band["conversion"]["n"] < SMALL,
        )
        for band in shown
    ]


def _band_name(band: Record, reader: Reader) -> str:
    low, high = (None if end is None else reader.number(end / 1000) for end in (band["from"], band["to"]))
    if not band["from"]:
        return _("under %(seconds)s s") % {"seconds": high}
    if high is None:
        return _("%(seconds)s s or more") % {"seconds": low}
    return _("%(low)s–%(high)s s") % {"low": low, "high": high}


def _searched(searches: Record, reader: Reader) -> str:
    if not searches["count"]:
        return ""
    said = ngettext("%(number)s search", "%(number)s searches", searches["count"]) % {
        "number": reader.number(searches["count"])
    }
    if not searches["answered"]:
        return said + _(", none of which says how much was found")
    return pgettext("searches", "%(searches)s, of which %(failed)s found nothing") % {
        "searches": said,
        "failed": reader.number(searches["failed"]),
    }


def _compared(answer: Record, reader: Reader) -> str:
    """With what the figures are compared, as days."""
    if "compared" not in answer:
        return ""
    said = answer["compared"]["range"]
    if said["from"] is None or said["to"] is None:
        return ""
    start, end = (reader.local(dt.datetime.fromisoformat(said[name])) for name in ("from", "to"))
    last = (end - dt.timedelta(microseconds=1)).date()
    return f"{reader.day(start.date())}–{reader.day(last, year=True)}"

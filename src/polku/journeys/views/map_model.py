"""The map as its template draws it: columns, lanes and cells, made from the journey query's result."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics.money import MoneyTerms
from polku.journeys.display_names import channel_name
from polku.journeys.feelings import step_of, word_of
from polku.journeys.views import feeling_lane, figures
from polku.site.formats import Reader

Record = Mapping[str, Any]
SURPRISES = 6


@dataclass(frozen=True)
class Head:
    """A column's head. `address` opens its panel in the page's address, `panel` is the fragment."""

    id: str
    name: str
    soft_name: str
    channels: str
    first_channel: str
    address: str
    panel: str
    is_chosen: bool
    is_moment_of_truth: bool
    is_backstage: bool
    evidence: str
    evidence_name: str
    tips: tuple[str, ...]
    starts_stage: bool
    is_connected: bool


@dataclass(frozen=True)
class Column:
    head: Head
    do: figures.Cell
    say: figures.Cell
    contact: figures.Cell
    buy: figures.Cell
    loss: figures.Cell
    feel: feeling_lane.FeelingCell


@dataclass(frozen=True)
class StageHead:
    name: str
    span: int
    columns: list[Column]


@dataclass(frozen=True)
class Lane:
    key: str
    name: str
    explanation: str
    cells: list[tuple[Head, figures.Cell]]
    term: str
    """The word of the glossary that explains the lane."""


@dataclass(frozen=True)
class Map:
    stages: list[StageHead]
    columns: list[Column]
    lanes: list[Lane]
    curve: feeling_lane.Curve


def build(
    result: Record,
    reader: Reader,
    *,
    chosen: int | None,
    addresses: Mapping[int, tuple[str, str]],
    terms: MoneyTerms | None = None,
) -> Map:
    """`terms` are what the company said about its money.

    `addresses`: touchpoint → (page address with the panel open, address of the panel's fragment)."""
    stages = []
    for stage in result["stages"]:
        columns = []
        for place, point in enumerate(stage["touchpoints"]):
            head = _head(point, reader, chosen, addresses[point["id"]], starts_stage=place == 0)
            columns.append(_column(point, head, reader, terms))
        if columns:
            stages.append(StageHead(soften(stage["name"]), len(columns), columns))
    columns = [column for stage in stages for column in stage.columns]
    points = [point for stage in result["stages"] for point in stage["touchpoints"]]
    loss = Lane("loss", _("Loss"), _("margin a year"), [(c.head, c.loss) for c in columns], "loss")
    return Map(
        stages=stages,
        columns=columns,
        lanes=[
            Lane("do", _("Do"), _("people, continued"), [(c.head, c.do) for c in columns], "reached"),
            Lane("say", _("Say"), _("score, margin of error"), [(c.head, c.say) for c in columns], "metric"),
            Lane(
                "contact",
                _("Contact us"),
                _("per 100 people"),
                [(c.head, c.contact) for c in columns],
                "contact_rate",
            ),
            Lane("buy", _("Buy"), _("value of orders"), [(c.head, c.buy) for c in columns], "buy"),
            # A lane of dashes would tell nothing: it comes with the first estimate.
            *([loss] if any(point["loss"] for point in points) else []),
        ],
        curve=feeling_lane.curve(points, result["surprises"]),
    )


def shows_nps(result: Record) -> bool:
    """Whether an NPS stands anywhere on the map: its trademark must then be named."""
    return any(
        score["metric"] == "nps"
        for stage in result["stages"]
        for point in stage["touchpoints"]
        for score in point["say"][:1]
    )


def evidence_name(evidence: str) -> str:
    return {"assumption": _("assumption"), "observed": _("observed"), "measured": _("measured")}[evidence]


def surprise_rows(
    result: Record, reader: Reader, addresses: Mapping[int, tuple[str, str]]
) -> list[dict[str, Any]]:
    """The biggest differences between guess and measurement, for the list beside the map."""
    rows = []
    for each in result["surprises"][:SURPRISES]:
        address, panel = addresses[each["touchpoint"]]
        rows.append(
            {
                "id": str(each["touchpoint"]),
                "name": each["name"],
                "address": address,
                "panel": panel,
                "guess": _guessed(each["assumed"], each["measured"]),
                "detail": _("probably %(interval)s, n %(n)s")
                % {"interval": reader.interval(each["ci"], 2, signed=True), "n": reader.number(each["n"])},
                "step": step_of(each["measured"]),
                "assumed_x": _along(each["assumed"]),
                "measured_x": _along(each["measured"]),
                "low_x": _along(each["ci"][0]),
                "band_width": f"{(each['ci'][1] - each['ci'][0]) * 47:.1f}%",
            }
        )
    return rows


def _guessed(assumed: float, measured: float) -> str:
    if step_of(assumed) == step_of(measured):
        return _("better than guessed") if measured > assumed else _("worse than guessed")
    return _("guessed %(guess)s, is %(measured)s") % {
        "guess": word_of(assumed),
        "measured": word_of(measured),
    }


def change_rows(map_: Map) -> list[dict[str, Any]]:
    """What clearly changed from the previous period, touchpoint by touchpoint in the map's order."""
    rows = []
    for column in map_.columns:
        cells = (column.feel, column.do, column.say, column.contact, column.buy)
        differences = [difference for cell in cells for difference in cell.differences]
        if differences:
            rows.append({"head": column.head, "differences": differences})
    return rows


def _along(feeling: float) -> str:
    return f"{50 + 47 * max(-1.0, min(1.0, feeling)):.1f}%"


def _column(point: Record, head: Head, reader: Reader, terms: MoneyTerms | None) -> Column:
    return Column(
        head=head,
        do=figures.do(point, reader),
        say=figures.say(point, reader),
        contact=figures.contact(point, reader, terms),
        buy=figures.buy(point, reader, terms),
        loss=figures.loss(point, reader),
        feel=feeling_lane.cell(point, reader),
    )


def _head(
    point: Record, reader: Reader, chosen: int | None, addresses: tuple[str, str], *, starts_stage: bool
) -> Head:
    bindings = int(point["bindings"])
    channels = [channel_name(channel) for channel in point["channels"]]
    tips = [_("Evidence: %(evidence)s") % {"evidence": evidence_name(point["evidence"])}]
    tips.append(
        ngettext("%(count)s data connection", "%(count)s data connections", bindings)
        % {"count": reader.number(bindings)}
    )
    if len(channels) > 1:
        tips.append(_("Channels: %(channels)s") % {"channels": ", ".join(channels)})
    if point["moment_of_truth"]:
        tips.append(_("Moment of truth"))
    return Head(
        id=str(point["id"]),
        name=point["name"],
        soft_name=soften(point["name"]),
        channels=", ".join(channels),
        first_channel=channels[0] + (f" +{len(channels) - 1}" if len(channels) > 1 else "")
        if channels
        else "",
        address=addresses[0],
        panel=addresses[1],
        is_chosen=point["id"] == chosen,
        is_moment_of_truth=bool(point["moment_of_truth"]),
        is_backstage=bool(point["backstage"]),
        evidence=point["evidence"],
        evidence_name=evidence_name(point["evidence"]),
        tips=tuple(tips),
        starts_stage=starts_stage,
        is_connected=bindings > 0,
    )


_LONG, _VERY_LONG = 8, 24
_SYLLABLE = re.compile(
    r"(?<=[aeiouyäöå])(?=[bcdfghjklmnpqrstvwxz][aeiouyäöå])"
    r"|(?<=[aeiouyäöå][bcdfghjklmnpqrstvwxz])(?=[bcdfghjklmnpqrstvwxz][aeiouyäöå])",
    re.IGNORECASE,
)


def soften(text: str) -> str:
    """A soft hyphen into each long Finnish word, at the syllable nearest its middle.

    Browsers bring no Finnish hyphenation, and a column of the map is narrow. Syllables end before a consonant
    and a vowel; the middle is where most compounds have their joint. A very long word may break anywhere.
    """
    return re.sub(r"\w+", lambda word: _soft(word.group()), text)


def _soft(word: str) -> str:
    if len(word) <= _LONG:
        return word
    places = [found.start() for found in _SYLLABLE.finditer(word) if 3 <= found.start() <= len(word) - 3]
    if places and len(word) <= _VERY_LONG:
        places = [min(places, key=lambda place: (abs(place - len(word) / 2), -place))]
    for place in reversed(places):
        word = f"{word[:place]}\N{SOFT HYPHEN}{word[place:]}"
    return word


def sequence_of(result: Record) -> Sequence[int]:
    """The touchpoints' numbers in the map's order."""
    return [point["id"] for stage in result["stages"] for point in stage["touchpoints"]]

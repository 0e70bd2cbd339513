"""An answer about paths in words, as streams and as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from polku.analytics import QueryError, run
from polku.analytics.explore.asking import address_of
from polku.analytics.explore.funnel.steps import count_words, unit_names
from polku.analytics.explore.pages import Asked, find
from polku.analytics.explore.paths.form import PathsForm
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.analytics.explore.selecting import EVENT, TOUCHPOINT
from polku.eventstore.port import StoreError
from polku.site.charts.sankey import Stream, Words, sankey
from polku.site.formats import NBSP, Reader

MOST_VARIANTS, LONGEST_VARIANT, MOST_PLACES = 8, 12, 8
ENOUGH_TIES = 0.01
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Variant:
    """A whole path as the page lists it; `rest` is how many more steps it has."""

    steps: Sequence[str]
    rest: int
    share: str
    count: str
    width: str
    time: str


class Reading:
    """One answer with the names, units and addresses that telling it needs."""

    def __init__(self, answer: Answer, asked: Asked) -> None:
        self.answer, self.asked = answer, asked
        self.form: PathsForm = asked.form
        self.reader: Reader = asked.reader
        self.unit: str = asked.form["unit"].value()
        self.units: int = answer["units"]
        self._numbers = {row["name"]: row["id"] for row in answer.get("touchpoints", ())}
        self._is_event = self.form.chosen_through == "event"

    def name(self, node: str) -> str:
        """What people call a node."""
        return self.form.choices.name(EVENT + node) if self._is_event else node

    def link(self, node: str) -> str | None:
        """The page of what follows from a node; None where the form has no such choice."""
        value = ""
        if self._is_event:
            value = EVENT + node
        elif node in self._numbers:
            value = f"{TOUCHPOINT}{self._numbers[node]}"
        page = find("paths")
        if not value or page is None:
            return None
        return address_of(self.asked.request, page, self.form, begin=value, end=None)

    def share(self, count: int) -> str:
        """Of all units; what would round to nothing is said to be below a tenth of a per cent."""
        share = count / self.units if self.units else 0.0
        if 0 < share < 0.0005:
            return f"<{NBSP}{self.reader.percent(0.001, 1)}"
        return self.reader.percent(share, 1 if 0 < share < 0.095 else 0)

    def counted(self, count: int) -> str:
        return count_words(count, self.unit, self.reader)

    @property
    def leads_to(self) -> bool:
        """Whether the streams lead to something, rather than on from it."""
        return bool(self.form.chosen_end) and not self.form.chosen_begin


def present(answer: Answer, asked: Asked) -> Presentation:
    """The sentence, the streams, the commonest whole paths, and the steps as tables."""
    reading = Reading(answer, asked)
    streams = [Stream(row["level"], row["from"], row["to"], row["count"]) for row in answer["flows"]]
    variants = _variants(reading) if not (reading.form.chosen_begin or reading.form.chosen_end) else ()
    return Presentation(
        reading=_sentence(reading),
        charts=[
            Chart(
                str(_("Paths")),
                lambda width: sankey(
                    _named(streams, reading), _sizes(reading), width=width, words=_words(reading)
                ),
                _alternative(reading),
            )
        ]
        if streams
        else [],
        tables=_tables(reading),
        cautions=[
            _("Some things happened at the very same moment; they stand in the order in which they arrived.")
        ]
        if answer["ties"] >= ENOUGH_TIES
        else [],
        more={
            "variants": variants,
            "places": [
                {
                    "name": caption,
                    "rows": [
                        {
                            "name": reading.name(row["name"]),
                            "link": reading.link(row["name"]),
                            "count": reading.reader.number(row["count"]),
                            "share": reading.share(row["count"]),
                        }
                        for row in rows[:MOST_PLACES]
                    ],
                }
                for caption, rows in _places(reading)
            ],
            "hint": _hint(reading),
        },
    )


def _sentence(reading: Reading) -> str:
    answer, form = reading.answer, reading.form
    if not reading.units:
        return _("Nobody went such a path in this period.")
    if reading.leads_to:
        return _ends_sentence(reading)
    starts = answer["starts"]
    first = starts[0] if starts else None
    nexts = _summed(answer["flows"], level=0, side="to")
    if form.chosen_begin:
        on = sum(nexts.values())
        parts = [
            _("%(people)s reached “%(name)s”.")
            % {"people": reading.counted(reading.units), "name": form.begin_name}
        ]
        if nexts:
            parts.append(_("Next came mostly: %(places)s.") % {"places": _listed(nexts, reading)})
        if on < reading.units:
            parts.append(
                _("For %(share)s the path ended there.") % {"share": reading.share(reading.units - on)}
            )
        return " ".join(parts)
    parts = [_("%(people)s took these paths.") % {"people": reading.counted(reading.units)}]
    if first:
        parts.append(
            _("Most begin with “%(name)s” (%(share)s).")
            % {"name": reading.name(first["name"]), "share": reading.share(first["count"])}
        )
    if answer["transitions"]:
        row = answer["transitions"][0]
        parts.append(
            _("The commonest step is from “%(source)s” to “%(target)s”.")
            % {"source": reading.name(row["from"]), "target": reading.name(row["to"])}
        )
    return " ".join(parts)


def _ends_sentence(reading: Reading) -> str:
    parts = [
        _("%(people)s reached “%(name)s”.")
        % {"people": reading.counted(reading.units), "name": reading.form.end_name}
    ]
    before = _summed(reading.answer["flows"], level=-1, side="from")
    if before:
        parts.append(_("Just before it mostly: %(places)s.") % {"places": _listed(before, reading)})
    came = sum(before.values())
    if came < reading.units:
        parts.append(
            _("For %(share)s there was nothing before it in this period.")
            % {"share": reading.share(reading.units - came)}
        )
    return " ".join(parts)


def _summed(flows: Sequence[Answer], *, level: int, side: str) -> dict[str, int]:
    """Named nodes on one side of a level's streams, the largest first; what is beyond them under ""."""
    sums: dict[str, int] = {}
    for row in flows:
        if row["level"] == level:
            name = row[side] or ""
            sums[name] = sums.get(name, 0) + row["count"]
    return dict(sorted(sums.items(), key=lambda pair: -pair[1]))


def _listed(places: Mapping[str, int], reading: Reading) -> str:
    """The two largest with their shares."""
    named = [(name, count) for name, count in places.items() if name][:2]
    return _(" and ").join(
        _("“%(name)s” (%(share)s)") % {"name": reading.name(name), "share": reading.share(count)}
        for name, count in named
    )


def _named(streams: Sequence[Stream], reading: Reading) -> list[Stream]:
    """Streams with the names that people read, the same name never for two nodes."""

    def said(node: str | None) -> str | None:
        return None if node is None else reading.name(node)

    return [
        Stream(stream.level, said(stream.source), said(stream.target), stream.count) for stream in streams
    ]


def _sizes(reading: Reading) -> dict[tuple[int, str | None], int]:
    """Units at the nodes of column 0: where the paths begin, or what they lead to."""
    rows = reading.answer["ends" if reading.leads_to else "starts"]
    return {(0, reading.name(row["name"])): row["count"] for row in rows}


def _words(reading: Reading) -> Words:
    def count(number: int) -> str:
        return f"{reading.reader.number(number)} · {reading.share(number)}"

    def heading(column: int) -> str:
        if column < 0:
            return _("just before") if column == -1 else _("%(number)d steps before") % {"number": -column}
        if reading.leads_to:
            return _("Leads to")
        return _("Begins with") if column == 0 else _("then")

    return Words(
        others=_("Others"),
        count=count,
        heading=heading,
        hint=lambda source, target, number: f"{source} → {target}: {count(number)}",
        ended=lambda name, number: (
            _("%(name)s: ended there %(count)s") % {"name": name, "count": count(number)}
        ),
        began=lambda name, number: (
            _("%(name)s: began there %(count)s") % {"name": name, "count": count(number)}
        ),
    )


def _alternative(reading: Reading) -> str:
    rows = sorted(reading.answer["flows"], key=lambda row: -row["count"])[:6]
    others = _("Others")
    said = "; ".join(
        f"{reading.name(row['from']) if row['from'] else others} → "
        f"{reading.name(row['to']) if row['to'] else others}: {reading.reader.number(row['count'])}"
        for row in rows
    )
    return _("The largest streams: %(streams)s.") % {"streams": said}


def _tables(reading: Reading) -> list[Table]:
    answer, name = reading.answer, reading.name
    rows = answer["transitions"]
    links: Callable[[Sequence[Answer], str], list[str | None]] = lambda of, side: [  # noqa: E731
        reading.link(row[side]) for row in of
    ]
    steps = Table(
        _("Steps"),
        [
            Column(_("From"), links=links(rows, "from")),
            Column(_("To"), links=links(rows, "to")),
            Column(_("Times"), "count"),
            Column(_("Of all steps"), "share", 1),
            Column(_("Time between, median"), "duration"),
        ],
        [
            [
                name(row["from"]),
                name(row["to"]),
                row["count"],
                row["count"] / answer["total"],
                row["median_seconds"],
            ]
            for row in rows
        ],
    )
    many = unit_names(reading.unit)["column"]
    return [
        steps,
        *(
            Table(
                caption,
                [
                    Column(_("Where"), links=links(places, "name")),
                    Column(many, "count"),
                    Column(_("Share"), "share", 1),
                ],
                [[name(row["name"]), row["count"], row["count"] / reading.units] for row in places],
            )
            for caption, places in _places(reading)
        ),
    ]


def _hint(reading: Reading) -> str:
    thick = _("A ribbon is as thick as the number that went that way.")
    ended = _("A short piece says that the path ended there.")
    began = _("A short piece says that the path began there.")
    return f"{thick} {began if reading.leads_to else ended}"


def _places(reading: Reading) -> list[tuple[str, Sequence[Answer]]]:
    """Lists of nodes that paths begin at, end at and come back to, with their names; those that are empty, or that the
    question itself says, are left out."""
    answer, form = reading.answer, reading.form
    named = (
        (_("Where paths begin"), () if form.chosen_begin else answer["starts"]),
        (_("Where paths end"), () if form.chosen_end else answer["ends"]),
        (_("What people come back to"), answer["loops"]),
    )
    return [(name, rows) for name, rows in named if rows]


def _variants(reading: Reading) -> list[Variant]:
    """The commonest whole paths; none where the store had no time for them."""
    query = dict(reading.asked.query)
    for name in ("depth", "from", "to"):
        query.pop(name, None)
    try:
        found: Answer = run(reading.asked.workspace, {**query, "kind": "variants", "top": MOST_VARIANTS})
    except (QueryError, StoreError):
        return []
    rows = found["variants"]
    most = max((row["count"] for row in rows), default=1)
    return [
        Variant(
            steps=[reading.name(node) for node in row["path"][:LONGEST_VARIANT]],
            rest=max(0, len(row["path"]) - LONGEST_VARIANT),
            share=reading.reader.percent(row["share"], 1 if row["share"] < 0.095 else 0),
            count=reading.counted(row["count"]),
            width=f"{100 * row['count'] / most:.1f}%",
            time=reading.reader.duration(row["median_seconds"]) if len(row["path"]) > 1 else "",
        )
        for row in rows
    ]

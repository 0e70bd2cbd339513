"""Drivers in words, as a picture and as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics.explore.pages import Asked
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.decide.drivers.form import DriversForm
from polku.decide.drivers.picture import draw
from polku.decide.drivers.refusing import Way, refusal, without
from polku.decide.drivers.zones import Row, Zones, quoted, zone_name, zones_of
from polku.site.formats import Reader

if TYPE_CHECKING:
    from polku.accounts.access import WorkspaceRequest

Answer = Mapping[str, Any]
_MOST_NAMED = 3
_CHANCE = 0.05
"""Of R²: above it nothing is said of importance."""
_COSTLY = 1.5
"""So many times the rows without a driver, and it is said."""


def present(answer: Answer, asked: Asked) -> Presentation:
    """The sentence, importance against performance, which ranks do not differ; or why nothing is told, and what to
    do."""
    form: DriversForm = asked.form
    reader = asked.reader
    if answer["refused"]:
        refused = refusal(answer, form, asked.request, reader)
        return Presentation(reading=refused.reading, tables=[_found_table(answer)], more={"refusal": refused})
    if not _goes_with(answer):
        return _nothing(answer, form, asked)
    rows = sorted(answer["drivers"], key=lambda row: -row["share"])
    zones = zones_of(rows, reader)
    return Presentation(
        reading=_reading(answer, rows, zones, form.outcome_name, reader),
        charts=[
            Chart(
                str(_("Importance against performance")),
                lambda width: draw(zones, reader, width),
                _alternative(zones, form.outcome_name),
            )
        ]
        if zones
        else [],
        tables=[_table(rows, zones, form.outcome_name), _expert_table(answer, rows)],
        cautions=_cautions(answer, rows),
        more={
            "suggested_name": _("What goes with: %(outcome)s") % {"outcome": form.outcome_name},
            "zones": zones,
            "fields": [
                {
                    "zone": zone,
                    "name": zone_name(zone),
                    "advice": advice,
                    "drivers": [
                        {
                            "number": number,
                            "name": each.name,
                            "share": reader.percent(each.share),
                            "shares": reader.percent_interval(each.share_ends),
                            "performance": reader.number(each.performance),
                            "performances": reader.interval(each.performance_ends),
                            "is_clear": each.is_clear,
                        }
                        for number, each in enumerate(zones.placed, 1)
                        if each.zone == zone
                    ],
                }
                for zone, advice in _advice()
            ]
            if zones
            else [],
            "n_words": _n_words(answer, reader),
            "caveat": _(
                "Importance is not causality: these go together in the answers. Whether improving one moves the other "
                "is shown by a change with something to compare it to."
            ),
            "links": _link_words(answer),
            "costly": _costly(answer, form, asked.request, reader),
        },
    )


def _goes_with(answer: Answer) -> bool:
    return bool(answer["p_value"] <= _CHANCE)


def _nothing(answer: Answer, form: DriversForm, asked: Asked) -> Presentation:
    """No picture: the shares of what is next to nothing would look like a finding."""
    names = _listed([row["name"] for row in answer["drivers"]])
    reading = _(
        "There is no evidence that %(names)s goes with “%(outcome)s”: chance alone would give as much."
    )
    if len(answer["drivers"]) > 1:
        reading = _(
            "There is no evidence that any of %(names)s goes with “%(outcome)s”: chance alone gives as much."
        )
    return Presentation(
        reading=reading % {"names": names, "outcome": form.outcome_name},
        tables=[_found_table(answer)],
        more={
            "n_words": _n_words(answer, asked.reader),
            "links": _link_words(answer),
            "suggested_name": _("What goes with: %(outcome)s") % {"outcome": form.outcome_name},
        },
    )


def _advice() -> list[tuple[Any, str]]:
    return [
        ("fix", _("Important and weaker than the others: improving here is worth trying first.")),
        ("keep", _("Important and stronger than the others: do not let it slip.")),
        ("watch", _("Weak, but it goes less with the outcome: look again later.")),
        ("fine", _("Strong, and it goes less with the outcome: no more is needed.")),
    ]


def _reading(answer: Answer, rows: Sequence[Row], zones: Zones | None, outcome: str, reader: Reader) -> str:
    first = rows[0]
    together = reader.percent(answer["r2"])
    if len(rows) == 1:
        return _(
            "“%(name)s” accounts for %(r2)s of the differences in “%(outcome)s” (probably %(interval)s)."
        ) % {
            "name": first["name"],
            "r2": together,
            "outcome": outcome,
            "interval": reader.percent_interval(first["ci"]),
        }
    sentence = _(
        "With “%(outcome)s” goes most of all “%(name)s”: %(share)s of what these %(number)d account for together "
        "(probably %(interval)s)."
    ) % {
        "outcome": outcome,
        "name": first["name"],
        "share": reader.percent(first["share"]),
        "interval": reader.percent_interval(first["share_ci"]),
        "number": len(rows),
    }
    if not _is_first(answer, rows):
        names = _tied_with_first(answer, rows)
        sentence = _(
            "Which of %(names)s goes most with “%(outcome)s” cannot be told: their importance does not differ."
        ) % {
            "names": _listed([first["name"], *names]),
            "outcome": outcome,
        }
    fix = [each.name for each in zones.of("fix") if each.is_clear] if zones else []
    if fix == [first["name"]]:
        sentence += " " + _("It is also clearly weaker than the others.")
    elif fix:
        sentence += " " + ngettext(
            "Important and clearly weaker than the others is %(names)s.",
            "Important and clearly weaker than the others are %(names)s.",
            len(fix),
        ) % {"names": _listed(fix[:_MOST_NAMED])}
    return sentence + " " + _("Together they account for %(r2)s of the differences in it.") % {"r2": together}


def _costly(answer: Answer, form: DriversForm, request: WorkspaceRequest, reader: Reader) -> Way | None:
    """The driver that costs most rows, where it costs many."""
    if len(answer["drivers"]) < 2:
        return None
    row = max(answer["drivers"], key=lambda row: row["without"])
    if row["without"] < _COSTLY * answer["n"]:
        return None
    words = _("Without “%(name)s”, which few have, there would be %(more)s instead of %(n)s.") % {
        "name": row["name"],
        "more": reader.number(row["without"]),
        "n": reader.number(answer["n"]),
    }
    return Way(words, without(row["name"], form, request))


def _is_first(answer: Answer, rows: Sequence[Row]) -> bool:
    return [rows[0]["name"], rows[1]["name"]] in answer["ranks_that_differ"]


def _tied_with_first(answer: Answer, rows: Sequence[Row]) -> list[str]:
    """Those right after the first that cannot be told from it."""
    names = []
    for row in rows[1:]:
        if [rows[0]["name"], row["name"]] in answer["ranks_that_differ"]:
            break
        names.append(row["name"])
    return names


def _listed(names: Sequence[str]) -> str:
    marked = [quoted(name) for name in names]
    if len(marked) < 2:
        return "".join(marked)
    return _("%(most)s and %(last)s") % {"most": ", ".join(marked[:-1]), "last": marked[-1]}


def _cautions(answer: Answer, rows: Sequence[Row]) -> list[str]:
    found: list[str] = []
    chains: list[list[str]] = []
    for before, after in pairwise(row["name"] for row in rows):
        if [before, after] in answer["ranks_that_differ"]:
            continue
        if chains and chains[-1][-1] == before:
            chains[-1].append(after)
        else:
            chains.append([before, after])
    # The sentence above has said already which cannot be told from the first.
    said = {rows[0]["name"], *_tied_with_first(answer, rows)}
    chains = [chain for chain in chains if not said.issuperset(chain)]
    if chains:
        found.append(
            _("The order of neighbours cannot be told where their importance does not differ: %(names)s.")
            % {"names": "; ".join(" – ".join(map(quoted, chain)) for chain in chains)}
        )
    against = [row["name"] for row in rows if row["coefficient"] < 0 and row["share"] > 0.5 / len(rows)]
    if against:
        found.append(
            _(
                "The higher, the lower the outcome, the others being alike: %(names)s. Check what its scale means."
            )
            % {"names": _listed(against)}
        )
    return found


def _n_words(answer: Answer, reader: Reader) -> str:
    n, people = answer["n"], answer["people"]
    if answer["repurchase_days"]:
        words = ngettext(
            "From %(n)s purchase of %(people)s people", "From %(n)s purchases of %(people)s people", n
        )
    else:
        words = ngettext(
            "From %(n)s answer of %(people)s people", "From %(n)s answers of %(people)s people", n
        )
    return words % {"n": reader.number(n), "people": reader.number(people)}


def _link_words(answer: Answer) -> list[str]:
    """How the drivers were joined to the outcome, the commonest way first."""
    links = [row["link"] for row in answer["drivers"]]
    days = round(answer["within_days"])
    words = {
        "response": _("answers that were given together"),
        "order": _("answers about the same order"),
        "person": ngettext(
            "the customer’s last answer in the %(days)d day before",
            "the customer’s last answer in the %(days)d days before",
            days,
        )
        % {"days": days},
        "property": _("what is known of the order itself"),
    }
    return [words[link] for link in sorted(set(links), key=links.index)]


def link_word(link: str) -> str:
    return {
        "response": _("given together"),
        "order": _("same order"),
        "person": _("the last one before"),
        "property": _("property"),
    }[link]


def _alternative(zones: Zones | None, outcome: str) -> str:
    hints = "; ".join(each.hint for each in zones.placed) if zones else ""
    return _("Importance for “%(outcome)s” against performance. %(drivers)s.") % {
        "outcome": outcome,
        "drivers": hints,
    }


def _table(rows: Sequence[Row], zones: Zones | None, outcome: str) -> Table:
    zone_of = {each.name: zone_name(each.zone) for each in zones.placed} if zones else {}
    return Table(
        _("Importance for “%(outcome)s”") % {"outcome": outcome},
        [
            Column(_("Driver")),
            Column(_("Importance"), "share", has_bars=True),
            Column(_("Probably"), "share_interval"),
            Column(_("Performance, 0–100"), "number"),
            Column(_("Performance, probably"), "number_interval"),
            Column(_("Mean"), "number", 2),
            Column(_("Scale")),
            Column(_("Answers"), "count"),
            Column(_("Field")),
        ],
        [
            [
                row["name"],
                row["share"],
                row["share_ci"],
                row["performance"],
                row["performance_ci"],
                row["mean"],
                _scale(row),
                row["performance_n"],
                zone_of.get(row["name"], ""),
            ]
            for row in rows
        ],
    )


def _expert_table(answer: Answer, rows: Sequence[Row]) -> Table:
    return Table(
        _("For experts: shares of R²"),
        [
            Column(_("Driver")),
            Column(_("Johnson"), "number", 4),
            Column(_("Johnson, 95% interval"), "number_interval", 4),
            Column(_("LMG"), "number", 4),
            Column(_("LMG, 95% interval"), "number_interval", 4),
            Column(_("Standardised coefficient"), "number", 3),
            Column(_("Joined by")),
        ],
        [
            [
                row["name"],
                row["johnson"],
                row["ci"],
                row["lmg"],
                row["lmg_ci"],
                row["coefficient"],
                link_word(row["link"]),
            ]
            for row in rows
        ],
    )


def _found_table(answer: Answer) -> Table:
    return Table(
        _("What there is"),
        [
            Column(_("Driver")),
            Column(_("Rows with an answer"), "count"),
            Column(_("Complete rows without this driver"), "count"),
            Column(_("Joined by")),
        ],
        [
            [row["name"], row["found"], row["without"], link_word(row["link"])]
            for row in sorted(answer["drivers"], key=lambda row: -row["without"])
        ],
    )


def _scale(row: Row) -> str:
    return f"{row['scale'][0]:g}–{row['scale'][1]:g}" if row["scale"] else ""

"""Who came back, in words, as a curve and as a table of cohorts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics.explore.pages import Asked
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.analytics.explore.retention.form import RetentionForm
from polku.analytics.explore.retention.naming import cohort_name, period_number
from polku.analytics.explore.retention.picture import draw
from polku.site.formats import Reader

ENOUGH = 30
MOST_SHOWN = 16
HEATS = 8
Row = Mapping[str, Any]
_LATER = {"day": 7, "week": 4, "month": 6}  # the period that the sentence tells beside the first


@dataclass(frozen=True)
class Cell:
    """`heat` is 0 for none and `HEATS` for the largest share of the table. `hint` tells the numbers behind it."""

    text: str
    heat: int = 0
    hint: str = ""
    is_open: bool = False
    is_small: bool = False


@dataclass(frozen=True)
class Line:
    name: str
    size: str
    cells: Sequence[Cell]


def present(answer: Mapping[str, Any], asked: Asked) -> Presentation:
    """The sentence, the curve of all cohorts together, and the cohorts one by one."""
    form: RetentionForm = asked.form
    reader = asked.reader
    cohorts, overall, period = answer["cohorts"], answer["overall"], answer["period"]
    compared = answer.get("compared")
    last = _last_known(cohorts)
    most = max((share for row in cohorts for share in row["shares"][1:] if share), default=0.0)
    can_tell = any(row["share"] is not None for row in overall[1:])
    return Presentation(
        reading=_reading(answer, form, reader),
        charts=[
            Chart(
                str(_("Who came back")),
                lambda width: draw(
                    overall[: last + 1],
                    compared["overall"][: last + 1] if compared else None,
                    _sides(form),
                    period,
                    reader,
                    width,
                ),
                _alternative(overall, period, reader),
            )
        ]
        if can_tell
        else [],
        tables=[_overall_table(answer), _cohort_table(cohorts)],
        cautions=_cautions(cohorts),
        more={
            "heads": [period_number(place, period) for place in range(1, last + 1)],
            "lines": [_line(row, most, last, period, reader) for row in reversed(cohorts[-MOST_SHOWN:])],
            "is_cut": len(cohorts) > MOST_SHOWN,
            "has_open": any(not all(row["complete"]) for row in cohorts[-MOST_SHOWN:]),
            "together": _together(overall[: last + 1], most, reader) if can_tell else (),
            "size": reader.number(overall[0]["size"]) if overall else "",
        },
    )


def _sides(form: RetentionForm) -> tuple[str, str]:
    """What is shown and what it is compared with."""
    if form.compared_segment:
        return form.segment or _("All customers"), form.compared_segment
    return _("This period"), _("Previous period")


def _reading(answer: Mapping[str, Any], form: RetentionForm, reader: Reader) -> str:
    overall, period = answer["overall"], answer["period"]
    if not answer["cohorts"]:
        return _("Nobody was there to come back: nothing began in this period.")
    known = [(place, row) for place, row in enumerate(overall) if place and row["share"] is not None]
    if not known:
        return _("It is too early to tell: no later period is finished yet.")
    _place, row = known[0]
    when = {
        "day": _("the day after"),
        "week": _("the week after"),
        "month": _("the month after"),
    }[period]
    if form.chosen_start and form.chosen_start == form.chosen_back:
        words = _("After the first “%(start)s” %(share)s did it again %(when)s (probably %(interval)s).")
    else:
        words = {
            (False, False): _(
                "%(share)s of those who came for the first time came back %(when)s (probably %(interval)s)."
            ),
            (True, False): _(
                "After the first “%(start)s” %(share)s came back %(when)s (probably %(interval)s)."
            ),
            (False, True): _(
                "Of those who came for the first time, %(share)s did this %(when)s: “%(back)s” (probably %(interval)s)."
            ),
            (True, True): _(
                "After the first “%(start)s” %(share)s did this %(when)s: “%(back)s” (probably %(interval)s)."
            ),
        }[bool(form.start_name), bool(form.back_name)]
    sentence = words % {
        "start": form.start_name,
        "back": form.back_name,
        "share": _percent(row["share"], reader),
        "when": when,
        "interval": reader.percent_interval(row["ci"], _decimals(row["share"])),
    }
    later = [pair for pair in known[1:] if pair[0] == _LATER[period]] or known[1:][-1:]
    if later:
        number, each = later[0]
        sentence += " " + {
            "day": ngettext(
                "After %(number)d day it was %(share)s.", "After %(number)d days it was %(share)s.", number
            ),
            "week": ngettext(
                "After %(number)d week it was %(share)s.", "After %(number)d weeks it was %(share)s.", number
            ),
            "month": ngettext(
                "After %(number)d month it was %(share)s.",
                "After %(number)d months it was %(share)s.",
                number,
            ),
        }[period] % {"number": number, "share": _percent(each["share"], reader)}
    compared = answer.get("compared")
    return f"{sentence} {_change(compared['changes'], period, reader)}" if compared else sentence


def _change(changes: Sequence[Row], period: str, reader: Reader) -> str:
    clear = [change for change in changes if change["clear"]]
    if not changes:
        return _("There is nothing finished to compare.")
    if not clear:
        return _("There is no evidence of a difference from what it is compared with.")
    first = clear[0]
    words = (
        _("Against what it is compared with, %(points)s percentage points more came back (%(when)s).")
        if first["difference"] > 0
        else _("Against what it is compared with, %(points)s percentage points fewer came back (%(when)s).")
    )
    return words % {
        "points": reader.number(abs(first["difference"]) * 100, 1),
        "when": period_number(first["period"], period),
    }


def _alternative(overall: Sequence[Row], period: str, reader: Reader) -> str:
    parts = [
        f"{period_number(place, period)}: {_percent(row['share'], reader)}"
        for place, row in enumerate(overall)
        if place and row["share"] is not None
    ]
    return _("Share that came back: %(shares)s.") % {"shares": ", ".join(parts)}


def _last_known(cohorts: Sequence[Row]) -> int:
    """The last period that began for any cohort: columns beyond it would be empty."""
    return max(
        (place for row in cohorts for place, share in enumerate(row["shares"]) if share is not None),
        default=0,
    )


def _line(row: Row, most: float, last: int, period: str, reader: Reader) -> Line:
    return Line(
        cohort_name(row["start"], period, reader),
        reader.number(row["size"]),
        [
            _cell(share, ci, returned, row["size"], whole, most, reader)
            for share, ci, returned, whole in zip(
                *(row[name][1 : last + 1] for name in ("shares", "ci", "returned", "complete")), strict=True
            )
        ],
    )


def _together(overall: Sequence[Row], most: float, reader: Reader) -> list[Cell]:
    return [
        _cell(row["share"], row["ci"], row["returned"], row["size"], True, most, reader)
        for row in overall[1:]
    ]


def _cell(
    share: float | None,
    ends: Sequence[float] | None,
    returned: int,
    size: int,
    whole: bool,
    most: float,
    reader: Reader,
) -> Cell:
    if share is None or ends is None:
        return Cell("")
    hint = _("%(returned)s of %(size)s, probably %(interval)s") % {
        "returned": reader.number(returned),
        "size": reader.number(size),
        "interval": reader.percent_interval(ends, _decimals(share)),
    }
    return Cell(
        text=_percent(share, reader),
        heat=max(1, round(HEATS * share / most)) if share and most else 0,
        hint=hint if whole else _("%(figure)s (unfinished)") % {"figure": hint},
        is_open=not whole,
        is_small=size < ENOUGH,
    )


def _overall_table(answer: Mapping[str, Any]) -> Table:
    period = answer["period"]
    columns = [
        Column(_("After")),
        Column(_("People"), "count"),
        Column(_("Came back"), "count"),
        Column(_("Share"), "share", 1),
        Column(_("Probably"), "share_interval", 1),
    ]
    rows: list[list[object]] = [
        [period_number(place, period), row["size"], row["returned"], row["share"], row["ci"]]
        for place, row in enumerate(answer["overall"])
        if place and row["share"] is not None
    ]
    compared = answer.get("compared")
    if compared:
        columns += [Column(_("Compared: share"), "share", 1), Column(_("Clear difference"))]
        clear = {change["period"]: change["clear"] for change in compared["changes"]}
        others = compared["overall"]
        places = [place for place, row in enumerate(answer["overall"]) if place and row["share"] is not None]
        for place, line in zip(places, rows, strict=True):
            line += [others[place]["share"], _("yes") if clear.get(place) else _("no")]
    return Table(_("All together"), columns, rows)


def _cohort_table(cohorts: Sequence[Row]) -> Table:
    """One row a cohort and period: what the coloured table shows, with every interval."""
    return Table(
        _("Every cohort and period"),
        [
            Column(_("Began"), "date"),
            Column(_("Period"), "number"),
            Column(_("People"), "count"),
            Column(_("Came back"), "count"),
            Column(_("Share"), "share", 1),
            Column(_("Probably"), "share_interval", 1),
            Column(_("Finished")),
        ],
        [
            [
                dt.date.fromisoformat(row["start"]),
                place,
                row["size"],
                row["returned"][place],
                row["shares"][place],
                row["ci"][place],
                _("yes") if row["complete"][place] else _("no"),
            ]
            for row in cohorts
            for place in range(1, len(row["returned"]))
            if row["shares"][place] is not None
        ],
    )


def _cautions(cohorts: Sequence[Row]) -> list[str]:
    if cohorts and max(row["size"] for row in cohorts) < ENOUGH:
        return [_("Every group has fewer than 30 people, so the shares are rough.")]
    return []


def _percent(share: float, reader: Reader) -> str:
    return reader.percent(share, _decimals(share))


def _decimals(share: float) -> int:
    return 1 if 0 < share < 0.095 else 0

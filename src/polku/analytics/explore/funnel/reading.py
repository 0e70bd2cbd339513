"""A funnel's answer in words, figures and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.analytics.explore.funnel.form import FunnelForm
from polku.analytics.explore.funnel.picture import draw
from polku.analytics.explore.pages import Asked
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.site.formats import Reader
from polku.statistics import wilson

ENOUGH = 30


@dataclass(frozen=True)
class Step:
    """One step as it is shown. Shares are 0–1; `lost` are those of the step before who did not come here."""

    number: int
    name: str
    count: int
    from_first: float
    from_previous: float | None
    interval: tuple[float, float] | None
    lost: int | None
    wait: float | None
    quartiles: Sequence[float] | None
    is_worst: bool
    before: float | None = None
    change: Mapping[str, Any] | None = None

    @property
    def is_small(self) -> bool:
        return self.count + (self.lost or 0) < ENOUGH


def present(answer: Mapping[str, Any], asked: Asked) -> Presentation:
    """The sentence, the picture, the steps as a table, and one for each value of the breakdown."""
    form: FunnelForm = asked.form
    steps = read_steps(answer, form.step_names)
    reader = asked.reader
    unit = form["unit"].value()
    return Presentation(
        reading=_reading(steps, form, reader),
        charts=[
            Chart(
                str(_("Funnel")),
                lambda width: draw(steps, reader, width),
                _alternative(steps, unit, reader),
            )
        ],
        tables=[_table(steps, unit, compared=bool(answer.get("compared"))), *_split(answer, form)],
        cautions=_cautions(steps, answer),
        more={"steps": steps, "unit": unit, "unit_names": unit_names(unit)},
    )


def read_steps(answer: Mapping[str, Any], names: Sequence[str]) -> list[Step]:
    """The rows of the answer; the step before which most are lost is marked, where enough people say so."""
    rows = answer["steps"]
    shares = [row["from_previous"] for row in rows[1:]]
    known = [share for share in shares if share is not None]
    worst = min(known) if len(known) > 1 and min(known) < 1 else None
    compared = answer.get("compared") or {}
    steps = []
    for place, (row, name) in enumerate(zip(rows, names, strict=True)):
        before: int = rows[place - 1]["count"] if place else 0
        steps.append(
            Step(
                number=place + 1,
                name=name,
                count=row["count"],
                from_first=row["from_first"] or 0.0,
                from_previous=row["from_previous"],
                interval=tuple(row["ci"]) if row["ci"] else None,
                lost=before - row["count"] if place else None,
                wait=row["median_seconds"],
                quartiles=row.get("quartiles_seconds"),
                is_worst=bool(
                    place and worst is not None and row["from_previous"] == worst and before >= ENOUGH
                ),
                before=_compared_share(compared, place),
                change=_change(compared, place),
            )
        )
    return steps


def unit_names(unit: str) -> dict[str, str]:
    """The unit in the forms that sentences need."""
    return {
        "person": {"many": _("people"), "column": _("People")},
        "session": {"many": _("visits"), "column": _("Visits")},
        "order": {"many": _("orders"), "column": _("Orders")},
    }[unit]


def count_words(number: int, unit: str, reader: Reader) -> str:
    """ "4,120 people" """
    text = {
        "person": ngettext("%s person", "%s people", number),
        "session": ngettext("%s visit", "%s visits", number),
        "order": ngettext("%s order", "%s orders", number),
    }[unit]
    return text % reader.number(number)


def _reading(steps: Sequence[Step], form: FunnelForm, reader: Reader) -> str:
    unit = form["unit"].value()
    first, last = steps[0], steps[-1]
    if not first.count:
        return _("Nobody came to “%(step)s” in this period, so there is nothing to follow.") % {
            "step": first.name
        }
    whole = wilson(successes=last.count, n=first.count)
    sentence = _("%(share)s of those who came to “%(first)s” got to “%(last)s” (probably %(interval)s).") % {
        "share": reader.percent(whole.value, _decimals(whole.value)),
        "first": first.name,
        "last": last.name,
        "interval": reader.percent_interval((whole.low, whole.high), _decimals(whole.value)),
    }
    worst = next((step for step in steps if step.is_worst), None)
    if worst is None or worst.lost is None or worst.from_previous is None:
        return sentence
    return f"{sentence} " + _("Most drop out before “%(step)s”: %(lost)s, %(share)s.") % {
        "step": worst.name,
        "lost": count_words(worst.lost, unit, reader),
        "share": reader.percent(1 - worst.from_previous),
    }


def _alternative(steps: Sequence[Step], unit: str, reader: Reader) -> str:
    parts = [
        f"{step.number}. {step.name}: {count_words(step.count, unit, reader)}, {reader.percent(step.from_first)}"
        for step in steps
    ]
    return "; ".join(parts)


def _table(steps: Sequence[Step], unit: str, *, compared: bool) -> Table:
    columns = [
        Column(_("Step")),
        Column(unit_names(unit)["column"], "count"),
        Column(_("Of the first step"), "share", 1),
        Column(_("Of the step before"), "share", 1),
        Column(_("Probably"), "share_interval", 1),
        Column(_("Dropped out"), "count"),
        Column(_("Time from the step before, median"), "duration"),
    ]
    rows: list[list[object]] = [
        [
            step.name,
            step.count,
            step.from_first,
            step.from_previous,
            step.interval,
            step.lost,
            step.wait,
        ]
        for step in steps
    ]
    if any(step.quartiles for step in steps):
        columns += [
            Column(_("quickest quarter within"), "duration"),
            Column(_("slowest quarter after"), "duration"),
        ]
        for row, step in zip(rows, steps, strict=True):
            row += [step.quartiles[0], step.quartiles[2]] if step.quartiles else [None, None]
    if compared:
        columns.append(Column(_("Of the step before, compared"), "share", 1))
        for row, step in zip(rows, steps, strict=True):
            row.append(step.before)
    return Table(_("Steps"), columns, rows)


def _split(answer: Mapping[str, Any], form: FunnelForm) -> list[Table]:
    if not answer["breakdown"]:
        return []
    from polku.analytics import resolvers

    words = resolvers.words()
    rows: list[list[object]] = []
    for part in answer["breakdown"]:
        first, last = part["steps"][0]["count"], part["steps"][-1]["count"]
        if part.get("others"):
            name = _("All others together")
        else:
            name = _("not known") if part["key"] is None else words.value(form.breakdown, part["key"])
        whole = wilson(successes=last, n=first) if first else None
        rows.append(
            [
                name,
                *(step["count"] for step in part["steps"]),
                whole.value if whole else None,
                (whole.low, whole.high) if whole else None,
            ]
        )
    label = words.property(form.breakdown)
    columns = [
        Column(label[:1].upper() + label[1:]),
        *(Column(name, "count") for name in form.step_names),
        Column(_("Got through"), "share", 1),
        Column(_("Probably"), "share_interval", 1),
    ]
    return [Table(_("By %(property)s") % {"property": label}, columns, rows)]


def _cautions(steps: Sequence[Step], answer: Mapping[str, Any]) -> list[str]:
    cautions = []
    if 0 < steps[0].count < ENOUGH:
        cautions.append(
            _(
                "Fewer than 30 began, so the shares are rough: look at the numbers rather than the percentages."
            )
        )
    if (answer.get("ties") or 0) >= 0.01:
        cautions.append(
            _(
                "Some events happened at the very same moment; their order cannot be known, and either order counts."
            )
        )
    return cautions


def _decimals(share: float) -> int:
    return 1 if 0 < share < 0.095 else 0


def _compared_share(compared: Mapping[str, Any], place: int) -> float | None:
    rows = compared.get("steps") or ()
    return rows[place]["from_previous"] if place < len(rows) else None


def _change(compared: Mapping[str, Any], place: int) -> Mapping[str, Any] | None:
    changes = compared.get("changes") or ()
    found = changes[place] if place < len(changes) else None
    return found if isinstance(found, Mapping) else None

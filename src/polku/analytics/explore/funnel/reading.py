"""A funnel's answer in words, figures and a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from polku.analytics import resolvers
from polku.analytics.explore.funnel import who
from polku.analytics.explore.funnel.columns import MOST_COLUMNS, draw_steps
from polku.analytics.explore.funnel.form import FunnelForm
from polku.analytics.explore.funnel.picture import draw
from polku.analytics.explore.funnel.steps import ENOUGH, Step, count_words, share_decimals, unit_names
from polku.analytics.explore.pages import Asked
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.site.formats import Reader
from polku.statistics import wilson


def present(answer: Mapping[str, Any], asked: Asked) -> Presentation:
    """The sentence, the picture, the steps as a table, and one for each value of the breakdown."""
    form: FunnelForm = asked.form
    steps = read_steps(answer, form.step_names)
    reader = asked.reader
    unit = form["unit"].value()
    return Presentation(
        reading=_reading(steps, answer, form, reader),
        charts=[
            Chart(
                str(_("Funnel")),
                lambda width: draw(steps, reader, width),
                _alternative(steps, unit, reader),
            )
        ],
        tables=[_table(steps, unit, compared=bool(answer.get("compared"))), *_split(answer, form)],
        cautions=_cautions(steps, answer, form),
        more={
            "drawn": draw_steps(steps, asked),
            "is_long": len(steps) > MOST_COLUMNS,
            "who": who.who(asked, steps),
            "suggested_name": f"{steps[0].name} – {steps[-1].name}"[:120],
        },
    )


def read_steps(answer: Mapping[str, Any], names: Sequence[str]) -> list[Step]:
    """The rows of the answer; the step before which most are lost is marked, where enough people say so."""
    rows = answer["steps"]
    worst = _worst(rows)
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
                is_worst=place == worst,
                before=_compared(compared, place, "from_previous"),
                before_first=_compared(compared, place, "from_first"),
                change=_change(compared, place + 1, "from_previous"),
            )
        )
    return steps


def _worst(rows: Sequence[Mapping[str, Any]]) -> int | None:
    """The place of the step before which the largest share is lost, where enough people say so; of those that chance
    does not tell apart from it (their intervals overlap) the one that loses most people."""
    judged = [
        place
        for place, (before, row) in enumerate(pairwise(rows), 1)
        if before["count"] >= ENOUGH and row["from_previous"] < 1
    ]
    if not judged or len(rows) < 3:
        return None
    lowest = min(judged, key=lambda place: rows[place]["from_previous"])
    alike = [place for place in judged if rows[place]["ci"][0] <= rows[lowest]["ci"][1]]
    return max(alike, key=lambda place: rows[place - 1]["count"] - rows[place]["count"])


def _reading(steps: Sequence[Step], answer: Mapping[str, Any], form: FunnelForm, reader: Reader) -> str:
    unit = form["unit"].value()
    first, last = steps[0], steps[-1]
    if not first.count and unit == "order":
        return _(
            "No order in this period has the step “%(step)s”: only what came with an order’s number is counted here."
        ) % {"step": first.name}
    if not first.count:
        return _("Nobody came to “%(step)s” in this period, so there is nothing to follow.") % {
            "step": first.name
        }
    if last.count:
        whole = wilson(successes=last.count, n=first.count)
        decimals = share_decimals(whole.value)
        sentence = _(
            "%(share)s of those who came to “%(first)s” got to “%(last)s” (probably %(interval)s)."
        ) % {
            "share": reader.percent(whole.value, decimals),
            "first": first.name,
            "last": last.name,
            "interval": reader.percent_interval((whole.low, whole.high), decimals),
        }
    else:
        sentence = _("Nobody who came to “%(first)s” got to “%(last)s”.") % {
            "first": first.name,
            "last": last.name,
        }
    sentence += _compared_words(steps, answer, form, reader)
    worst = next((step for step in steps if step.is_worst), None)
    if worst is None or worst.lost is None or worst.from_previous is None:
        return sentence
    return f"{sentence} " + _("The largest share drops out before “%(step)s”: %(share)s, %(lost)s.") % {
        "step": worst.name,
        "lost": count_words(worst.lost, unit, reader),
        "share": reader.percent(1 - worst.from_previous),
    }


def _compared_words(
    steps: Sequence[Step], answer: Mapping[str, Any], form: FunnelForm, reader: Reader
) -> str:
    """How the way through compares, as a sentence with a space before it; "" where nothing is compared."""
    before = steps[-1].before_first
    if before is None:
        return ""
    compared = answer["compared"]
    change = _change(compared, len(steps), "from_first") or _change(compared, len(steps), "from_previous")
    share = reader.percent(before, share_decimals(before))
    segment = form.compared_segment
    if segment:
        told = _("In the segment “%(segment)s” it was %(share)s") % {"segment": segment, "share": share}
    else:
        told = _("In the previous period it was %(share)s") % {"share": share}
    clear = change is not None and change["clear"]
    return f" {told}: " + (_("a clear difference") if clear else _("no evidence of a difference")) + "."


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
        Column(_("Median time"), "duration"),
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
            Column(_("Quickest quarter within"), "duration"),
            Column(_("Slowest quarter after"), "duration"),
        ]
        for row, step in zip(rows, steps, strict=True):
            row += [step.quartiles[0], step.quartiles[2]] if step.quartiles else [None, None]
    if compared:
        columns += [
            Column(_("Compared, of the step before"), "share", 1),
            Column(_("Difference, probably"), "share_interval", 1),
            Column(_("Clear difference")),
        ]
        for row, step in zip(rows, steps, strict=True):
            change = step.change
            row += [step.before, change["ci"] if change else None, _clear(change)]
    return Table(_("Steps"), columns, rows)


def _clear(change: Mapping[str, Any] | None) -> str | None:
    if change is None:
        return None
    return str(_("yes")) if change["clear"] else str(_("no evidence"))


def _split(answer: Mapping[str, Any], form: FunnelForm) -> list[Table]:
    if not answer["breakdown"]:
        return []
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
        Column(_("Got through"), "share", 1, has_bars=True),
        Column(_("Probably"), "share_interval", 1),
    ]
    return [Table(_("By %(property)s") % {"property": label}, columns, rows)]


def _cautions(steps: Sequence[Step], answer: Mapping[str, Any], form: FunnelForm) -> list[str]:
    cautions = []
    if form.breakdown and steps[0].count and all(part["key"] is None for part in answer["breakdown"]):
        label = resolvers.words().property(form.breakdown)
        cautions.append(
            _("“%(property)s” is not known at the step “%(step)s”, by which the answer is broken down.")
            % {"property": label[:1].upper() + label[1:], "step": steps[0].name}
        )
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


def _compared(compared: Mapping[str, Any], place: int, measure: str) -> float | None:
    share: float | None = compared["steps"][place][measure] if compared else None
    return share


def _change(compared: Mapping[str, Any], step: int, measure: str) -> Mapping[str, Any] | None:
    """The change of a step's share, where one could be worked out."""
    return next(
        (
            change
            for change in compared.get("changes") or ()
            if change["step"] == step and change["measure"] == measure and change["difference"] is not None
        ),
        None,
    )

"""The funnel as the page draws it: a column for each step, and between two what happened on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from polku.analytics.explore.asking import address_of
from polku.analytics.explore.funnel.steps import Step, share_decimals
from polku.analytics.explore.pages import Asked
from polku.site.charts.svg import element, line, path, rectangle
from polku.site.formats import Reader

MOST_COLUMNS = 7
"""More steps than these stand under one another, as on a phone."""
_BAR = 62.0


@dataclass(frozen=True)
class Onward:
    """From a step to the next. `address` shows who dropped out, or nobody again where they are shown."""

    share: str
    interval: str
    wait: str
    lost: str
    address: str
    is_chosen: bool
    change: dict[str, Any] | None


@dataclass(frozen=True)
class DrawnStep:
    """A step's column. `address` shows who came to it, or nobody again."""

    number: int
    name: str
    count: str
    of_first: str
    column: SafeString
    bar: SafeString
    is_worst: bool
    onward: Onward | None
    address: str
    is_chosen: bool


def draw_steps(steps: Sequence[Step], asked: Asked) -> list[DrawnStep]:
    """The steps with everything that is shown of them; the way after a step is marked where most are lost on it."""
    drawn = []
    reader = asked.reader
    for place, step in enumerate(steps):
        after = steps[place + 1] if place + 1 < len(steps) else None
        address, is_chosen = _who(step, "reached", asked)
        drawn.append(
            DrawnStep(
                number=step.number,
                name=step.name,
                count=reader.number(step.count),
                of_first=reader.percent(step.from_first, share_decimals(step.from_first)),
                column=_column(step, after),
                bar=_bar(step),
                is_worst=after is not None and after.is_worst,
                onward=_onward(after, asked) if after is not None and step.count else None,
                address=address if step.count else "",
                is_chosen=is_chosen,
            )
        )
    return drawn


def _onward(step: Step, asked: Asked) -> Onward:
    reader = asked.reader
    share = step.from_previous or 0.0
    decimals = share_decimals(share)
    address, is_chosen = _who(step, "dropped", asked)
    return Onward(
        share=reader.percent(share, decimals),
        interval=_interval(step.interval, decimals, reader) if step.interval else "",
        wait=_("half within %(time)s") % {"time": reader.duration(step.wait)}
        if step.wait is not None
        else "",
        lost=_("%(number)s dropped out") % {"number": reader.number(step.lost or 0)} if step.lost else "",
        address=address,
        is_chosen=is_chosen,
        change=_change(step, asked.form.compared_segment, reader),
    )


def _interval(ends: tuple[float, float], decimals: int, reader: Reader) -> str:
    """The ends with as many decimals as tell them apart: 99.8–100 %, not 100 % once more."""
    while decimals < 2 and round(100 * ends[0], decimals) == round(100 * ends[1], decimals):
        decimals += 1
    return reader.percent_interval(ends, decimals)


def _who(step: Step, outcome: str, asked: Asked) -> tuple[str, bool]:
    """The page with these people shown, or with nobody where they are; and whether they are."""
    is_chosen = asked.form.chosen_who == (step.number, outcome)
    wish = None if is_chosen else f"{step.number}-{outcome}"
    return address_of(asked.request, asked.page, asked.form, who=wish), is_chosen


def _change(step: Step, segment: str, reader: Reader) -> dict[str, Any] | None:
    """What the share is compared with, and whether the difference is more than chance."""
    before, change = step.before, step.change
    if before is None:
        return None
    share = reader.percent(before, share_decimals(before))
    words = f"{segment}: {share}" if segment else _("previous period %(share)s") % {"share": share}
    if change is None or change["p_value"] is None:
        return {"words": words, "is_clear": False}
    verdict = _("a clear difference") if change["clear"] else _("no evidence of a difference")
    return {"words": f"{words}, {verdict}", "is_clear": change["clear"]}


def _column(step: Step, after: Step | None) -> SafeString:
    """100 × 100, stretched to its place: the bar of the step and the slope to the next one."""
    top = 100 - 100 * step.from_first
    parts = []
    if after is not None:
        low = 100 - 100 * after.from_first
        slope = [(_BAR, top), (100.0, low), (100.0, 100.0), (_BAR, 100.0)]
        parts.append(path(slope, class_="chart-lost", closed=True))
    parts.append(rectangle(0, top, _BAR, 100 - top, class_="chart-bar"))
    if step.before_first is not None and step.number > 1:
        level = 100 - 100 * step.before_first
        parts.append(line(0, level, _BAR, level, class_="chart-before"))
    return _stretched(parts, "funnel-column")


def _bar(step: Step) -> SafeString:
    """The same on a phone: one bar from left to right."""
    parts = [
        rectangle(0, 0, 100, 100, class_="chart-lost"),
        rectangle(0, 0, 100 * step.from_first, 100, class_="chart-bar"),
    ]
    if step.before_first is not None and step.number > 1:
        place = 100 * step.before_first
        parts.append(line(place, 0, place, 100, class_="chart-before"))
    return _stretched(parts, "funnel-bar")


def _stretched(parts: Sequence[str], class_: str) -> SafeString:
    return element(
        "svg",
        *parts,
        class_=class_,
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )

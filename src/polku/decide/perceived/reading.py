"""Perceived value in words, pictures and tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.accounts.access import allows
from polku.analytics import QueryError, resolvers, run
from polku.analytics.explore.pages import Asked
from polku.analytics.explore.presentation import Chart, Column, Presentation, Table
from polku.analytics.kinds.perceived_value import TOUCHPOINT
from polku.decide.perceived.form import SEGMENTS, PerceivedForm
from polku.decide.perceived.picture import draw_dimensions, draw_groups, draw_trend
from polku.decide.perceived.words import dimension_meaning, dimension_name
from polku.eventstore.port import StoreError
from polku.site.formats import Reader

Answer = Mapping[str, Any]
Row = Mapping[str, Any]
ENOUGH = 30
_MOST_SEGMENTS = 12
_MOST_DRAWN = 16


def present(answer: Answer, asked: Asked) -> Presentation:
    """The index in a sentence, benefit and sacrifice as a picture, weights side by side, groups and the trend."""
    form: PerceivedForm = asked.form
    reader = asked.reader
    if not answer["n"]:
        return Presentation(
            reading=_("Nobody has answered all eight questions in this selection."),
            more={"is_empty": True},
        )
    rows = answer["dimensions"]
    groups = _segments(asked) if form.breakdown == SEGMENTS else answer["groups"]
    points = answer["points"]
    charts = [
        Chart(
            str(_("What customers get and give up")),
            lambda width: draw_dimensions(rows, reader, width),
            _alternative(rows, reader),
        )
    ]
    if groups:
        charts.append(
            Chart(
                str(_groups_name(form)),
                lambda width: draw_groups(groups[:_MOST_DRAWN], answer, reader, width),
                "; ".join(
                    f"{row['key']}: {reader.number(row['index'], signed=True)}"
                    for row in groups[:_MOST_DRAWN]
                ),
            )
        )
    if len(points) > 1:
        charts.append(
            Chart(
                str(_("Perceived value month by month")),
                lambda width: draw_trend(points, reader, width),
                "; ".join(f"{row['start']}: {reader.number(row['index'], signed=True)}" for row in points),
            )
        )
    return Presentation(
        reading=_reading(answer, reader),
        charts=charts,
        tables=[
            _dimension_table(rows),
            *([_group_table(groups, form)] if groups else []),
            _trend_table(points),
        ],
        cautions=_cautions(answer, groups),
        more={
            "suggested_name": _("Perceived value"),
            "index": reader.number(answer["index"], signed=True),
            "interval": reader.interval(answer["ci"]) if answer["ci"] else "",
            "n": reader.number(answer["n"]),
            "is_small": answer["people"] < ENOUGH,
            "derived": reader.number(answer["derived_index"], signed=True)
            if answer["derived_index"] is not None
            else "",
            "derived_interval": reader.interval(answer["derived_ci"]) if answer["derived_ci"] else "",
            "why_not_derived": _why_not_derived(answer, form, reader),
            "outcome": form.outcome_name,
            "weights": _weights_words(answer, form, reader),
            "meanings": [(dimension_name(row["name"]), dimension_meaning(row["name"])) for row in rows],
            "has_groups": bool(groups),
            "has_trend": len(points) > 1,
        },
    )


def _segments(asked: Asked) -> list[Row]:
    """Each segment's index: one question for each of them."""
    found = []
    for name in resolvers.segment_names(asked.workspace)[:_MOST_SEGMENTS]:
        query = {key: value for key, value in asked.query.items() if key != "interval"} | {"segment": name}
        try:
            answer = run(asked.workspace, query, sees_people=allows(asked.request.membership.role, "act"))
        except (QueryError, StoreError):
            continue
        if answer["n"]:
            found.append({"key": name, "touchpoint": None, **answer})
    return sorted(found, key=lambda row: -row["n"])


def _reading(answer: Answer, reader: Reader) -> str:
    index, ends = answer["index"], answer["ci"]
    figure = {
        "index": reader.number(index, signed=True),
        "interval": reader.interval(ends) if ends else "",
        "n": reader.number(answer["n"]),
    }
    if not ends:
        return (
            ngettext(
                "Perceived value is %(index)s of −100…100, but of %(n)s answer only: too few to be sure of anything.",
                "Perceived value is %(index)s of −100…100, but of %(n)s answers only: too few to be sure of anything.",
                answer["n"],
            )
            % figure
        )
    if ends[0] > 0:
        words = _("Customers feel that they get more than they give up.")
    elif ends[1] < 0:
        words = _("Customers feel that they give up more than they get.")
    else:
        words = _("What customers get and what they give up are about even.")
    told = _("Perceived value is %(index)s (probably %(interval)s) on the scale −100…100.") % figure
    sentence = f"{words} {told}"
    rows = sorted(answer["dimensions"], key=lambda row: row["contribution"]["value"])
    best, worst = rows[-1], rows[0]
    return (
        sentence
        + " "
        + _(
            "Most of it comes from the %(best)s dimension (%(most)s points), least from the %(worst)s one (%(least)s)."
        )
        % {
            "best": dimension_name(best["name"]).lower(),
            "worst": dimension_name(worst["name"]).lower(),
            "most": reader.number(best["contribution"]["value"], 1, signed=True),
            "least": reader.number(worst["contribution"]["value"], 1, signed=True),
        }
    )


def _weights_words(answer: Answer, form: PerceivedForm, reader: Reader) -> str:
    """Whether what customers say matters is what goes with the outcome."""
    rows = answer["dimensions"]
    said = max(rows, key=lambda row: row["weight"]["value"])
    if not answer["stated_n"]:
        return _("Nobody has stated weights, so the four dimensions count alike.")
    first = _("Customers say that the %(name)s dimension matters most (%(share)s of 100 points).") % {
        "name": dimension_name(said["name"]).lower(),
        "share": reader.number(100 * said["weight"]["value"]),
    }
    if answer["derived_index"] is None:
        return first
    derived = max(rows, key=lambda row: row["derived_weight"]["value"])
    words = (
        _("The same goes most with “%(outcome)s”, too (%(share)s).")
        if derived["name"] == said["name"]
        else _("With “%(outcome)s” goes most of all the %(name)s dimension (%(share)s).")
    )
    return (
        first
        + " "
        + words
        % {
            "outcome": form.outcome_name,
            "name": dimension_name(derived["name"]).lower(),
            "share": reader.percent(derived["derived_weight"]["value"]),
        }
    )


def _why_not_derived(answer: Answer, form: PerceivedForm, reader: Reader) -> str:
    if answer["why_not_derived"] == "too_few":
        return _(
            "Weights derived from “%(outcome)s” need at least %(least)s people who answered it and the eight "
            "questions; there are %(n)s."
        ) % {
            "outcome": form.outcome_name,
            "least": reader.number(answer["least_n"]),
            "n": reader.number(answer["outcome_n"]),
        }
    if answer["why_not_derived"]:
        return _("“%(outcome)s” does not go with the four dimensions, so no weights follow from it.") % {
            "outcome": form.outcome_name
        }
    return ""


def _cautions(answer: Answer, groups: Sequence[Row]) -> list[str]:
    found = []
    if any(row["n"] < ENOUGH for row in groups):
        found.append(_("Groups of fewer than 30 answers are drawn hollow: they have no interval yet."))
    if answer["stated_n"] and answer["stated_n"] < answer["n"]:
        found.append(
            _("Not everybody stated weights; those who did not count with the mean weights of the others.")
        )
    return found


def _groups_name(form: PerceivedForm) -> str:
    if form.breakdown == TOUCHPOINT:
        return _("Perceived value by touchpoint")
    if form.breakdown == SEGMENTS:
        return _("Perceived value by segment")
    return _("Perceived value by %(property)s") % {"property": resolvers.words().property(form.breakdown)}


def _alternative(rows: Sequence[Row], reader: Reader) -> str:
    return "; ".join(
        _("%(name)s: benefit %(benefit)s, sacrifice %(sacrifice)s")
        % {
            "name": dimension_name(row["name"]),
            "benefit": reader.number(row["benefit"]["value"], 1),
            "sacrifice": reader.number(row["sacrifice"]["value"], 1),
        }
        for row in rows
    )


def _dimension_table(rows: Sequence[Row]) -> Table:
    pairs = [
        ("benefit", _("Benefit, 0–10"), 1),
        ("sacrifice", _("Sacrifice, 0–10"), 1),
        ("net", _("Net"), 1),
        ("contribution", _("Points of the index"), 1),
    ]
    columns = [Column(_("Dimension"))]
    for _part, name, decimals in pairs:
        columns += [Column(name, "number", decimals), Column(_("Probably"), "number_interval", decimals)]
    for name in (_("Stated weight"), _("Derived weight")):
        columns += [Column(name, "share"), Column(_("Probably"), "share_interval")]
    return Table(
        _("The four dimensions"),
        columns,
        [
            [
                dimension_name(row["name"]),
                *(cell for part, _name, _decimals in pairs for cell in (row[part]["value"], row[part]["ci"])),
                *(
                    cell
                    for part in ("weight", "derived_weight")
                    for cell in ((row[part]["value"], row[part]["ci"]) if row[part] else (None, None))
                ),
            ]
            for row in rows
        ],
    )


def _group_table(groups: Sequence[Row], form: PerceivedForm) -> Table:
    names = [dimension_name(row["name"]) for row in groups[0]["dimensions"]]
    return Table(
        _groups_name(form),
        [
            Column(_("Group")),
            Column(_("Answers"), "count"),
            Column(_("Index"), "number"),
            Column(_("Probably"), "number_interval"),
            *(Column(_("%(name)s, net") % {"name": name}, "number", 1) for name in names),
        ],
        [
            [
                row["key"],
                row["n"],
                row["index"],
                row["ci"],
                *(each["net"]["value"] for each in row["dimensions"]),
            ]
            for row in groups
        ],
    )


def _trend_table(points: Sequence[Row]) -> Table:
    return Table(
        _("Month by month"),
        [
            Column(_("Month"), "date"),
            Column(_("Answers"), "count"),
            Column(_("Index"), "number"),
            Column(_("Probably"), "number_interval"),
            Column(_("Finished")),
        ],
        [
            [
                dt.date.fromisoformat(row["start"]),
                row["n"],
                row["index"],
                row["ci"],
                _("yes") if row["complete"] else _("no"),
            ]
            for row in points
        ],
    )

"""The panel of one touchpoint, as its template draws it: the map's own figures in words, and what lies behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.journeys.catching import words_of
from polku.journeys.display_names import channel_name, metric_name
from polku.journeys.feelings import step_of, word_of
from polku.journeys.losses import derivation_address
from polku.journeys.models import Binding, Channel, Touchpoint
from polku.journeys.panel import FIRST_CHANNEL, touchpoint_panel
from polku.journeys.views import figures, trend_picture
from polku.journeys.views.map_filters import Filters
from polku.journeys.views.map_model import Map
from polku.people.property_names import property_name, value_name
from polku.site.formats import Reader

Record = Mapping[str, Any]
FIRST_COMMENTS = 4
MOST_NEXT = 6
LEAST_NEXT = 0.005
"""Ways that fewer take would stand there as 0 %."""


def panel(
    touchpoint: Touchpoint,
    *,
    filters: Filters,
    reader: Reader,
    drawn: Map,
    addresses: Mapping[int, Any],
    search: str,
) -> dict[str, Any]:
    """Everything the panel says; `drawn` is the map it stands beside, so that both say the same."""
    workspace = touchpoint.workspace
    found = touchpoint_panel(
        workspace=workspace,
        touchpoint=touchpoint,
        range=filters.range(workspace.timezone),
        where=filters.where() or None,
        segment=filters.segment or None,
        compare=filters.compared(workspace.timezone),
        search=search,
    )
    cell = found["touchpoint"]
    column = next(column for column in drawn.columns if column.head.id == str(touchpoint.pk))
    return {
        "id": str(touchpoint.pk),
        "name": touchpoint.name,
        "stage": found["stage"]["name"],
        "description": touchpoint.description,
        "owner": cell["owner"],
        "review_on": reader.day(touchpoint.review_on, year=True) if touchpoint.review_on else "",
        "column": column,
        "lanes": _lanes(
            column,
            cell,
            reader,
            shows_promise=tells_promise(touchpoint),
            loss_address=derivation_address(workspace, touchpoint.stage.journey, cell["loss"]["pain"])
            if cell["loss"]
            else "",
        ),
        "address": reverse(
            "journeys:panel", args=[workspace.slug, touchpoint.stage.journey_id, touchpoint.pk]
        ),
        "hidden": _hidden(filters),
        "comments": shown_comments(found["comments"], reader),
        "trend": trend_picture.picture(
            found["trend"], reader, rule=cell["say"][0]["rule"] if cell["say"] else ""
        )
        if found["trend"]
        else None,
        "distributions": [_distribution(score, reader) for score in cell["say"]],
        "reasons": _bars(found["reasons"] or [], reader),
        "next": _next(found, reader, addresses),
        "not_continued": _not_continued(found["not_continued"], reader),
        "who": _who(found["who"], reader),
        "bindings": [words_of(binding) for binding in touchpoint.bindings.all()],
        "shows_nps": any(score["metric"] == "nps" for score in cell["say"]),
    }


def tells_promise(touchpoint: Touchpoint) -> bool:
    """Whether orders reach the customer here: elsewhere the share of promises kept says nothing of the place."""
    bindings = touchpoint.bindings.all()
    return Channel.DELIVERY in touchpoint.channels or any(b.kind == Binding.Kind.ORDER for b in bindings)


def _lanes(
    column: Any, cell: Record, reader: Reader, *, shows_promise: bool, loss_address: str
) -> list[dict[str, Any]]:
    """The figures in plain words, lane by lane; none for work behind the scenes, which customers do not meet."""
    if cell["backstage"]:
        return []
    feel = column.feel
    counted = (
        (_("Do"), column.do, "reached"),
        (_("Say"), column.say, "metric"),
        (_("Contact us"), column.contact, "contact_rate"),
        (_("Buy"), column.buy, "buy"),
    )
    lanes: list[dict[str, Any]] = [
        {"name": _("Feel"), "term": "feeling", "words": feel.words, "is_absent": feel.step is None, "step": feel.step,
         "tips": feel.tips if feel.step else feel.tips[1:], "is_small": feel.is_small,
         "differences": feel.differences}
    ]  # fmt: skip
    for name, shown, term in counted if cell["bindings"] else ():
        # What the tooltip says of an empty cell is all there is to say.
        absent = shown.tips[0] if shown.absent and shown.tips else shown.absent
        tips = [] if shown.absent else list(shown.tips)
        if shown is column.do:
            tips = tips[1:]  # how many came is the figure itself
            if shows_promise and cell["do"]["promise"]:
                tips += _promise(cell["do"]["promise"], reader)
        lanes.append(
            {
                "name": name,
                "term": term,
                "address": "",
                "words": absent or shown.full or shown.value,
                "is_absent": bool(shown.absent),
                "tips": tips,
                "is_small": shown.is_small,
                "differences": shown.differences,
            }
        )
    if cell["loss"]:
        lanes.append(_loss(column.loss, loss_address))
    return lanes


def _loss(shown: figures.Cell, address: str) -> dict[str, Any]:
    return {
        "name": _("Loss"),
        "term": "loss",
        "address": address,
        "words": shown.value,
        "is_absent": False,
        "tips": list(shown.tips),
        "is_small": False,
        "differences": (),
    }


def _promise(promise: Record, reader: Reader) -> list[str]:
    said = []
    kept = promise["kept"]
    if kept:
        share = _("The promised day was kept in %(share)s") % {"share": reader.percent(kept["value"])}
        said.append(figures.sentence(share, reader.percent_interval(kept["ci"]), kept["n"], reader))
    if promise["broken_open"]:
        said.append(
            ngettext(
                "%(orders)s order is late and not delivered yet.",
                "%(orders)s orders are late and not delivered yet.",
                promise["broken_open"],
            )
            % {"orders": reader.number(promise["broken_open"])}
        )
    return said


def shown_comments(comments: Record, reader: Reader) -> dict[str, Any]:
    """Comments of `panel` as `journeys/map_comment.html` draws them."""
    items = []
    for item in comments["items"]:
        moment = reader.local(dt.datetime.fromisoformat(item["time"]))
        feeling = item["feeling"]
        about = [reader.day(moment.date(), year=True)]
        about += [channel_name(item["channel"])] if item["channel"] else []
        if item["score"] is not None:
            decimals = 0 if float(item["score"]).is_integer() else 1
            about.append(f"{metric_name(item['name'])} {reader.number(item['score'], decimals)}")
        elif item["kind"] == "contact" and item["name"]:
            about.append(item["name"])
        items.append(
            {
                "text": item["text"],
                "step": step_of(feeling) if feeling is not None else None,
                "feeling": word_of(feeling) if feeling is not None else "",
                "about": " · ".join(about),
                "person": item["person"],
            }
        )
    return {
        "first": items[:FIRST_COMMENTS],
        "rest": items[FIRST_COMMENTS:],
        "rest_count": reader.number(max(0, len(items) - FIRST_COMMENTS)),
        "more": comments["more"],
        "shown": reader.number(len(items)),
        "search": comments["search"],
    }


_EXPLAINED = {"nps", "csat", "ces", "smiley", "recommend"}
"""Metrics that have a word of their own in the glossary."""


def _distribution(score: Record, reader: Reader) -> dict[str, Any]:
    """How many gave each answer, as bars; an answer nobody gave has a place too."""
    counts = list(score["distribution"].items())
    most, total = max((n for _answer, n in counts), default=0), sum(n for _answer, n in counts)
    width = 100 / max(1, len(counts))
    low, high = score["scale"]
    return {
        "sentence": figures.score_sentence(score, reader),
        "mean": _("mean %(mean)s on the scale %(low)s–%(high)s")
        % {"mean": reader.number(score["mean"], 2), "low": reader.number(low), "high": reader.number(high)},
        "term": score["metric"] if score["metric"] in _EXPLAINED else "metric",
        "title": _("Answers: %(metric)s") % {"metric": metric_name(score["metric"])},
        "is_small": score["n"] < figures.SMALL,
        "bars": [
            {
                "x": f"{index * width + width * 0.1:.2f}%",
                "middle": f"{(index + 0.5) * width:.2f}%",
                "width": f"{width * 0.8:.2f}%",
                "y": f"{100 - 100 * n / most if most else 100:.1f}%",
                "height": f"{100 * n / most if most else 0:.1f}%",
                "answer": answer.replace(".", ",") if reader.language == "fi" else answer,
                "count": reader.number(n),
                "share": reader.percent(n / total) if total else "",
                "step": _step_on((low, high), answer, score["metric"]),
            }
            for index, (answer, n) in enumerate(counts)
        ],
    }


def _step_on(scale: Sequence[float], answer: str, metric: str) -> int:
    low, high = scale
    if not high > low or (metric == "ces" and (low, high) != (1, 7)):
        return 3
    return step_of((float(answer) - (low + high) / 2) / ((high - low) / 2))


def _bars(reasons: Sequence[Record], reader: Reader, most: int = 8) -> list[dict[str, str]]:
    whole = max((reason["count"] for reason in reasons), default=0)
    return [
        {
            "name": reason["name"] or _("no reason given"),
            "count": reader.number(reason["count"]),
            "width": f"{100 * reason['count'] / whole if whole else 0:.1f}%",
        }
        for reason in reasons[:most]
    ]


def _next(found: Record, reader: Reader, addresses: Mapping[int, Any]) -> dict[str, Any] | None:
    if found["next"] is None or found["went_nowhere"] is None:
        return None

    def row(name: str, record: Record, links: Any) -> dict[str, Any]:
        ends = record["ci"]
        return {
            "name": name,
            "share": reader.percent(record["share"]),
            "mark": reader.margin(100 * record["share"], [100 * end for end in ends]) if ends else "",
            "count": reader.number(record["count"]),
            "width": f"{100 * record['share']:.1f}%",
            "is_small": record["small"],
            "address": links[0] if links else "",
            "panel": links[1] if links else "",
        }

    rows = [
        row(each["name"], each, addresses.get(each["touchpoint"]))
        for each in found["next"][:MOST_NEXT]
        if each["share"] >= LEAST_NEXT
    ]
    return {"rows": rows, "nowhere": row(_("nowhere yet"), found["went_nowhere"], None)}


def _not_continued(record: Record | None, reader: Reader) -> dict[str, Any] | None:
    if record is None:
        return None
    share = _("%(share)s did not continue") % {"share": reader.percent(record["share"])}
    return {
        "sentence": figures.sentence(
            share,
            reader.percent_interval(record["ci"])
            if record["ci"] and record["ci"][0] < record["ci"][1]
            else "",
            record["n"],
            reader,
        ),
        "is_small": record["small"],
        "tested": record["tested"],
        "properties": _properties(record, reader),
    }


def _who(record: Record | None, reader: Reader) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "sentence": _("%(people)s of the %(all)s people of the period were here.")
        % {"people": reader.number(record["n"]), "all": reader.number(record["of"])},
        "is_small": record["small"],
        "tested": record["tested"],
        "properties": _properties(record, reader),
        "people": [
            {
                "person": each["person"],
                "label": each["label"],
                "last": reader.day(reader.local(dt.datetime.fromisoformat(each["last"])), year=True),
            }
            for each in record["people"]
            if each["label"]
        ],
    }


def _properties(record: Record, reader: Reader) -> list[dict[str, str]]:
    """Each property once: what is known of a person and what their signals say may be the same."""
    rows = {}
    for each in record["properties"]:
        name, value = _named(each["property"], each["value"] or "")
        if not value or (name, value) in rows:
            continue
        rows[name, value] = {
            "name": name,
            "value": value,
            "share": reader.percent(each["share"]),
            "all": reader.percent(each["share_of_all"]),
            "probably": _("probably %(interval)s, n %(n)s")
            % {"interval": reader.percent_interval(each["ci"]), "n": reader.number(each["n"])},
            "x": f"{100 * each['share_of_all']:.1f}%",
            "width": f"{100 * each['share']:.1f}%",
        }
    return list(rows.values())


def _named(name: str, value: str) -> tuple[str, str]:
    if name == FIRST_CHANNEL:
        return _("came through"), channel_name(value)
    return property_name(name), channel_name(value) if name == "channel" else value_name(name, value)


def _hidden(filters: Filters) -> list[tuple[str, str]]:
    """The filters as fields of the search form."""
    return parse_qsl(filters.address().removeprefix("?"))

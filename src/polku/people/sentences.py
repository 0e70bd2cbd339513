"""One signal as a sentence that anybody reads: “Answered the NPS survey: 9”, “Ordered €89.90 (delivered)”."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.eventstore.port import SignalKind
from polku.people import timeline_sources
from polku.people.event_words import event_sentence
from polku.site.formats import Reader


def kind_name(kind: int) -> str:
    """The kind of a signal, in a word; one that is not known is an event."""
    return {
        SignalKind.SCORE: pgettext("signal", "answer"),
        SignalKind.CONTACT: pgettext("signal", "contact"),
        SignalKind.ORDER: pgettext("signal", "order"),
        SignalKind.COMMENT: pgettext("signal", "comment"),
    }.get(SignalKind(kind), pgettext("signal", "event"))


def kind_plural(kind: int) -> str:
    """All signals of the kind, as at the start of a line."""
    return {
        SignalKind.SCORE: pgettext("signals", "Answers"),
        SignalKind.CONTACT: pgettext("signals", "Contacts"),
        SignalKind.ORDER: pgettext("signals", "Orders"),
        SignalKind.COMMENT: pgettext("signals", "Comments"),
    }.get(SignalKind(kind), pgettext("signals", "Events"))


def sentence(row: Mapping[str, Any], properties: Mapping[str, Any], reader: Reader) -> str:
    """`row` is one of the store's timeline."""
    kind = row["kind"]
    if kind == SignalKind.SCORE:
        return _answer(row, reader)
    if kind == SignalKind.CONTACT:
        return _contact(row)
    if kind == SignalKind.ORDER:
        return _order(row, reader)
    if kind == SignalKind.COMMENT:
        return _("Wrote a comment")
    said = event_sentence(row["name"], properties)
    return f"{said}, {reader.price(row['value'])}" if row["value"] else said


def state_name(state: str) -> str:
    """An order's state; the company's own words stay as they came."""
    known = {
        "completed": pgettext("order state", "completed"),
        "paid": pgettext("order state", "paid"),
        "pending": pgettext("order state", "pending"),
        "processing": pgettext("order state", "being processed"),
        "on hold": pgettext("order state", "on hold"),
        "shipped": pgettext("order state", "shipped"),
        "delivered": pgettext("order state", "delivered"),
        "cancelled": pgettext("order state", "cancelled"),
        "canceled": pgettext("order state", "cancelled"),
        "returned": pgettext("order state", "returned"),
        "refunded": pgettext("order state", "refunded"),
        "failed": pgettext("order state", "failed"),
    }
    return known.get(state.casefold().replace("_", " ").replace("-", " "), state)


def _answer(row: Mapping[str, Any], reader: Reader) -> str:
    metric = timeline_sources.metric_name(row["name"])
    if row["score"] is None:
        return _("Answered a survey: %(metric)s") % {"metric": metric}
    score = reader.number(row["score"], 0 if float(row["score"]).is_integer() else 1)
    if row["name"] == "smiley":
        return _("Answered the smiley survey: %(score)s") % {"score": score}
    if metric.isupper():
        return _("Answered the %(metric)s survey: %(score)s") % {"metric": metric, "score": score}
    return _("Answered a survey, %(metric)s: %(score)s") % {"metric": metric, "score": score}


def _contact(row: Mapping[str, Any]) -> str:
    by = {
        "phone": _("Called: %(reason)s"),
        "chat": _("Chatted: %(reason)s"),
        "email": _("Sent an e-mail: %(reason)s"),
        "store": _("Asked in a store: %(reason)s"),
    }.get(row["channel"] or "", _("Contacted customer service: %(reason)s"))
    return by % {"reason": row["name"] or _("no reason given")}


def _order(row: Mapping[str, Any], reader: Reader) -> str:
    state = state_name(row["order_status"]) if row["order_status"] else ""
    if row["value"] is None:
        said = _("Ordered")
    else:
        said = _("Ordered %(price)s") % {"price": reader.price(row["value"])}
    return f"{said} ({state})" if state else said

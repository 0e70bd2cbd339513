"""Which columns an import of each kind can use, what they are called, and which it cannot do without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from polku.capture.imports.options import DEFAULT_SCALES, ImportKind, ImportOptions

_SHARED: tuple[tuple[str, Any], ...] = (
    ("channel", gettext_lazy("Channel")),
    ("url", gettext_lazy("Page address")),
)
_PERSON = ("person", gettext_lazy("Customer"))
_ORDER = ("order", gettext_lazy("Order number"))
_TIME = ("time", gettext_lazy("Time"))

COLUMNS: dict[ImportKind, tuple[tuple[str, Any], ...]] = {
    "orders": (
        ("id", gettext_lazy("Order number")),
        _PERSON,
        ("time", gettext_lazy("Time of the order")),
        ("value", gettext_lazy("Sum")),
        ("status", gettext_lazy("State of the order")),
        ("promised", gettext_lazy("Promised day of delivery")),
        ("delivered", gettext_lazy("Delivered")),
        *_SHARED,
    ),
    "events": (
        ("event", gettext_lazy("Name of the event")),
        _TIME,
        _PERSON,
        _ORDER,
        ("value", gettext_lazy("Sum")),
        ("session", gettext_lazy("Visit")),
        *_SHARED,
    ),
    "scores": (
        ("score", gettext_lazy("Score")),
        _TIME,
        _PERSON,
        _ORDER,
        ("comment", gettext_lazy("Comment")),
        *_SHARED,
    ),
    "answers": (
        _TIME,
        _PERSON,
        _ORDER,
        *_SHARED,
    ),
    "contacts": (
        ("reason", gettext_lazy("Reason of contact")),
        _TIME,
        _PERSON,
        _ORDER,
        ("text", gettext_lazy("Message")),
        *_SHARED,
    ),
    "people": (_PERSON, *_SHARED),
    "contracts": (
        _PERSON,
        ("start", gettext_lazy("Start of the contract")),
        ("end", gettext_lazy("End of the contract")),
        ("value", gettext_lazy("Sum")),
        *_SHARED,
    ),
    "refunds": (
        _ORDER,
        ("time", gettext_lazy("Time of the refund")),
        ("value", gettext_lazy("Money given back")),
        ("reason", gettext_lazy("Reason of the refund")),
        *_SHARED,
    ),
    "spend": (
        ("day", gettext_lazy("Day")),
        ("source", gettext_lazy("Where the money went")),
        ("amount", gettext_lazy("Money spent")),
        ("medium", gettext_lazy("Medium")),
        ("campaign", gettext_lazy("Campaign")),
    ),
}
"""Role → its name, in the order in which they are asked for. Each is one column."""

OF_SOMEBODY: tuple[ImportKind, ...] = ("events", "scores", "answers", "contacts")
"""Kinds whose rows are of somebody, or of nobody in particular (`mapping.NOBODY` in place of a column)."""

KINDS: dict[ImportKind, Any] = {
    "orders": pgettext_lazy("signals", "Orders"),
    "events": gettext_lazy("Events"),
    "scores": gettext_lazy("Survey answers"),
    "contacts": gettext_lazy("Contacts"),
    "people": gettext_lazy("Customers’ details"),
    "answers": gettext_lazy("Answers with several questions"),
    "contracts": gettext_lazy("Contracts"),
    "refunds": gettext_lazy("Refunds"),
    "spend": gettext_lazy("Marketing spend"),
}
KIND_EXPLANATIONS: dict[ImportKind, Any] = {
    "orders": gettext_lazy("What was bought, when and for how much."),
    "events": gettext_lazy("What customers did, step by step."),
    "scores": gettext_lazy("What customers answered and said."),
    "contacts": gettext_lazy("What customers asked of customer service."),
    "people": gettext_lazy("Who the customers are and what is known of them."),
    "answers": gettext_lazy("What customers answered, a column for each question."),
    "contracts": gettext_lazy("When contracts or subscriptions started and ended."),
    "refunds": gettext_lazy("What was given back of which order."),
    "spend": gettext_lazy("What advertising cost, by day. It tells of no customer."),
}
METRICS: dict[str, Any] = {
    "nps": gettext_lazy("NPS: would you recommend us (0–10)"),
    "csat": gettext_lazy("CSAT: how satisfied are you"),
    "ces": gettext_lazy("CES: how easy was it (1–7)"),
    "smiley": gettext_lazy("Smileys: four faces (1–4)"),
    "recommend": gettext_lazy("Would you recommend us, on another scale"),
}
ASKED: dict[str, Any] = {
    "csat 1-5": gettext_lazy("Satisfaction, 1–5"),
    "csat 1-7": gettext_lazy("Satisfaction, 1–7"),
    "csat 0-10": gettext_lazy("Satisfaction, 0–10"),
    "csat 1-10": gettext_lazy("Satisfaction, 1–10"),
    "csat 4-10": gettext_lazy("Satisfaction, 4–10"),
    "csat 0-5": gettext_lazy("Satisfaction, 0–5"),
    "csat 1-4": gettext_lazy("Satisfaction, 1–4"),
    "csat 0-100": gettext_lazy("Satisfaction, 0–100"),
    "nps 0-10": gettext_lazy("NPS, 0–10"),
    "recommend 1-5": gettext_lazy("Likelihood to recommend, 1–5"),
    "recommend 1-7": gettext_lazy("Likelihood to recommend, 1–7"),
    "recommend 1-10": gettext_lazy("Likelihood to recommend, 1–10"),
    "recommend 0-10": gettext_lazy("Likelihood to recommend, 0–10"),
    "ces 1-7": gettext_lazy("Effort (CES), 1–7"),
    "smiley 1-4": gettext_lazy("Smileys, 1–4"),
    "text": gettext_lazy("Own words"),
}
"""What a column of answers may have asked, with its scale."""
MANY: dict[str, Any] = {
    "id": gettext_lazy("Columns that name the row"),
    "aliases": gettext_lazy("Other ids of the same customer"),
    "properties": gettext_lazy("Columns that are kept as additional details"),
}


@dataclass(frozen=True)
class Lacking:
    """What an import cannot do without: the role that is missing or wrong, and the sentence that says so."""

    role: str
    text: str


def lacking(kind: ImportKind, options: ImportOptions) -> list[Lacking]:
    """Everything that must be chosen before `options` can be imported; `imports.check_options` agrees with it."""
    found = [*_missing_columns(kind, options)]
    if kind in OF_SOMEBODY and not (options.person or options.order or options.nobody):
        found.append(
            Lacking(
                "person",
                _(
                    "Choose the column that tells the customer, or the one with the order number, or say that the rows "
                    "are of nobody in particular."
                ),
            )
        )
    if kind == "orders" and options.delivered and not options.promised:
        found.append(
            Lacking(
                "promised", _("A promise is kept or broken only where one was made: choose the promised day.")
            )
        )
    if kind == "answers" and not options.questions:
        found.append(Lacking("questions", _("Choose what was asked in at least one column.")))
    if kind == "scores":
        found += _wrong_scale(options)
    return found


def _missing_columns(kind: ImportKind, options: ImportOptions) -> list[Lacking]:
    required = {
        "orders": ("id",),
        "events": () if options.wide else ("event", "time"),
        "scores": ("score", "time"),
        "contacts": ("reason", "time"),
        "people": ("person",),
        "answers": ("time",),
        "contracts": ("person", "start"),
        "refunds": ("order", "time", "value"),
        "spend": ("day", "source", "amount"),
    }
    names = dict(COLUMNS[kind])
    return [
        Lacking(role, _("Choose the column for “%s”.") % names[role])
        for role in required[kind]
        if not getattr(options, role)
    ]


def _wrong_scale(options: ImportOptions) -> list[Lacking]:
    if options.metric is None:
        return [Lacking("metric", _("Choose what was asked."))]
    low, high = options.scale_of()
    usual = DEFAULT_SCALES[options.metric]
    if low >= high:
        return [Lacking("scale", _("The scale goes from its lowest to its highest score, for example 1–5."))]
    if options.metric in ("nps", "ces", "smiley") and (low, high) != usual:
        return [
            Lacking(
                "scale",
                _(
                    "%(metric)s is always asked on the scale %(scale)s. Choose another question or another scale."
                )
                % {"metric": options.metric.upper(), "scale": f"{usual[0]:g}–{usual[1]:g}"},
            )
        ]
    return []

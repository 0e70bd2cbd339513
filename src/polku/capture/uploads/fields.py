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
    "contacts": (
        ("reason", gettext_lazy("Reason of contact")),
        _TIME,
        _PERSON,
        _ORDER,
        ("text", gettext_lazy("Message")),
        *_SHARED,
    ),
    "people": (_PERSON, *_SHARED),
}
"""Role → its name, in the order in which they are asked for. Each is one column."""

OF_SOMEBODY: tuple[ImportKind, ...] = ("events", "scores", "contacts")
"""Kinds whose rows are of somebody, or of nobody in particular (`mapping.NOBODY` in place of a column)."""

KINDS: dict[ImportKind, Any] = {
    "orders": pgettext_lazy("signals", "Orders"),
    "events": gettext_lazy("Events"),
    "scores": gettext_lazy("Survey answers"),
    "contacts": gettext_lazy("Contacts"),
    "people": gettext_lazy("Customers’ details"),
}
KIND_EXPLANATIONS: dict[ImportKind, Any] = {
    "orders": gettext_lazy("What was bought, when and for how much."),
    "events": gettext_lazy("What customers did, step by step."),
    "scores": gettext_lazy("What customers answered and said."),
    "contacts": gettext_lazy("What customers asked of customer service."),
    "people": gettext_lazy("Who the customers are and what is known of them."),
}
METRICS: dict[str, Any] = {
    "nps": gettext_lazy("NPS: would you recommend us (0–10)"),
    "csat": gettext_lazy("CSAT: how satisfied are you"),
    "ces": gettext_lazy("CES: how easy was it (1–7)"),
    "smiley": gettext_lazy("Smileys: four faces (1–4)"),
    "recommend": gettext_lazy("Would you recommend us, on another scale"),
}
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
    if kind in ("events", "scores", "contacts") and not (options.person or options.order or options.nobody):
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

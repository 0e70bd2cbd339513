"""What the page of customers' value shows, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from polku.accounts.models import Workspace
from polku.decide.customers import pictures, readings
from polku.decide.customers.choosing import Choice
from polku.decide.customers.single import rhythm_of_document
from polku.decide.customers.words import ADVICE, NAMES, ONCE, rhythm_sentence, rule_of
from polku.site.formats import Reader

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """`note` is n and interval in words; `is_few` greys it."""

    name: str
    value: str
    note: str
    help: str = ""
    is_few: bool = False


@dataclass(frozen=True)
class GroupRow:
    key: str
    name: Promise
    rule: str
    advice: Promise
    address: str
    customers: int
    is_few: bool
    share: str
    purchases: str
    days_ago: str
    purchase_value: str
    alive: str
    mean: str
    interval: str
    total: str


@dataclass(frozen=True)
class Drawn:
    """A picture for wide and one for narrow screens."""

    wide: SafeString
    narrow: SafeString


@dataclass(frozen=True)
class Part:
    """A section with a reading, pictures and rows of a table beside it."""

    reading: str
    drawn: Drawn | None = None
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = field(default=())
    is_refused: bool = False


@dataclass(frozen=True)
class Page:
    reading: tuple[str, ...]
    figures: tuple[Figure, ...]
    groups: tuple[GroupRow, ...]
    rhythm: str
    heat: Drawn
    tenths: Part | None
    check: Part | None
    alive: Part | None
    contracts: Part | None
    bad: Part
    has_value: bool


def build(workspace: Workspace, document: Row, choice: Choice, reader: Reader) -> Page:
    """Of a document without a problem."""
    clv = document["clv"]
    has_value = clv["model"] is not None
    return Page(
        reading=tuple(readings.whole(document, choice, reader)),
        figures=tuple(_figures(document, choice, reader)),
        groups=tuple(_groups(workspace, clv, reader)),
        rhythm=rhythm_sentence(rhythm_of_document(clv), reader),
        heat=Drawn(
            pictures.heat(clv, reader, width=pictures.WIDE, money=has_value),
            pictures.heat(clv, reader, width=pictures.NARROW, money=has_value),
        ),
        tenths=_tenths(clv, reader) if has_value else None,
        check=_check(clv["hold_out"], reader) if clv["hold_out"] else None,
        alive=_alive(document, reader) if has_value else None,
        contracts=_contracts(document["contracts"], reader) if document["contracts"] else None,
        bad=_bad(document, reader),
        has_value=has_value,
    )


def _figures(document: Row, choice: Choice, reader: Reader) -> list[Figure]:
    clv = document["clv"]
    repeat = clv["repeat"]
    is_few = clv["customers"] < readings.FEW
    found = [
        Figure(
            _("Customers who have bought"),
            reader.number(clv["customers"]),
            _("up to %(day)s") % {"day": readings.day(clv["until"], reader)},
        ),
        Figure(
            _("Have bought again"),
            reader.percent(repeat["value"]) if repeat["value"] is not None else "–",
            readings.probably(reader.percent_interval(repeat["ci"]), repeat["n"], reader)
            if repeat["ci"]
            else "",
            "repeat-rate",
            is_few,
        ),
    ]
    if clv["model"] is None:
        return found
    has_margin = document["has_margin"]
    found += [
        Figure(
            _("Value of a customer") if has_margin else _("Sales expected of a customer"),
            reader.money(clv["mean"]),
            readings.probably(reader.money_interval(clv["ci"]), clv["customers"], reader),
            "customer-value",
        ),
        Figure(
            _("Value of all customers") if has_margin else _("Sales expected of all"),
            reader.money(readings.two_digits(clv["total"])),
            readings.probably(
                reader.money_interval([readings.two_digits(end) for end in clv["total_ci"]]),
                clv["customers"],
                reader,
            ),
            "customer-value",
        ),
    ]
    return found


def _groups(workspace: Workspace, clv: Row, reader: Reader) -> list[GroupRow]:
    rhythm = rhythm_of_document(clv)
    rows = []
    for row in clv["groups"]:
        n, key = row["customers"], row["group"]
        rows.append(
            GroupRow(
                key=key,
                name=NAMES[key],
                rule=rule_of(key, rhythm),
                advice=ADVICE[key],
                address=reverse("decide:customer-group", kwargs={"workspace": workspace.slug, "group": key}),
                customers=n,
                is_few=n < readings.FEW,
                share=reader.percent(row["share"]) if n else "",
                purchases=reader.number(row["purchases"], 1) if n else "",
                days_ago=reader.number(row["days_ago"]) if n else "",
                purchase_value=reader.price(row["purchase_value"]) if row["purchase_value"] else "",
                # Of one purchase the model knows nothing: it takes everybody for a customer.
                alive=reader.percent(row["alive"]) if row["alive"] is not None and key not in ONCE else "",
                mean=reader.money(row["mean"]) if row["mean"] is not None else "",
                interval=reader.money_interval(row["ci"]) if row["ci"] else "",
                total=reader.money(readings.two_digits(row["total"])) if row["total"] is not None else "",
            )
        )
    return rows


def _tenths(clv: Row, reader: Reader) -> Part:
    return Part(
        reading=readings.tenths(clv, reader),
        drawn=_drawn(pictures.tenths, clv, reader),
        head=(_("Tenth of customers"), _("Value of each"), _("Share of the whole")),
        rows=tuple(
            (
                reader.number(place),
                f"{reader.price(row['from'])}–{reader.price(row['to'])}",
                reader.percent(row["share"]) if row["share"] is not None else "",
            )
            for place, row in enumerate(clv["tenths"], 1)
        ),
    )


def _check(check: Row, reader: Reader) -> Part:
    return Part(
        reading=readings.check(check, reader),
        drawn=_drawn(pictures.hold_out, check, reader),
        head=(_("Repeat purchases before"), _("Customers"), _("Foretold"), _("Happened")),
        rows=tuple(
            (
                row["purchases"],
                reader.number(row["customers"]),
                reader.number(row["predicted"]),
                reader.number(row["actual"]),
            )
            for row in check["rows"]
        ),
    )


def _alive(document: Row, reader: Reader) -> Part:
    clv = document["clv"]
    return Part(
        reading=readings.churn_of_buyers(document, reader),
        drawn=_drawn(pictures.alive, clv, reader),
        head=(_("Probability of being a customer still"), _("Customers who bought again")),
        rows=tuple(
            (
                f"{reader.number(row['from'] * 100)}–{reader.percent(row['to'])}",
                reader.number(row["customers"]),
            )
            for row in clv["alive_tenths"]
        ),
        notes=tuple(readings.cautions_of_buyers(clv, reader)),
    )


def _contracts(found: Row, reader: Reader) -> Part:
    tenure = found["tenure"]
    return Part(
        reading=readings.contracts(found, reader),
        drawn=_drawn(pictures.survival, tenure, reader),
        head=(_("Months as a customer"), _("Stayed"), _("Probably"), _("Seen so long")),
        rows=tuple(
            (
                reader.number(row["months"]),
                reader.percent(row["value"], 1) if row["value"] is not None else "–",
                reader.percent_interval(row["ci"], 1) if row["ci"] else "",
                reader.number(row["at_risk"]),
            )
            for row in tenure["survival"]
        ),
        notes=tuple(readings.months_of_contracts(found, reader)),
    )


def _bad(document: Row, reader: Reader) -> Part:
    found = document["bad_experience"]
    if found["refused"]:
        return Part(readings.refused(found, reader), is_refused=True)
    return Part(
        readings.bad_experience(found, document["has_margin"], reader),
        head=(pgettext("answer", "Answered"), _("Customers"), _("Bought again"), _("Share")),
        rows=tuple(
            (
                name,
                reader.number(found[side]["n"]),
                reader.number(found[side]["again"]),
                reader.percent(found[side]["again"] / found[side]["n"]),
            )
            for name, side in (
                (pgettext("answer", "low"), "low"),
                (pgettext("answer", "high, matched"), "high"),
            )
        ),
        notes=(readings.matching(found),),
    )


def _drawn(draw: Any, data: Row, reader: Reader) -> Drawn:
    return Drawn(draw(data, reader, width=pictures.WIDE), draw(data, reader, width=pictures.NARROW))

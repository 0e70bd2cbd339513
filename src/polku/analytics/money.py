"""What the company said about its money, for all who write euros; the room that asks for it registers it here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from polku.site.formats import Reader

if TYPE_CHECKING:
    from polku.accounts.models import Workspace


@dataclass(frozen=True)
class MoneyTerms:
    """Shares are 0–1, `contact_cost` is in the workspace's currency. `returned` is what comes back beyond the orders
    whose state says so; such orders are in no sum."""

    margin: float
    vat_included: bool
    vat_rate: float
    returned: float
    contact_cost: float
    is_estimate: bool
    answered_on: dt.date
    answered_by: str

    def sales_without_vat(self, value: float) -> float:
        """The value of orders as they tell it, without VAT."""
        return value / (1 + self.vat_rate) if self.vat_included else value

    def margin_of(self, value: float) -> float:
        """What is left of the value of orders as they tell it: without VAT, returns and costs."""
        return self.sales_without_vat(value) * (1 - self.returned) * self.margin

    def cost_of(self, contacts: float) -> float:
        return contacts * self.contact_cost


@dataclass(frozen=True)
class MoneyNote:
    """One sentence on what stands behind the euros of a page; `address` is where it is answered."""

    text: str
    address: str
    is_answered: bool


_terms_of: Callable[[Workspace], MoneyTerms | None] = lambda workspace: None  # noqa: E731
_address_of: Callable[[Workspace], str] = lambda workspace: ""  # noqa: E731


def register(*, terms: Callable[[Workspace], MoneyTerms | None], address: Callable[[Workspace], str]) -> None:
    """`terms` gives what holds now, None before it was answered; `address` the page of the questions."""
    global _terms_of, _address_of
    _terms_of, _address_of = terms, address


def money_terms(workspace: Workspace) -> MoneyTerms | None:
    """What the workspace answered last about its money; None where nobody did yet. One read of the database."""
    return _terms_of(workspace)


def money_note(workspace: Workspace, terms: MoneyTerms | None, reader: Reader) -> MoneyNote:
    """What the euros of a page are, in one sentence."""
    address = _address_of(workspace)
    if terms is None:
        return MoneyNote(
            _("Euros are the orders’ own sums. The margin is shown when four questions have been answered."),
            address,
            False,
        )
    parts = [
        _("Margin: %(share)s of sales") % {"share": reader.percent(terms.margin, _decimals(terms.margin))},
        _("orders’ sums include VAT of %(rate)s")
        % {"rate": reader.percent(terms.vat_rate, _decimals(terms.vat_rate))}
        if terms.vat_included
        else _("orders’ sums are without VAT"),
    ]
    if terms.returned:
        share = reader.percent(terms.returned, _decimals(terms.returned))
        parts.append(_("%(share)s of sales comes back") % {"share": share})
    parts.append(_("a contact costs %(price)s") % {"price": reader.price(terms.contact_cost)})
    answered = {"name": terms.answered_by, "day": reader.day(terms.answered_on, year=True)}
    parts.append(
        _("answered by %(name)s on %(day)s") % answered
        if terms.answered_by
        else _("answered on %(day)s") % answered
    )
    if terms.is_estimate:
        parts.append(_("an estimate"))
    return MoneyNote(" · ".join(parts), address, True)


def margin_sentence(
    value: float, ends: Sequence[float] | None, terms: MoneyTerms | None, reader: Reader
) -> str:
    """`Margin about 4,800 €: probably 4,200–5,500 €`; "" before the questions were answered."""
    if terms is None:
        return ""
    said = _("Margin about %(sum)s") % {"sum": reader.money(terms.margin_of(value))}
    if not ends:
        return said
    between = reader.money_interval([terms.margin_of(end) for end in ends])
    return f"{said}: " + _("probably %(interval)s") % {"interval": between}


def cost_sentence(contacts: int, terms: MoneyTerms | None, reader: Reader) -> str:
    """`They cost about 840 € (6,00 € each)`; "" before the questions were answered."""
    if terms is None or not contacts:
        return ""
    return _("They cost about %(sum)s (%(price)s each)") % {
        "sum": reader.money(terms.cost_of(contacts)),
        "price": reader.price(terms.contact_cost),
    }


def _decimals(share: float) -> int:
    return 0 if abs(share * 100 - round(share * 100)) < 0.05 else 1

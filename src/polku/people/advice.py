"""What would make signals join better: rules over how they join now, in plain words, the weightiest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from polku.eventstore.persons import JoinRate
from polku.eventstore.port import SignalKind
from polku.eventstore.streams import IdKind

WELL = 0.8
"""From this share on nothing is advised."""
_ENOUGH = 30
_MOST, _MET = 0.5, 0.2
_CUSTOMER_NUMBERS = (IdKind.USER, IdKind.FILE, IdKind.LOYALTY)
_DEVICES = (IdKind.DEVICE, IdKind.COOKIELESS)
_LIVE = ("tracker/", "segment/", "matomo/")


@dataclass(frozen=True)
class Advice:
    """`finding` says what the data shows, `remedy` what to do; `weight` is how many signals it is about."""

    finding: str
    remedy: str
    weight: int
    command: str = ""


Percent = Callable[[float], str]
NameSource = Callable[[JoinRate], str]


def advise(rates: Sequence[JoinRate], *, name: NameSource, percent: Percent) -> list[Advice]:
    """`name` tells what people call a source with its kind, as at the start of a sentence."""
    found: list[Advice] = []
    orders = [rate for rate in rates if rate.kind == SignalKind.ORDER]
    for rate in rates:
        if rate.signals < _ENOUGH:
            continue
        if rate.kind == SignalKind.EVENT:
            found += _of_events(rate, name(rate), percent)
        elif rate.kind == SignalKind.ORDER:
            found += _of_orders(rate, name(rate), percent)
        else:
            found += _of_voices(rate, orders, name(rate), percent)
    found += _of_the_whole(rates, orders)
    return sorted(found, key=lambda advice: -advice.weight)


def share(rate: JoinRate, count: int) -> float:
    return count / rate.signals if rate.signals else 0.0


def carried(rate: JoinRate, kinds: Sequence[str]) -> float:
    """The share of the signals that came with an id of these kinds."""
    return min(1.0, share(rate, sum(rate.ids.get(kind, 0) for kind in kinds)))


def _of_events(rate: JoinRate, name: str, percent: Percent) -> Iterator[Advice]:
    known = share(rate, rate.known)
    if known >= 0.1 or carried(rate, _DEVICES) < _MOST:
        return
    values = {"source": name, "share": percent(known)}
    if not rate.origin.startswith(_LIVE):
        yield Advice(
            _("%(source)s: only %(share)s belong to a known customer; most name just a browser.") % values,
            _(
                "Take the customer number or e-mail address of signed-in customers into the file as a column of its "
                "own, or import a customer list that names the browsers’ ids beside the customer’s."
            ),
            rate.signals - rate.known,
        )
    elif carried(rate, (*_CUSTOMER_NUMBERS, IdKind.EMAIL, IdKind.PHONE)) == 0:
        yield Advice(
            _("%(source)s: nobody ever says who they are, so that visits join no customer.") % values,
            _(
                "Ask whoever builds the site to call identify with the customer’s number or e-mail address when "
                "somebody signs in and when an order is sent. Earlier visits of the same browser join at that moment."
            ),
            rate.signals - rate.known,
            'polku.identify("K-1234", {email: "asiakas@example.com"})',
        )
    else:
        yield Advice(
            _("%(source)s: only %(share)s belong to a known customer.") % values,
            _(
                "Ask whoever builds the site to call identify also when somebody orders as a guest, subscribes to the "
                "newsletter or opens a link in your message. It is normal that most visitors stay unknown."
            ),
            rate.signals - rate.known,
        )


def _of_orders(rate: JoinRate, name: str, percent: Percent) -> Iterator[Advice]:
    nobody = share(rate, rate.ids.get("none", 0))
    if nobody >= 0.1:
        yield Advice(
            _("%(source)s: %(share)s do not say who ordered.") % {"source": name, "share": percent(nobody)},
            _(
                "Take the customer number or the e-mail address into the orders, also for those who order as a "
                "guest: without it nothing that the customer did before can be joined to the order."
            ),
            rate.ids.get("none", 0),
            "polku import orders orders.csv --id order_id --person customer_id …",
        )


def _of_voices(rate: JoinRate, orders: Sequence[JoinRate], name: str, percent: Percent) -> Iterator[Advice]:
    ordered = share(rate, rate.ordered)
    missing = rate.signals - rate.ordered
    values = {"source": name, "share": percent(ordered)}
    if rate.lost >= 5 and rate.lost >= 0.1 * rate.numbered:
        yield Advice(
            _("%(source)s: %(share)s name an order that is not here.")
            % {"source": name, "share": percent(share(rate, rate.lost))},
            _(
                "Import the orders of the same period too, and look whether the numbers are written in the same way "
                "in both (1001 and #1001 are two different numbers)."
            ),
            rate.lost,
        )
    # A customer whose ids lead to the orders and who has none has simply not bought.
    if ordered >= WELL or not orders or _leads_to_orders(rate, orders):
        return
    both = _("Import a customer list that has both: the customer number and the e-mail address.")
    both_command = "polku import people customers.csv --person customer_id --alias email"
    by_number = carried(rate, _CUSTOMER_NUMBERS) >= _MOST
    if carried(rate, (IdKind.EMAIL,)) >= _MOST and _order_ids(orders, (IdKind.EMAIL,)) < _MOST:
        finding = _(
            "%(source)s carry e-mail addresses, but orders only customer numbers; %(share)s join to an order."
        )
        yield Advice(finding % values, both, missing, both_command)
    elif by_number and _order_ids(orders, (IdKind.EMAIL,)) >= _MOST:
        finding = _(
            "%(source)s carry customer numbers, but orders only e-mail addresses; %(share)s join to an order."
        )
        yield Advice(finding % values, both, missing, both_command)
    elif by_number:
        finding = _("%(source)s name customers in another way than orders do; %(share)s join to an order.")
        yield Advice(
            finding % values,
            _(
                "Import a customer list that has both ids. If they are the same number written in two ways (K-1001 "
                "and 1001), mend the export."
            ),
            missing,
            "polku import people customers.csv --person customer_id --alias other_id",
        )
    elif carried(rate, _DEVICES) >= _MOST:
        yield Advice(
            _("%(source)s come by a browser alone; %(share)s join to an order.") % values,
            _(
                "They join when the same browser signs in or orders. Where you know who is asked, put the order’s "
                "number or the e-mail address into the link of the survey."
            ),
            missing,
        )
    if share(rate, rate.numbered) < 0.05:
        if rate.kind == SignalKind.CONTACT:
            yield Advice(
                _("%(source)s have no order numbers; %(share)s join to an order.") % values,
                _(
                    "Add a field for the order’s number to the contact form and to the agents’ ticket, and take it "
                    "into the export as a column."
                ),
                missing,
                "polku import contacts contacts.csv --order order_id …",
            )
        elif rate.kind == SignalKind.SCORE:
            yield Advice(
                _("%(source)s have no order numbers; %(share)s join to an order.") % values,
                _(
                    "Put the order’s number into the link of surveys that are sent after a purchase, and take it into "
                    "the export as a column."
                ),
                missing,
                "polku import scores answers.csv --order order_id …",
            )


def _of_the_whole(rates: Sequence[JoinRate], orders: Sequence[JoinRate]) -> Iterator[Advice]:
    if not rates:
        return
    whole = sum(rate.signals for rate in rates)
    if not orders:
        yield Advice(
            _("There are no orders yet, so nothing can be joined to one."),
            _("Import the orders of the web shop or the till, with the number of the customer who ordered."),
            whole,
            "polku import orders orders.csv --id order_id --person customer_id …",
        )
    if len({(rate.origin, rate.kind) for rate in rates}) == 1:
        yield Advice(
            _("There is only one source, so there is nothing to join it with."),
            _(
                "Bring in a second one that knows the same customers: orders, survey answers, contacts or visits "
                "of the web site."
            ),
            whole,
        )


def _leads_to_orders(rate: JoinRate, orders: Sequence[JoinRate]) -> bool:
    """Whether most signals come of people whom the orders’ ids would lead to."""
    if share(rate, rate.bridged) >= WELL:
        return True
    by_email = carried(rate, (IdKind.EMAIL,)) >= WELL and _order_ids(orders, (IdKind.EMAIL,)) >= _MOST
    by_number = carried(rate, _CUSTOMER_NUMBERS) >= WELL and _order_ids(orders, _CUSTOMER_NUMBERS) >= _MOST
    # Numbers may be of two registers; where a fair part of them met, they are of one.
    return by_email or (by_number and share(rate, rate.ordered) >= _MET)


def _order_ids(orders: Sequence[JoinRate], kinds: Sequence[str]) -> float:
    """The share of all orders that came with an id of these kinds."""
    signals = sum(rate.signals for rate in orders)
    with_id = sum(rate.ids.get(kind, 0) for rate in orders for kind in kinds)
    return with_id / signals if signals else 0.0

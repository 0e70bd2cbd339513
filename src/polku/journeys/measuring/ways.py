"""The cheapest way to know what a touchpoint does not tell: first what is here already, then what costs least work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from polku.journeys.measuring.knowledge import Knowledge, State
from polku.journeys.models import Binding, Channel, Lane
from polku.journeys.proposing.drafts import Draft

_ON_SCREEN = {Channel.WEB, Channel.MOBILE, Channel.APP, Channel.SEARCH, Channel.SOCIAL, Channel.ADVERTISING}
_KINDS = {
    Lane.DO: {Binding.Kind.EVENT, Binding.Kind.ORDER},
    Lane.SAY: {Binding.Kind.SCORE},
    Lane.CONTACT: {Binding.Kind.CONTACT},
}


class Means(StrEnum):
    """How something becomes known; the page knows which of its addresses each leads to."""

    CONNECT = "connect"
    CHOOSE = "choose"
    TRACKER = "tracker"
    IMPORT = "import"
    SURVEY = "survey"
    JOIN = "join"


@dataclass(frozen=True)
class Way:
    """What to do, in a sentence or two, by which means."""

    means: Means
    text: str


@dataclass(frozen=True)
class Situation:
    """A touchpoint as far as it decides what is cheapest. `draft` is what was received and fits it."""

    channels: Collection[str]
    known: Mapping[Lane, Knowledge]
    draft: Draft | None
    has_orders: bool
    has_contacts: bool


def way_of(lane: Lane, at: Situation) -> Way | None:
    """The cheapest way to know the lane there; None where it is known, or follows from another lane's."""
    if at.known[lane].state is State.KNOWN:
        return None
    is_waiting = at.known[lane].state is State.WAITING
    kinds = {each["kind"] for each in at.draft.bindings} if at.draft else set()
    if not is_waiting and kinds & _KINDS.get(lane, set()):
        return Way(Means.CONNECT, _("The data is here already: it only needs to be connected."))
    if is_waiting:
        return Way(
            Means.CHOOSE,
            _("Connected, but nothing has come yet."),
        )
    if lane is Lane.DO:
        return _to_see(at)
    if lane is Lane.SAY:
        return _to_ask(at)
    if lane is Lane.CONTACT:
        return _to_hear(at)
    if lane is Lane.BUY:
        return _to_sell(at)
    return None


def _to_see(at: Situation) -> Way:
    channels = set(at.channels)
    if not channels or channels & _ON_SCREEN:
        return Way(
            Means.TRACKER,
            _("Put the tracker on the site: one line of code."),
        )
    if Channel.STORE in channels:
        return Way(
            Means.IMPORT,
            _("Take the receipts of the till into a file, with the loyalty number, the time and the store."),
        )
    if channels & {Channel.DELIVERY, Channel.POST}:
        return Way(
            Means.IMPORT,
            _("Take the day of delivery into the orders’ export, or the carrier’s events into a file."),
        )
    if Channel.EMAIL in channels:
        return Way(
            Means.IMPORT,
            _(
                "Take the sent and opened messages out of the e-mail tool, with the customer’s address and the time."
            ),
        )
    return Way(
        Means.IMPORT, _("Keep a list of who was met and when, with the customer’s number, and import it.")
    )


def _to_ask(at: Situation) -> Way:
    channels = set(at.channels)
    if Channel.STORE in channels and not channels & {Channel.WEB, Channel.MOBILE}:
        how = _("Ask one question by a QR code on the counter or the receipt.")
    elif channels & {Channel.EMAIL, Channel.DELIVERY, Channel.POST, Channel.PHONE, Channel.CHAT}:
        how = _("Ask one question by e-mail the day after.")
    else:
        how = _("Ask one question on the page.")
    return Way(Means.SURVEY, how)


def _to_hear(at: Situation) -> Way:
    if at.has_contacts:
        return Way(
            Means.CHOOSE, _("Contacts come in already: choose which reasons belong to this touchpoint.")
        )
    return Way(
        Means.IMPORT,
        _("Import the tickets of customer service with their reasons."),
    )


def _to_sell(at: Situation) -> Way | None:
    if not at.has_orders:
        return Way(Means.IMPORT, _("Import the orders of the web shop or the till, with their value."))
    if at.known[Lane.DO].state is not State.KNOWN:
        return None  # with the people who come, their orders are known too
    return Way(
        Means.JOIN,
        _("Nobody who was here joins to an order with a value. Look how signals and orders join."),
    )

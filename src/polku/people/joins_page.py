"""What the page of joins shows: how well each source joins, what did not, and what would mend it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.accounts.models import Workspace
from polku.analytics.ranges import local_midnight
from polku.eventstore.persons import JoinRate, RefusedLink
from polku.eventstore.port import Scope, SignalKind, StoreState
from polku.eventstore.registry import store
from polku.people import timeline_sources
from polku.people.advice import WELL, Advice, advise, share
from polku.people.names import kind_name as id_kind_name
from polku.people.sentences import kind_plural, sentence
from polku.people.timeline import MARKS, path_of, read_properties
from polku.site.formats import Reader

PERIODS = ("28", "90", "365", "all")
EXAMPLES = 20
REFUSED = 500
SHOWN_REFUSED = 8
SMALL = 30
_HALF = 0.5
_KNOWN_WELL, _KNOWN_PARTLY = 0.3, 0.1
_REASONS = ("two_users", "shared_device", "too_many", "placeholder", "kept_apart")


@dataclass(frozen=True)
class Verdict:
    """`tone` is good, partly, poor or unknown: for the style sheet; `words` say the same."""

    tone: str
    words: str


@dataclass(frozen=True)
class ShownRate:
    """One source and kind. Shares are 0–1 for bars and text; `headline` is a whole sentence."""

    origin: str
    mark: str
    source: str
    kind: str
    signals: int
    people: int
    headline: str
    share: float
    known: float
    ordered: float | None
    elsewhere: float
    verdict: Verdict
    unjoined: int

    @property
    def width(self) -> str:
        """Of the bar, as SVG takes it."""
        return f"{100 * self.share:.1f}%"


@dataclass(frozen=True)
class RefusedGroup:
    reason: str
    title: str
    explanation: str
    remedy: str
    count: int
    links: list[tuple[RefusedLink, str]]
    more: int


@dataclass(frozen=True)
class JoinsPage:
    rates: list[ShownRate]
    advice: list[Advice]
    refused: list[RefusedGroup]


def scope_of(period: str, workspace: Workspace, state: StoreState) -> Scope:
    """Whole days of the workspace that end on the last day with data, so that an imported history is never empty."""
    if period == "all" or state.data_as_of is None:
        return Scope(timezone=workspace.timezone)
    reader = Reader("en", workspace.currency, workspace.timezone)
    last = min(reader.local(state.data_as_of).date(), reader.local(dt.datetime.now(dt.UTC)).date())
    return Scope(
        start=local_midnight(last - dt.timedelta(days=int(period) - 1), workspace.timezone),
        end=local_midnight(last + dt.timedelta(days=1), workspace.timezone),
        timezone=workspace.timezone,
    )


def joins_page(workspace: Workspace, scope: Scope, reader: Reader) -> JoinsPage:
    """Raises StoreError where the question takes too long."""
    key = workspace.key.hex
    rates = store().join_rates(key, scope)
    names = timeline_sources.source_names(workspace)
    return JoinsPage(
        rates=[_shown(rate, names.get(rate.origin, rate.origin), reader) for rate in rates],
        advice=advise(
            rates,
            name=lambda rate: _full_name(rate, names.get(rate.origin, rate.origin)),
            percent=reader.percent,
        ),
        refused=refused_groups(store().refused_links(key, limit=REFUSED), reader),
    )


def _source(rate: JoinRate, name: str) -> str:
    return name or _("before sources were kept")


def _full_name(rate: JoinRate, source: str) -> str:
    """Kind and source, once: `Answers (Kysely)`, `Answers from files`."""
    kind, source = kind_plural(rate.kind), _source(rate, source)
    return source if source.casefold().startswith(kind.casefold()) else f"{kind} ({source})"


def _shown(rate: JoinRate, name: str, reader: Reader) -> ShownRate:
    kind = SignalKind(rate.kind)
    measured = {SignalKind.EVENT: rate.known, SignalKind.ORDER: rate.elsewhere}.get(kind, rate.ordered)
    part = share(rate, measured)
    sentences = {
        SignalKind.EVENT: _("%(share)s of events belong to a known customer"),
        SignalKind.SCORE: _("%(share)s of answers joined to an order"),
        SignalKind.CONTACT: _("%(share)s of contacts joined to an order"),
        SignalKind.COMMENT: _("%(share)s of comments joined to an order"),
        SignalKind.ORDER: _("%(share)s of orders are by somebody seen elsewhere too"),
    }
    return ShownRate(
        origin=rate.origin,
        mark=MARKS[kind],
        source=_source(rate, name),
        kind=kind_plural(kind),
        signals=rate.signals,
        people=rate.people,
        headline=sentences[kind] % {"share": reader.percent(part)},
        share=part,
        known=share(rate, rate.known),
        ordered=None if kind is SignalKind.ORDER else share(rate, rate.ordered),
        elsewhere=share(rate, rate.elsewhere),
        verdict=_verdict(kind, rate),
        unjoined=rate.signals - rate.joined,
    )


def _verdict(kind: SignalKind, rate: JoinRate) -> Verdict:
    """By what joined anything at all. Visitors who never say who they are are the rule on the web, so events are
    judged by how many belong to a known customer, and more mildly."""
    if rate.signals < SMALL:
        return Verdict("unknown", _("too few to say"))
    part = share(rate, rate.joined)
    well, partly = WELL, _HALF
    if kind is SignalKind.EVENT:
        part, well, partly = share(rate, rate.known), _KNOWN_WELL, _KNOWN_PARTLY
    if part < well:
        return Verdict("partly", _("joins partly")) if part >= partly else Verdict("poor", _("joins poorly"))
    if kind not in (SignalKind.EVENT, SignalKind.ORDER) and share(rate, rate.ordered) < WELL:
        return Verdict("good", _("joins well; the rest are by customers known elsewhere who have no order"))
    return Verdict("good", _("joins well"))


def refused_groups(links: Sequence[RefusedLink], reader: Reader) -> list[RefusedGroup]:
    """By reason, the commonest first; each with a few of its links."""
    titles = {
        "two_users": _("One address or number, two customers"),
        "shared_device": _("Devices that several people use"),
        "too_many": _("Ids that would join too many"),
        "placeholder": _("Ids that name nobody"),
        "kept_apart": _("People whom somebody separated"),
    }
    explanations = {
        "two_users": _(
            "The same e-mail address, phone or loyalty number belongs to two customer numbers. Polku does not guess "
            "which of them is right, so both stay as they are."
        ),
        "shared_device": _(
            "Several customers have signed in on the same device: a family’s tablet, a shop’s till. What is done "
            "there without signing in belongs to none of them."
        ),
        "too_many": _(
            "One id came with so many others that joining them would make a crowd into one customer. Usually it is "
            "a test, a till or customer service."
        ),
        "placeholder": _(
            "The site or the file sent a word instead of an id, such as “undefined”, “null” or “guest”. It would "
            "join strangers."
        ),
        "kept_apart": _("A merge was undone by hand, and data has tried to join the same two again."),
    }
    remedies = {
        "two_users": _("Look for duplicates in the customer register and join them there."),
        "shared_device": _(
            "Ask whoever builds the site to call reset when somebody signs out, so that the next one begins as a "
            "new visitor."
        ),
        "too_many": _("Leave that id out of what is sent, or out of the file."),
        "placeholder": _(
            "Ask whoever builds the site to call identify only when the id is known; in a file, leave the cell "
            "empty where it is not."
        ),
        "kept_apart": _("Nothing needs to be done; Polku keeps them apart."),
    }
    groups: dict[str, list[RefusedLink]] = {}
    for link in links:
        groups.setdefault(link.reason, []).append(link)
    made = [
        RefusedGroup(
            reason=reason,
            title=titles.get(reason, reason),
            explanation=explanations.get(reason, ""),
            remedy=remedies.get(reason, ""),
            count=len(of_reason),
            links=[(link, _times(link, reader)) for link in of_reason[:SHOWN_REFUSED]],
            more=max(0, len(of_reason) - SHOWN_REFUSED),
        )
        for reason, of_reason in groups.items()
    ]
    order = {reason: place for place, reason in enumerate(_REASONS)}
    return sorted(made, key=lambda group: (order.get(group.reason, len(order)), group.reason))


def _times(link: RefusedLink, reader: Reader) -> str:
    times = ngettext("%(count)s time", "%(count)s times", link.count) % {"count": reader.number(link.count)}
    return _("%(times)s, last %(day)s") % {
        "times": times,
        "day": reader.day(reader.local(link.last), year=True),
    }


@dataclass(frozen=True)
class Example:
    """A signal that joined nothing. `id_kind` and `alias` say by what it came."""

    person: int
    time: str
    sentence: str
    quote: str
    id_kind: str
    alias: str
    page: str


def examples(
    workspace: Workspace, scope: Scope, origin: str, kind: SignalKind, reader: Reader
) -> list[Example]:
    """The newest. Raises StoreError where the question takes too long."""
    found = []
    for row in store().unjoined(workspace.key.hex, scope, origin, kind, limit=EXAMPLES).to_pylist():
        moment = reader.local(row["time"])
        whole = row | {"kind": kind, "order_status": None}
        found.append(
            Example(
                person=row["person"],
                time=f"{reader.day(moment, year=True)} {reader.clock(moment)}",
                sentence=sentence(whole, read_properties(row["properties"]), reader),
                quote=(row["text"] or "").strip(),
                id_kind=id_kind_name(row["alias_kind"]) if row["alias"] else _("order’s number"),
                alias=row["alias"] or row["order"] or "",
                page=path_of(row["url"]),
            )
        )
    return found


def kind_of(text: str) -> SignalKind | None:
    """The kind that an address names by its mark; None for anything else."""
    return next((kind for kind, mark in MARKS.items() if mark == text), None)

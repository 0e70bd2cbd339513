"""What a rule catches, in words: for the form that makes it and for the list of those there are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics import conditions
from polku.eventstore.port import CatalogKind, Preview, Scope, Selector
from polku.eventstore.received import Counted
from polku.eventstore.registry import store
from polku.journeys.display_names import channel_name, metric_name
from polku.journeys.models import Binding
from polku.site import formats

DAYS = 28
EXAMPLES = 5
_FRESH = timedelta(days=2)

CATALOG_OF: dict[str, CatalogKind] = {
    Binding.Kind.EVENT: "event",
    Binding.Kind.SCORE: "metric",
    Binding.Kind.CONTACT: "reason",
    Binding.Kind.ORDER: "status",
}


@dataclass(frozen=True)
class Example:
    """One signal caught: its time in the workspace's zone, its name and what else is known of it."""

    time: datetime | None
    name: str
    details: list[str]


@dataclass(frozen=True)
class Catch:
    """`sentence` says how much is caught; `is_empty` whether that is nothing at all."""

    sentence: str
    examples: list[Example]
    is_empty: bool


def catch_of(workspace: Workspace, kind: str, selector: Selector) -> Catch:
    """What the selector takes in the newest 28 days; where that is nothing, in all data."""
    state = store().state(workspace.key.hex)
    now = datetime.now(UTC).replace(tzinfo=None)
    if state.data_as_of is None:
        sentence = _("No data has been received yet. Import some first; then this page shows what is caught.")
        return Catch(sentence, [], True)
    # Data that ended long ago is shown by its own last days, and the sentence says which those are.
    is_fresh = now - state.data_as_of <= _FRESH
    end = now if is_fresh else state.data_as_of + timedelta(microseconds=1)
    if is_fresh:
        when = _("in the last %s days") % DAYS
    else:
        day = formats.day(_local(state.data_as_of, workspace), _language(), year=True)
        when = _("in the %(days)s days up to %(day)s") % {"days": DAYS, "day": day}
    scope = Scope(start=end - timedelta(days=DAYS), end=end, timezone=workspace.timezone)
    found = store().preview(workspace.key.hex, [selector], scope)
    if not found.signals:
        ever = store().preview(workspace.key.hex, [selector], Scope(timezone=workspace.timezone))
        if ever.signals:
            sentence = _("Nothing %(when)s, but %(counts)s in all data.") % {
                "when": when,
                "counts": counts_in_words(kind, ever),
            }
            return Catch(sentence, examples_of(ever, workspace), False)
        return Catch(_("This would catch nothing: no such signal has been received."), [], True)
    sentence = _("%(counts)s %(when)s.") % {"counts": counts_in_words(kind, found), "when": when}
    return Catch(sentence, examples_of(found, workspace), False)


def counts_in_words(kind: str, found: Preview | Counted) -> str:
    """`12,340 events from 4,210 people`"""
    number = formats.number(found.signals, _language())
    signals = {
        Binding.Kind.EVENT: ngettext("%(number)s event", "%(number)s events", found.signals),
        Binding.Kind.SCORE: ngettext("%(number)s answer", "%(number)s answers", found.signals),
        Binding.Kind.CONTACT: ngettext("%(number)s contact", "%(number)s contacts", found.signals),
        Binding.Kind.ORDER: ngettext("%(number)s order", "%(number)s orders", found.signals),
    }[Binding.Kind(kind)] % {"number": number}
    people = ngettext("from %(number)s person", "from %(number)s people", found.people) % {
        "number": formats.number(found.people, _language())
    }
    return f"{signals} {people}"


def words_of(binding: Binding) -> str:
    """A binding as a line of text: `Events: product_view · address */product/* · channel web`."""
    is_score = binding.kind == Binding.Kind.SCORE
    names = ", ".join(metric_name(name) if is_score else name for name in binding.names)
    nouns = {
        Binding.Kind.EVENT: (_("Events: %s") % names, _("All events")),
        Binding.Kind.SCORE: (_("Answers: %s") % names, _("All answers")),
        Binding.Kind.CONTACT: (_("Contacts: %s") % names, _("All contacts")),
        Binding.Kind.ORDER: (_("Orders in state: %s") % names, _("All orders")),
    }
    named, every = nouns[Binding.Kind(binding.kind)]
    parts = [named if names else every]
    if binding.url:
        parts.append(_("address %s") % binding.url)
    if binding.channel:
        parts.append(_("channel %s") % channel_name(binding.channel))
    parts += [conditions.in_words(condition) for condition in binding.where]
    return " · ".join(parts)


def examples_of(found: Preview, workspace: Workspace) -> list[Example]:
    """The signals shown, on the workspace's clock."""
    examples = []
    for signal in found.examples[:EXAMPLES]:
        time = signal.get("time")
        details = [channel_name(str(signal["channel"]))] if signal.get("channel") else []
        details += [str(signal[part]) for part in ("url", "text") if signal.get(part)]
        examples.append(
            Example(
                time=_local(time, workspace) if isinstance(time, datetime) else None,
                name=str(signal.get("name") or ""),
                details=[detail if len(detail) <= 120 else detail[:119] + "…" for detail in details],
            )
        )
    return examples


def _local(moment: datetime, workspace: Workspace) -> datetime:
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(workspace.timezone))


def _language() -> str:
    return (get_language() or "fi")[:2]

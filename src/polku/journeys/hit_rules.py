"""Bindings as the event store understands them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django_scopes import scopes_disabled

from polku.analytics.parsing import parse_conditions
from polku.eventstore.port import HitRule, Selector, SignalKind
from polku.journeys.models import Binding

_KINDS = {
    Binding.Kind.EVENT: (SignalKind.EVENT,),
    # Who wrote a comment and gave no score has answered the survey all the same.
    Binding.Kind.SCORE: (SignalKind.SCORE, SignalKind.COMMENT),
    Binding.Kind.CONTACT: (SignalKind.CONTACT,),
    Binding.Kind.ORDER: (SignalKind.ORDER,),
}


def selector_of(binding: Binding) -> Selector:
    """What a binding takes; the binding need not be saved."""
    return Selector(
        kinds=_KINDS[Binding.Kind(binding.kind)],
        names=tuple(binding.names),
        url=binding.url or None,
        channel=binding.channel or None,
        where=parse_conditions(binding.where, field="where"),
    )


def hit_rules(workspace: str) -> Sequence[HitRule]:
    """All rules of the workspace with that store key."""
    # The loader asks outside any scope; the key restricts it to one workspace.
    with scopes_disabled():
        bindings = list(Binding.objects.filter(workspace__key=uuid.UUID(hex=workspace)))
    return [HitRule(touchpoint=binding.touchpoint_id, selector=selector_of(binding)) for binding in bindings]

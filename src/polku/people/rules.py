"""What a segment's rule means, and whether it means anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics import QueryError, conditions
from polku.analytics.parsing import parse_conditions, parse_selectors
from polku.eventstore.bought import PROPERTIES as BOUGHT
from polku.eventstore.port import SegmentRule

PARTS = ("where", "did", "did_not")
MOST_ROWS = 20


def parse_rule(workspace: Workspace, rule: Mapping[str, Any]) -> SegmentRule:
    """The rule as the store takes it. Raises QueryError.

    Conditions about purchases stand among those about properties; orders that the workspace calls cancelled are none.
    """
    where = parse_conditions(rule.get("where"), field="where")
    bought = tuple(each for each in where if each.property in BOUGHT)
    return SegmentRule(
        where=tuple(each for each in where if each.property not in BOUGHT),
        bought=bought,
        void=tuple(sorted(workspace.cancelled_states)) if bought else (),
        did=parse_selectors(workspace, rule.get("did"), field="did", most=MOST_ROWS),
        did_not=parse_selectors(workspace, rule.get("did_not"), field="did_not", most=MOST_ROWS),
    )


def clean_rule(workspace: Workspace, rule: Mapping[str, Any]) -> dict[str, Any]:
    """The rule with its three parts, so that what is stored always has a meaning.

    Raises ValidationError for a part that is unknown or cannot be parsed, a condition on orders, and a rule that
    restricts nothing.
    """
    unknown = sorted(set(rule) - set(PARTS))
    if unknown:
        raise ValidationError(
            _("A segment has no part “%(part)s”; its parts are %(parts)s.")
            % {"part": unknown[0], "parts": ", ".join(PARTS)}
        )
    try:
        parsed = parse_rule(workspace, rule)
    except QueryError as error:
        raise ValidationError(error.message) from error
    for condition in parsed.where:
        if condition.property.startswith("order."):
            raise ValidationError(
                _("“%s” is a property of orders: put it under what customers did or did not do.")
                % condition.property
            )
    if not (parsed.where or parsed.bought or parsed.did or parsed.did_not):
        raise ValidationError(_("Give at least one property or one thing that customers did or did not do."))
    return {part: [dict(row) for row in rule.get(part) or ()] for part in PARTS}


def in_words(rule: Mapping[str, Any]) -> list[str]:
    """The rule as lines of text: `city is Oulu`, `did: checkout, value is at least 100`."""
    lines = [conditions.in_words(condition) for condition in rule.get("where", ())]
    for part, pattern in (("did", _("did: %s")), ("did_not", _("did not: %s"))):
        lines += [pattern % _selector_in_words(selector) for selector in rule.get(part, ())]
    return lines


def _selector_in_words(selector: Mapping[str, Any]) -> str:
    event = selector.get("event")
    names = event if isinstance(event, list) else [event] if event else []
    if "touchpoint" in selector:
        names = [*names, _("touchpoint %s") % selector["touchpoint"]]
    where = [conditions.in_words(condition) for condition in selector.get("where") or ()]
    return ", ".join([*(names or [_("anything")]), *where])

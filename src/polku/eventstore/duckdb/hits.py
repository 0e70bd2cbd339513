"""Which signals hit which touchpoints: found by rules when signals are written, so that reads only look up."""

from __future__ import annotations

from collections.abc import Sequence

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import HitRule, Progress


def find_hits(
    session: Session, rules: Sequence[HitRule], *, of: str = "true", progress: Progress | None = None
) -> None:
    """Add the hits of the signals for which the SQL `of` (about `s`) holds; they must have none of these."""
    touchpoints: dict[int, list[HitRule]] = {}
    for rule in rules:
        touchpoints.setdefault(rule.touchpoint, []).append(rule)
    for done, (touchpoint, its_rules) in enumerate(touchpoints.items(), 1):
        terms = Terms(session.db)
        number = terms.parameter(touchpoint)
        taken = conditions.selectors(terms, [rule.selector for rule in its_rules])
        session.run(
            f"INSERT INTO {session.db}.hit SELECT {number}, s.arrival FROM {terms.source()} "
            f"WHERE ({of}) AND {taken}",
            terms.parameters,
        )
        if progress:
            progress(done, len(touchpoints))


def find_hits_at_once(session: Session, rules: Sequence[HitRule], *, of: str) -> None:
    """`find_hits` in one statement: quicker where the signals are few and the touchpoints many."""
    touchpoints: dict[int, list[HitRule]] = {}
    for rule in rules:
        touchpoints.setdefault(rule.touchpoint, []).append(rule)
    if not touchpoints:
        return
    terms = Terms(session.db)
    found = []
    for touchpoint, its_rules in touchpoints.items():
        taken = conditions.selectors(terms, [rule.selector for rule in its_rules])
        found.append(f"CASE WHEN {taken} THEN CAST({terms.parameter(touchpoint)} AS BIGINT) END")
    session.run(
        f"""INSERT INTO {session.db}.hit SELECT touchpoint, arrival FROM (
            SELECT unnest([{", ".join(found)}]) AS touchpoint, s.arrival FROM {terms.source()} WHERE {of}
        ) WHERE touchpoint IS NOT NULL""",
        terms.parameters,
    )


def forget_hits(session: Session, touchpoints: Sequence[int], *, of: str | None = None) -> None:
    """Remove the touchpoints' hits, with `of` only those of signals for which it holds."""
    if not touchpoints:
        return
    some = ""
    if of is not None:
        some = f" AND signal IN (SELECT s.arrival FROM {session.db}.signal AS s WHERE {of})"
    session.run(
        f"DELETE FROM {session.db}.hit WHERE touchpoint IN (SELECT unnest($touchpoints)){some}",
        {"touchpoints": sorted(set(touchpoints))},
    )


def find_again(session: Session, rules: Sequence[HitRule], *, of: str) -> None:
    """Bring the hits by `rules` of signals that changed up to date."""
    if not rules:
        return
    forget_hits(session, [rule.touchpoint for rule in rules], of=of)
    find_hits(session, rules, of=of)


def rules_about(rules: Sequence[HitRule], *prefixes: str) -> list[HitRule]:
    """All rules of the touchpoints of which some rule asks for properties that begin so."""
    touchpoints = {
        rule.touchpoint
        for rule in rules
        if any(condition.property.startswith(prefixes) for condition in rule.selector.where)
    }
    return [rule for rule in rules if rule.touchpoint in touchpoints]

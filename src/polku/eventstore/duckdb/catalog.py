"""Names received, and what selectors would catch: what forms offer while a binding is made."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import ORDER, Terms
from polku.eventstore.port import CatalogEntry, CatalogKind, Preview, Scope, Selector, SignalKind, StoreError

_NAMES = {
    "event": ("s.name", SignalKind.EVENT),
    "reason": ("s.name", SignalKind.CONTACT),
    "metric": ("s.name", SignalKind.SCORE),
    "status": ("s.name", SignalKind.ORDER),
    "url": ("s.url", None),
    "channel": ("s.channel", None),
}
_EXAMPLES = 5


def catalog(session: Session, what: CatalogKind, *, search: str, limit: int) -> list[CatalogEntry]:
    """Names by how often they came, most first; people of properties are not counted (0)."""
    if what == "property":
        return _properties(session, search, limit)
    if what not in _NAMES:
        raise StoreError(_("“%s” is not a kind of name.") % what)
    column, kind = _NAMES[what]
    terms = Terms(session.db)
    parts = [f"{column} IS NOT NULL"]
    if kind is not None:
        parts.append(f"s.kind = {int(kind)}")
    if what == "status":
        terms.uses_order = True
        parts.append("o.status IS NOT NULL")
    if search:
        parts.append(f"contains(lower({column}), lower({terms.parameter(search)}))")
    found = session.rows(
        f"""SELECT {column} AS name, count(*), count(DISTINCT s.person), max(s.time)
        FROM {terms.source()} WHERE {all_of(parts)}
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT {terms.parameter(limit)}""",
        terms.parameters,
    )
    return [CatalogEntry(*row) for row in found]


def _properties(session: Session, search: str, limit: int) -> list[CatalogEntry]:
    (orders,) = session.row(f"SELECT count(*) FROM {session.db}.orders")
    built_in = [f"order.{name}" for name in ORDER] if orders else []
    found = session.rows(
        f"""
        SELECT name, sum(signals), 0, max(last) FROM (
            SELECT name, signals, last FROM {session.db}.property
            UNION ALL SELECT unnest(CAST($built_in AS VARCHAR[])), $orders, NULL
        ) WHERE contains(lower(name), lower($search))
        GROUP BY name ORDER BY 2 DESC, 1 LIMIT $limit""",
        {"built_in": built_in, "orders": orders, "search": search, "limit": limit},
    )
    return [CatalogEntry(name, int(signals), people, last) for name, signals, people, last in found]


def preview(session: Session, selectors: Sequence[Selector], scope: Scope) -> Preview:
    terms = Terms(session.db, scope.timezone)
    where = all_of([conditions.scoped(terms, scope), conditions.selectors(terms, selectors)])
    signals, people = session.row(
        f"SELECT count(*), count(DISTINCT s.person) FROM {terms.source()} WHERE {where}", terms.parameters
    )
    shown = ("time", "name", "url", "channel", "text", "person")
    examples = session.rows(
        f"""SELECT {", ".join(f"s.{column}" for column in shown)} FROM {terms.source()} WHERE {where}
        ORDER BY s.time DESC, s.arrival DESC LIMIT {_EXAMPLES}""",
        terms.parameters,
    )
    return Preview(signals, people, [dict(zip(shown, row, strict=True)) for row in examples])

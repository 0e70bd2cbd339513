"""How well signals join: by source and kind, and which of them did not."""

from __future__ import annotations

import pyarrow as pa

from polku.eventstore.duckdb import conditions, id_kinds
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.persons import JoinRate
from polku.eventstore.port import Scope, SignalKind

_KNOWN_ORDER = "(time IS NOT NULL OR value IS NOT NULL OR status IS NOT NULL)"
_ORDER = int(SignalKind.ORDER)
_LOOKED_AT = 50  # signals per example: a visitor's many page views count once
_KINDS = 8  # a power of two above every kind


def join_rates(session: Session, scope: Scope) -> list[JoinRate]:
    """Counts by source and kind in scope; people are looked at in all they ever did.

    Sources and kinds are numbered first: ten million signals are grouped by numbers in half the time that text
    takes.
    """
    terms = Terms(session.db, scope.timezone)
    db, where = session.db, conditions.scoped(terms, scope)
    origins = _origins(session)
    rows = session.rows(
        f"""
        WITH buyers AS ({_buyers(db)}), known AS ({id_kinds.named_people(db)}),
        tally AS MATERIALIZED (
            SELECT s.person, {_code(terms, origins)} AS code, count(*) FILTER ({where}) AS signals,
                count(s.order_key) FILTER ({where}) AS numbered,
                count(*) FILTER (s.order_key IN ({_lost_orders(db)}) AND ({where})) AS lost
            FROM {terms.source()} GROUP BY s.person, code
        ), people AS (
            SELECT person, {_several("code", origins)} AS several FROM tally GROUP BY person
        ), joined AS (
            SELECT t.code, t.signals, t.numbered, t.lost, t.numbered - t.lost AS ordered, p.several,
                known.person IS NOT NULL AS is_known, known.is_bridged, buyers.person IS NOT NULL AS has_bought,
                t.code % {_KINDS} = {_ORDER} AS is_order
            FROM tally AS t JOIN people AS p USING (person)
            LEFT JOIN known USING (person) LEFT JOIN buyers USING (person) WHERE t.signals > 0
        )
        SELECT code // {_KINDS}, code % {_KINDS}, sum(signals) AS signals, count(*),
            sum(CASE WHEN is_known THEN signals ELSE 0 END),
            sum(CASE WHEN has_bought THEN signals ELSE ordered END),
            sum(CASE WHEN several THEN signals ELSE 0 END),
            sum(CASE WHEN several OR (has_bought AND NOT is_order) THEN signals
                WHEN is_order THEN 0 ELSE ordered END),
            sum(numbered), sum(lost), sum(CASE WHEN is_bridged THEN signals ELSE 0 END)
        FROM joined GROUP BY code ORDER BY signals DESC, code""",
        terms.parameters,
    )
    ids = _ids(session, scope)
    return [
        JoinRate(
            origin=origins[number] or "",
            kind=int(kind),
            signals=int(signals),
            people=int(people),
            known=int(known),
            ordered=int(ordered),
            elsewhere=int(elsewhere),
            joined=int(joined),
            numbered=int(numbered),
            lost=int(lost),
            bridged=int(bridged),
            ids=ids.get((origins[number] or "", int(kind)), {}),
        )
        for number, kind, signals, people, known, ordered, elsewhere, joined, numbered, lost, bridged in rows
    ]


def unjoined(session: Session, scope: Scope, origin: str, kind: SignalKind, *, limit: int) -> pa.Table:
    """Newest first; see the port."""
    terms = Terms(session.db, scope.timezone)
    db, origins = session.db, _origins(session)
    parts = [
        conditions.scoped(terms, scope),
        f"s.kind = {int(kind)}",
        f"coalesce(s.origin, '') = {terms.parameter(origin)}",
    ]
    if kind is not SignalKind.ORDER:
        parts += [
            f"s.person NOT IN ({_buyers(db)})",
            f"(s.order_key IS NULL OR s.order_key IN ({_lost_orders(db)}))",
        ]
    return session.table(
        f"""
        WITH several AS (
            SELECT s.person FROM {db}.signal AS s
            GROUP BY s.person HAVING {_several(_code(terms, origins), origins)}
        ), alone AS (
            SELECT s.arrival, s.time, s.name, s.identity, s.order_key, s.channel, s.value, s.score, s.text, s.url,
                s.properties, s.person
            FROM {terms.source()} WHERE {all_of(parts)} AND s.person NOT IN (SELECT person FROM several)
            ORDER BY s.time DESC, s.arrival DESC LIMIT {_LOOKED_AT * limit}
        ), newest AS (
            SELECT * FROM alone
            QUALIFY row_number() OVER (PARTITION BY person ORDER BY time DESC, arrival DESC) = 1
            ORDER BY time DESC, arrival DESC LIMIT {terms.parameter(limit)}
        )
        SELECT n.arrival, n.time, n.name, i.alias, {id_kinds.kind()} AS alias_kind, o.id AS "order", n.channel,
            n.value, n.score, n.text, n.url, n.properties, n.person
        FROM newest AS n LEFT JOIN {db}.identity AS i ON i.identity = n.identity
        LEFT JOIN {db}.orders AS o ON o.order_key = n.order_key
        ORDER BY n.time DESC, n.arrival DESC""",
        terms.parameters,
    )


def _ids(session: Session, scope: Scope) -> dict[tuple[str, int], dict[str, int]]:
    """Signals by source, kind and the kinds of ids that they came with."""
    terms = Terms(session.db, scope.timezone)
    where = conditions.scoped(terms, scope)
    rows = session.rows(
        f"""
        WITH ids AS (
            SELECT i.identity, {id_kinds.kind()} AS kind FROM {session.db}.identity AS i
        ), came AS (
            SELECT coalesce(s.origin, '') AS origin, s.kind,
                CASE WHEN s.identity IS NULL THEN 'none' ELSE i.kind END AS id,
                CASE WHEN s.device IS DISTINCT FROM s.identity THEN d.kind END AS device, count(*) AS signals
            FROM {terms.source()} LEFT JOIN ids AS i ON i.identity = s.identity
            LEFT JOIN ids AS d ON d.identity = s.device
            WHERE {where} GROUP BY ALL
        )
        SELECT origin, kind, id, CAST(sum(signals) AS BIGINT) FROM (
            SELECT origin, kind, id, signals FROM came
            UNION ALL SELECT origin, kind, device, signals FROM came WHERE device IS NOT NULL AND device <> id
        ) GROUP BY ALL ORDER BY ALL""",
        terms.parameters,
    )
    found: dict[tuple[str, int], dict[str, int]] = {}
    for origin, kind, id_kind, signals in rows:
        found.setdefault((origin, kind), {})[id_kind] = signals
    return found


def _origins(session: Session) -> list[str | None]:
    """The sources of all signals; a signal's code is its source's place here and its kind in one number."""
    return [
        row[0] for row in session.rows(f"SELECT DISTINCT origin FROM {session.db}.signal ORDER BY origin")
    ]


def _code(terms: Terms, origins: list[str | None]) -> str:
    cases = " ".join(
        f"WHEN {terms.parameter(origin)} THEN {number}"
        for number, origin in enumerate(origins)
        if origin is not None
    )
    nothing = origins.index(None) if None in origins else -1
    place = f"CASE s.origin {cases} ELSE {nothing} END" if cases else str(nothing)
    return f"CAST(({place}) * {_KINDS} + s.kind AS INTEGER)"


def _several(code: str, origins: list[str | None]) -> str:
    """Whether a group of codes comes from several sources.

    One name of simulated data, and none of what is older than sources, stand for all systems of a company: there
    the kinds are taken for the sources.
    """
    apart = [number for number, origin in enumerate(origins) if origin in (None, "simulation")]
    whole = f"list_contains({apart}, {code} // {_KINDS})" if apart else "false"
    source = f"CASE WHEN {whole} THEN {code} ELSE ({code} // {_KINDS}) * {_KINDS} END"
    return f"min({source}) <> max({source})"


def _buyers(db: str) -> str:
    return f"SELECT DISTINCT person FROM {db}.orders WHERE {_KNOWN_ORDER}"


def _lost_orders(db: str) -> str:
    """Orders that signals name and of which nothing else is known."""
    return f"SELECT order_key FROM {db}.orders WHERE NOT {_KNOWN_ORDER}"

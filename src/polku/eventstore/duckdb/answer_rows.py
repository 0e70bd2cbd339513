"""Answers row by row; see `eventstore.answers`."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
from django.utils.translation import gettext as _

from polku.eventstore.answers import ANSWER_ROWS, ASKED, MOST_SELECTORS
from polku.eventstore.duckdb import conditions
from polku.eventstore.duckdb.conditions import all_of
from polku.eventstore.duckdb.session import Session
from polku.eventstore.duckdb.terms import Terms
from polku.eventstore.port import Scope, Selector, SignalKind, StoreError

_SAMPLE = 32
"""Responses of each question, those with the smallest hashes: of two questions of one survey the samples meet."""


def asked(session: Session) -> pa.Table:
    table = session.table(
        f"""WITH score AS MATERIALIZED (
            SELECT arrival, name, person, json_extract_string(properties, '/question') AS question,
                json_extract_string(properties, '/survey') AS survey,
                hash(json_extract_string(properties, '/response')) AS response,
                contains(coalesce(properties, ''), '"response"') AS has_response
            FROM {session.db}.signal WHERE kind = {int(SignalKind.SCORE)} AND score IS NOT NULL
        )
        SELECT name, question, survey, CAST(NULL AS BIGINT) AS touchpoint, count(*) AS answers,
            count(DISTINCT person) AS people,
            coalesce(min(DISTINCT response, {_SAMPLE}) FILTER (has_response), []) AS responses
        FROM score GROUP BY ALL
        UNION ALL
        SELECT s.name, NULL, NULL, h.touchpoint, count(*), count(DISTINCT s.person), []
        FROM score AS s JOIN {session.db}.hit AS h ON h.signal = s.arrival GROUP BY ALL
        ORDER BY answers DESC, name, question, survey, touchpoint"""
    )
    return table.cast(ASKED)


def answer_rows(
    session: Session,
    scope: Scope,
    selectors: Sequence[Selector],
    *,
    properties: Sequence[str],
    by_touchpoint: bool,
) -> pa.Table:
    if len(selectors) > MOST_SELECTORS:
        raise StoreError(_("At most %s kinds of signals can be told apart in one question.") % MOST_SELECTORS)
    schema = ANSWER_ROWS
    for number in range(len(properties)):
        schema = schema.append(pa.field(f"p{number}", pa.string()))
    if by_touchpoint:
        schema = schema.append(pa.field("touchpoint", pa.int64()))
    if not selectors:
        return schema.empty_table()
    terms = Terms(session.db, scope.timezone)
    bits = [
        f"CASE WHEN {conditions.selector(terms, selector)} THEN {2**place} ELSE 0 END"
        for place, selector in enumerate(selectors)
    ]
    # What no selector could take by its kind or name is left out before anything is looked up in JSON.
    kinds = {int(kind) for selector in selectors for kind in selector.kinds}
    only = f"s.kind IN ({', '.join(map(str, sorted(kinds)))})" if all(s.kinds for s in selectors) else "true"
    where = all_of([only, conditions.scoped(terms, scope)])
    columns = [
        "s.arrival",
        f"CAST({' + '.join(bits)} AS BIGINT) AS selectors",
        "s.person",
        "s.time",
        's.order_key AS "order"',
        f"{terms.property('response').text()} AS response",
        "s.score",
        "s.scale_low",
        "s.scale_high",
        *(f"{terms.property(name).text()} AS p{number}" for number, name in enumerate(properties)),
    ]
    hit = ""
    if by_touchpoint:
        columns.append("h.touchpoint")
        hit = f" LEFT JOIN {session.db}.hit AS h ON h.signal = s.arrival"
    then = ", touchpoint" if by_touchpoint else ""
    table = session.table(
        f"""SELECT * FROM (SELECT {", ".join(columns)} FROM {terms.source()}{hit} WHERE {where})
        WHERE selectors <> 0 ORDER BY arrival{then}""",
        terms.parameters,
    )
    return table.cast(schema)

"""The whole paths that units went, from first to last, and how many went each."""

from __future__ import annotations

from collections.abc import Mapping

from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.asked_paths import COMMON_PATH_FIELDS, names_version, parse_paths


def variants(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"variants": [{"path", "count", "share", "median_seconds"}], "distinct", "units", "median_seconds", "ties"}.

    The `top` most frequent paths of all `distinct` ones; `share` is of all units, `median_seconds` from first to
    last. Nodes and units as in `paths`.
    """
    asked = parse_paths(context, query, top=10)
    found = context.store.variants(context.key, context.scope, asked.question)
    return {
        "variants": [
            {
                "path": [asked.name(node) for node in row.path],
                "count": row.count,
                "share": row.count / found.units,
                "median_seconds": row.median / 1e6,
            }
            for row in found.variants
        ],
        "distinct": found.distinct,
        "units": found.units,
        "median_seconds": None if found.median is None else found.median / 1e6,
        "ties": found.ties,
        "rows_scanned": found.scanned,
    }


register(Kind(name="variants", fields=COMMON_PATH_FIELDS, run=variants, units=True, version=names_version))

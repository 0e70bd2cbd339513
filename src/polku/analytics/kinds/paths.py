"""Where people go from where: straight steps from one thing to the next, and the streams they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind, register
from polku.analytics.kinds.asked_paths import COMMON_PATH_FIELDS, AskedPaths, names_version, parse_paths
from polku.eventstore.behaviour import NodeCount


def paths(context: QueryContext, query: Mapping[str, object]) -> Answer:
    """{"transitions": [{"from", "to", "count", "median_seconds"}], "total", "distinct", "starts": [{"name", "count"}],
    "ends", "loops", "flows": [{"level", "from", "to", "count"}], "units", "ties"}, for persons, sessions or orders.

    `nodes` are what paths go through: events, page addresses, or the touchpoints of `journey`, whose numbers stand in
    "touchpoints": [{"name", "id"}]. `from` keeps of each unit what follows its first such signal, `to` what leads to
    its last one. `transitions` are the `top` most frequent of `total` (`distinct` different ones); `starts` and `ends`
    count units, `loops` units that came back to a node. `flows`, for `depth` levels, count units by their place in the
    path: level 0 begins with the first node, and with only `to` the last level ends with the last one, levels being
    negative. A null "from" or "to" is everything beyond the largest nodes of its level.
    """
    asked = parse_paths(context, query, top=50)
    found = context.store.paths(context.key, context.scope, asked.question)
    answer: Answer = {
        "transitions": [
            {
                "from": asked.name(row.source),
                "to": asked.name(row.target),
                "count": row.count,
                "median_seconds": row.median / 1e6,
            }
            for row in found.transitions
        ],
        "total": found.total,
        "distinct": found.distinct,
        "starts": _counted(asked, found.starts),
        "ends": _counted(asked, found.ends),
        "loops": _counted(asked, found.loops),
        "flows": [
            {
                "level": flow.level,
                "from": None if flow.source is None else asked.name(flow.source),
                "to": None if flow.target is None else asked.name(flow.target),
                "count": flow.count,
            }
            for flow in found.flows
        ],
        "units": found.units,
        "ties": found.ties,
        "rows_scanned": found.scanned,
    }
    if asked.names:
        answer["touchpoints"] = [{"name": name, "id": int(number)} for number, name in asked.names.items()]
    return answer


def _counted(asked: AskedPaths, rows: Sequence[NodeCount]) -> list[dict[str, object]]:
    return [{"name": asked.name(row.name), "count": row.count} for row in rows]


register(
    Kind(
        name="paths",
        fields=(*COMMON_PATH_FIELDS, "from", "to", "depth"),
        run=paths,
        units=True,
        version=names_version,
    )
)

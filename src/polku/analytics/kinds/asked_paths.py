"""From the JSON of a question about paths to the one that the event store takes, for paths and variants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast, get_args

from django.utils.translation import gettext as _

from polku.analytics import resolvers, values
from polku.analytics.context import QueryContext
from polku.analytics.errors import QueryError
from polku.analytics.known import warn_of_unknown
from polku.analytics.parsing import parse_selector
from polku.analytics.resolvers import JourneyChoice
from polku.eventstore.behaviour import Node, PathQuestion
from polku.eventstore.port import Selector

NODES: tuple[str, ...] = get_args(Node)
COMMON_PATH_FIELDS = ("nodes", "journey", "collapse_repeats", "top")
MOST_LISTED = 500
DEEPEST = 8
_LARGEST_ID = 2**63 - 1


@dataclass(frozen=True)
class AskedPaths:
    """Paths as the store takes them; `names` says what its nodes are called where they are touchpoints."""

    question: PathQuestion
    names: Mapping[str, str]

    def name(self, node: str) -> str:
        """What people call a node of the store's answer."""
        return self.names.get(node, node)


def parse_paths(context: QueryContext, query: Mapping[str, object], *, top: int) -> AskedPaths:
    """The fields that paths and variants share, and those of paths where they are given. Raises QueryError."""
    nodes = cast(Node, values.choice(query.get("nodes", "event"), NODES, field="nodes"))
    names = _touchpoints(context, query, nodes)
    start, end = _selector(context, query, "from"), _selector(context, query, "to")
    question = PathQuestion(
        node=nodes,
        unit=context.unit,
        touchpoints=tuple(int(number) for number in names),
        start=start,
        end=end,
        collapse_repeats=values.truth(query.get("collapse_repeats", False), field="collapse_repeats"),
        top=values.whole(query.get("top", top), least=1, most=MOST_LISTED, field="top"),
        depth=values.whole(query.get("depth", 0), least=0, most=DEEPEST, field="depth"),
    )
    return AskedPaths(question, names)


def names_version(context: QueryContext, query: Mapping[str, object]) -> str:
    """What the answer depends on beside the signals: the touchpoints of the journeys and their names."""
    if query.get("nodes") != "touchpoint":
        return ""
    return repr(resolvers.journey_choices(context.workspace))


def _selector(context: QueryContext, query: Mapping[str, object], field: str) -> Selector | None:
    if field not in query:
        return None
    selector = parse_selector(context.workspace, query[field], field=field)
    warn_of_unknown(context, selectors=[selector])
    return selector


def _touchpoints(context: QueryContext, query: Mapping[str, object], nodes: Node) -> dict[str, str]:
    """Number as text → name of the touchpoints that paths go through, in the order of the map."""
    if nodes != "touchpoint":
        if "journey" in query:
            raise QueryError(
                _("“journey” goes with “nodes”: “touchpoint”; other nodes need no journey."),
                field="journey",
            )
        return {}
    journey = _journey(context, query.get("journey"))
    points = [(stage.name, number, name) for stage in journey.stages for number, name in stage.touchpoints]
    if not points:
        raise QueryError(
            _("No touchpoint of the journey “%(name)s” has a data connection yet.") % {"name": journey.name},
            field="journey",
        )
    # Two touchpoints of one name are told apart by their stages, and where even these are equal by number.
    bare = Counter(name for _stage, _number, name in points)
    staged = Counter((stage, name) for stage, _number, name in points)
    return {
        str(number): name
        if bare[name] == 1
        else f"{name} ({stage})"
        if staged[stage, name] == 1
        else f"{name} ({stage}, {number})"
        for stage, number, name in points
    }


def _journey(context: QueryContext, number: object) -> JourneyChoice:
    if number is None:
        raise QueryError(_("Paths through touchpoints need the number of their “journey”."), field="journey")
    number = values.whole(number, least=1, most=_LARGEST_ID, field="journey")
    for journey in resolvers.journey_choices(context.workspace):
        if journey.id == number:
            return journey
    raise QueryError(_("There is no journey %(number)d.") % {"number": number}, field="journey")

"""The kind of question "journey": the whole live map."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics import QueryError
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Kind
from polku.journeys.live.assembling import assemble, written
from polku.journeys.live.reading import live_numbers
from polku.journeys.live.structure import Structure, read_structure
from polku.journeys.losses import losses_of
from polku.journeys.models import Journey

_LARGEST_ID = 2**63 - 1


def journey_kind() -> Kind:
    """What `analytics.kinds.register` takes."""
    return Kind(name="journey", fields=("journey", "compare"), run=_run, version=_version)


def _run(context: QueryContext, query: Mapping[str, object]) -> dict[str, object]:
    structure = _structure(context.workspace, query)
    numbers = live_numbers(
        context.store, context.key, structure.plan, context.state, context.scope, context.compare
    )
    compare = None
    if context.compare is not None:
        seen = numbers.compared_as_of
        compare = {**_range(query, "compare"), "as_of": f"{seen.isoformat()}Z" if seen else None}
    return {
        **assemble(structure, numbers, losses_of(context.workspace, structure.journey)),
        "range": _range(query, "range") if "range" in query else None,
        "compare": compare,
        "rows_scanned": numbers.rows_scanned,
    }


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    """Everything people wrote into the map and what is lost there, so that an edit shows at once."""
    structure = _structure(context.workspace, query)
    losses = losses_of(context.workspace, structure.journey)
    text = repr((written(structure), structure.plan, losses))
    return hashlib.sha256(text.encode()).hexdigest()


def _structure(workspace: Workspace, query: Mapping[str, object]) -> Structure:
    number = query.get("journey")
    if isinstance(number, bool) or not isinstance(number, int):
        raise QueryError(_("“journey” must be the number of a journey."), field="journey")
    with scope(workspace=workspace):
        journey = Journey.objects.filter(pk=number).first() if 0 < number <= _LARGEST_ID else None
        if journey is None:
            raise QueryError(_("There is no journey %(number)d.") % {"number": number}, field="journey")
        return read_structure(workspace, journey)


def _range(query: Mapping[str, object], field: str) -> dict[str, object]:
    given = query.get(field)
    parts = given if isinstance(given, Mapping) else {}
    return {"from": parts.get("from"), "to": parts.get("to")}

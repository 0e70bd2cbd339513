"""The kind of question "fix_first": the list of losses of a journey."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.analytics import QueryError
from polku.analytics.context import QueryContext
from polku.analytics.kinds import Answer, Kind
from polku.decide.losing.counting import count
from polku.decide.losing.document import document
from polku.decide.losing.told import Told, read_told
from polku.eventstore.port import Scope
from polku.eventstore.registry import store as open_store
from polku.journeys.live.assembling import written
from polku.journeys.live.structure import Structure, read_structure
from polku.journeys.models import Journey

KIND = "fix_first"
_LARGEST_ID = 2**63 - 1


def fix_first_kind() -> Kind:
    """What `analytics.kinds.register` takes."""
    return Kind(name=KIND, fields=("journey",), run=_run, version=_version)


def _run(context: QueryContext, query: Mapping[str, object]) -> Answer:
    structure, told = _read(context.workspace, query)
    # A year is a year of everybody: the list has periods of its own, which the answer names.
    everybody = replace(context.scope, start=None, end=None)
    counted = count(context.store, context.key, context.workspace, structure, told, everybody)
    return document(context.workspace, structure, told, counted)


def answer_of(workspace: Workspace, journey: Journey) -> tuple[str, Answer]:
    """(`version_of`, the whole answer as `analytics.run` gives it), without the time limit of a question: for the
    background. Raises StoreError."""
    store, key = open_store(), workspace.key.hex
    state = store.state(key)
    with scope(workspace=workspace):
        structure, told = read_structure(workspace, journey), read_told(workspace, journey)
    everybody = Scope(timezone=workspace.timezone)
    counted = count(store, key, workspace, structure, told, everybody)
    as_of = state.data_as_of
    answer = {
        "kind": KIND,
        "data_as_of": f"{as_of.isoformat()}Z" if as_of else None,
        "rows_scanned": state.signals,
        **document(workspace, structure, told, counted),
        "warnings": [],
    }
    return f"{version_of(structure, told)}:{state.version}", answer


def _version(context: QueryContext, query: Mapping[str, object]) -> str:
    structure, told = _read(context.workspace, query)
    return version_of(structure, told)


def version_of(structure: Structure, told: Told) -> str:
    """Names all that people wrote and a list depends on."""
    return hashlib.sha256(repr((written(structure), structure.plan, told)).encode()).hexdigest()


def _read(workspace: Workspace, query: Mapping[str, object]) -> tuple[Structure, Told]:
    number = query.get("journey")
    if isinstance(number, bool) or not isinstance(number, int):
        raise QueryError(_("“journey” must be the number of a journey."), field="journey")
    with scope(workspace=workspace):
        journey = Journey.objects.filter(pk=number).first() if 0 < number <= _LARGEST_ID else None
        if journey is None:
            raise QueryError(_("There is no journey %(number)d.") % {"number": number}, field="journey")
        return read_structure(workspace, journey), read_told(workspace, journey)

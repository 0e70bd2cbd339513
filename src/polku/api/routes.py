"""The addresses below /api/v1/. Nothing is decided here: each asks the rooms below."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from django_scopes import scope
from ninja import Router

from polku.analytics import run
from polku.api.bodies import read_object
from polku.api.callers import Caller
from polku.api.schemas import PROBLEM_RESPONSES, QUERY_OPERATION, WORKSPACE_OPERATION
from polku.eventstore.registry import store

router = Router()


@router.post(
    "/query",
    operation_id="query",
    summary="Ask a question",
    description=(
        "Answers one Query object about the workspace. Shares are 0–1, NPS −100…100, `ci` is [low, high]. Every"
        " answer carries `data_as_of`, `rows_scanned` and `warnings`."
    ),
    openapi_extra=QUERY_OPERATION | {"responses": QUERY_OPERATION["responses"] | PROBLEM_RESPONSES},
)
def query(request: Any) -> HttpResponse:
    caller: Caller = request.auth
    question = read_object(request)
    with scope(workspace=caller.workspace):
        answer = run(caller.workspace, question, sees_people=caller.sees_people)
    return _json(answer)


@router.get(
    "/workspace",
    operation_id="workspace",
    summary="The workspace of the key",
    description="Its settings, and how much data it has received.",
    openapi_extra=WORKSPACE_OPERATION | {"responses": WORKSPACE_OPERATION["responses"] | PROBLEM_RESPONSES},
)
def workspace(request: Any) -> HttpResponse:
    caller: Caller = request.auth
    found = caller.workspace
    state = store().state(found.key.hex)
    return _json(
        {
            "workspace": found.slug,
            "name": found.name,
            "language": found.language,
            "timezone": found.timezone,
            "currency": found.currency,
            "is_simulated": found.is_simulated,
            "data_as_of": f"{state.data_as_of.isoformat()}Z" if state.data_as_of else None,
            "signals": state.signals,
            "people": state.people,
        }
    )


def _json(document: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(document), content_type="application/json")
    response.headers["Cache-Control"] = "private, no-store"
    return response

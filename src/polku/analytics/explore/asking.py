"""Asking what a page's form says, and turning whatever comes back into something to show."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.accounts.access import allows
from polku.analytics import QueryError, run
from polku.analytics.explore import pages
from polku.analytics.explore.cells import DrawnTable, draw
from polku.analytics.explore.pages import Asked, QuestionPage
from polku.analytics.explore.presentation import Presentation
from polku.eventstore.port import StoreError
from polku.eventstore.registry import store
from polku.site.formats import Reader

if TYPE_CHECKING:
    from polku.accounts.access import WorkspaceRequest
    from polku.analytics.explore.forms import QuestionForm


@dataclass(frozen=True)
class Shown:
    """What a page shows: a `presentation`, or a `problem` in words, or neither while nothing is asked yet."""

    form: QuestionForm
    query: dict[str, object] | None = None
    answer: dict[str, Any] | None = None
    presentation: Presentation | None = None
    tables: Sequence[DrawnTable] = ()
    problem: str = ""
    warnings: Sequence[str] = field(default=())

    @property
    def query_text(self) -> str:
        return json.dumps(self.query, ensure_ascii=False, indent=2)

    @property
    def query_for_shell(self) -> str:
        """The query as it stands between single quotes of a shell."""
        return json.dumps(self.query, ensure_ascii=False).replace("'", "'\\''")


def reader_of(request: WorkspaceRequest) -> Reader:
    """In whose form figures are written."""
    workspace = request.workspace
    return Reader((get_language() or "fi")[:2], workspace.currency, workspace.timezone)


def form_of(request: WorkspaceRequest, page: QuestionPage) -> QuestionForm:
    """The page's form as the address fills it in."""
    workspace = request.workspace
    return page.form(request.GET, workspace=workspace, state=store().state(workspace.key.hex))


def ask(request: WorkspaceRequest, page: QuestionPage, form: QuestionForm) -> Shown:
    """Ask, where the form is whole. Raises nothing that a person could have caused."""
    if not form.is_valid():
        return Shown(form, problem=_("Look at the choices: one of them is not as it should be."))
    if not form.is_asked:
        return Shown(form)
    query = form.query()
    reader = reader_of(request)
    try:
        answer: dict[str, Any] = run(
            request.workspace, query, sees_people=allows(request.membership.role, "act")
        )
    except (QueryError, StoreError) as error:
        return Shown(form, query=query, problem=str(error))
    presentation = page.present(answer, Asked(request, page, form, query, reader))
    return Shown(
        form,
        query=query,
        answer=answer,
        presentation=presentation,
        tables=[draw(table, reader) for table in presentation.tables],
        warnings=answer["warnings"],
    )


def address_of(request: WorkspaceRequest, page: QuestionPage, form: QuestionForm, **more: str | None) -> str:
    """The page's address with the form as it stands, and the saved question it was opened from; `more` changes
    parameters."""
    base = pages.base_of(page, request.workspace)
    parameters = form.parameters(**more)
    if number := saved_number(request):
        parameters.append(("saved", str(number)))
    return f"{base}?{urlencode(parameters)}" if parameters else base


def saved_number(request: WorkspaceRequest) -> int | None:
    """Which saved question the address names; there need not be one of that number."""
    number = request.GET.get("saved", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 19 else None

"""Answers and results as files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.analytics.explore.exports import FORMATS, export
from polku.analytics.explore.presentation import Presentation, Table
from polku.eventstore.port import StoreError
from polku.surveys.definition.questions import LANGUAGES
from polku.surveys.models import Response
from polku.surveys.results.dimensions import language_names
from polku.surveys.results.exports import files, spss
from polku.surveys.results.exports.codebook import codebook_data
from polku.surveys.results.exports.fields import fields_of
from polku.surveys.results.exports.rows import Wanted, count
from polku.surveys.results.sections import sections_of
from polku.surveys.results.views.shown import Opened, open_results, open_survey
from polku.surveys.results.views.streaming import Streamed
from polku.surveys.tabs import tabs_of

ANSWERS = ("csv", "xlsx", "sav", "json", "codebook")
TYPES = {**FORMATS, "json": "application/json", "sav": "application/x-spss-sav"}
_PIECE = 65_536


@require_safe
@never_cache
@workspace_view("analyse")
def exports(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """What can be exported, and in which language its labels are."""
    found, versions = open_survey(request, survey)
    held = Response.objects.filter(survey=found, is_held=True, is_test=False).count()
    tests = Response.objects.filter(survey=found, is_test=True).count()
    newest = versions.newest
    offered = newest.languages if newest else LANGUAGES
    names = language_names()
    language = _language(request.GET, offered)
    context = {
        "survey": found,
        "tabs": tabs_of(found, "surveys:results"),
        "languages": [(code, names.get(code, code), code == language) for code in offered],
        "n": count(found, Wanted()),
        "held": held,
        "tests": tests,
        "codebook": [] if found.is_anonymous else codebook_data(fields_of(versions, language)),
        "most_spss": spss.MOST_ROWS,
    }
    return render(request, "surveys/results_exports.html", context)


@require_safe
@never_cache
@workspace_view("analyse")
def answers_file(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """The answers, one row each: `format`, `labels` (a language), `values` (labels or codes), `held`, `tests`. Those of
    an anonymous survey are never given one by one."""
    found, versions = open_survey(request, survey)
    back = redirect("surveys:exports", workspace=request.workspace.slug, survey=survey)
    kind = request.GET.get("format", "csv")
    if kind not in ANSWERS:
        kind = "csv"
    if found.is_anonymous:
        messages.error(request, _("An anonymous survey gives its results only, never answers one by one."))
        return back
    newest = versions.newest
    language = _language(request.GET, newest.languages if newest else LANGUAGES)
    wanted = Wanted(held="held" in request.GET, tests="tests" in request.GET)
    fields = fields_of(versions, language, with_doubtful=wanted.held or wanted.tests)
    values: files.Values = "codes" if request.GET.get("values") == "codes" else "labels"
    name = f"{found.key}-codebook.csv" if kind == "codebook" else f"{found.key}.{kind}"
    content_type = TYPES["csv" if kind == "codebook" else kind]
    if kind == "codebook":
        return _whole(files.codebook_csv(fields), name, content_type)
    if kind == "sav":
        try:
            return _whole(spss.spss_file(found, versions, fields, wanted), name, content_type)
        except spss.SpssUnavailable as error:
            messages.error(request, str(error))
            return back
    if kind == "csv":
        made = files.csv_pieces(found, versions, fields, wanted, values)
    elif kind == "json":
        made = files.json_pieces(found, versions, fields, wanted)
    else:
        made = _xlsx(found, versions, fields, wanted, values)
    return cast(HttpResponse, Streamed(made, name=name, content_type=content_type))


@require_safe
@never_cache
@workspace_view("analyse")
def results_file(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """The tables of the results page as it stands, `format` csv or xlsx; what is hidden there is hidden here."""
    opened = open_results(request, survey)
    kind = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    try:
        tables, problem = _result_tables(opened, request.GET)
    except StoreError as error:
        tables, problem = [], str(error)
    if problem or not tables:
        messages.error(request, problem or _("There is nothing to export yet."))
        return redirect("surveys:results", workspace=request.workspace.slug, survey=survey)
    content = export(Presentation("", tables=tables), kind, title=opened.survey.name)
    return _whole(content, f"{opened.survey.key}-results.{kind}", FORMATS[kind])


def _result_tables(opened: Opened, given: QueryDict) -> tuple[list[Table], str]:
    selection = opened.select(given)
    if selection.problem:
        return [], selection.problem
    tables = []
    for section in sections_of(selection, opened.reader, today=opened.today):
        for table in section.every_table:
            tables.append(Table(f"{section.title} – {table.caption}", table.columns, table.rows))
    return tables, ""


def _xlsx(*arguments: Any) -> Iterator[bytes]:
    """A workbook is whole before its first byte can be sent: it waits in a file."""
    with tempfile.TemporaryFile() as file:
        files.write_xlsx(file, *arguments)
        file.seek(0)
        while piece := file.read(_PIECE):
            yield piece


def _whole(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _language(given: QueryDict, offered: Any) -> str:
    asked = given.get("labels", "")
    return asked if asked in offered else str(next(iter(offered), "fi"))

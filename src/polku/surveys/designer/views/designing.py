"""The designer: every change is one plain form post. With htmx the page follows while somebody writes.

What is saved while somebody writes draws anew only the list, the state and what hangs on a choice, never the field
that has the focus.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import msgspec
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from polku.accounts.access import workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.journeys.models import Touchpoint
from polku.surveys import domain
from polku.surveys.definition import editing
from polku.surveys.definition.questions import AnyQuestion, Definition, from_data
from polku.surveys.designer.page import editor_context, open_designer
from polku.surveys.designer.part_forms import READERS
from polku.surveys.designer.question_form import Read, read_question
from polku.surveys.designer.views.lookups import tell
from polku.surveys.lookups import get_survey
from polku.surveys.models import Survey
from polku.surveys.tabs import tabs_of

_UNDO = "surveys:question-undo"
_CHANGED = "Polku-Changed"
"""A header: the names of the fields that changed (frontend/site/designer.ts)."""


@workspace_view("view")
@require_GET
def design(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    page = open_designer(row, part=request.GET.get("part", ""), key=request.GET.get("question", ""))
    context = editor_context(page) | {"tabs": tabs_of(row, "surveys:design")}
    return render(request, "surveys/design.html", context)


@require_POST
@workspace_view("edit")
def question_add(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    kind, after = request.POST.get("type", ""), request.POST.get("after", "")
    if kind not in editing.TYPES:
        messages.error(request, _("There is no such type of question."))
        return _shown(request, row, key=after)
    made: list[str] = []

    def change(draft: Definition) -> Definition:
        question = editing.new_question(kind, draft)
        made[:] = [question.key]
        place = editing.place_of(draft, after)
        return editing.add_question(draft, question, None if place is None else place + 1)

    if not _change(request, row, change, part="question.added"):
        made = [after]
    return _shown(request, row, key=made[0], focus="#editor h2")


@require_POST
@workspace_view("edit")
def question_save(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    key, form = request.POST.get("question", ""), request.POST.dict()
    kept: list[tuple[AnyQuestion, Read]] = []

    def change(draft: Definition) -> Definition:
        question = editing.find_question(draft, key)
        if question is None:
            raise ValidationError(_("The question has been deleted."))
        read = read_question(draft, question, form)
        kept[:] = [(question, read)]
        return editing.replace_question(draft, key, read.question)

    saved = _change(request, row, change, part=f"question.{key[:40]}")
    if saved and kept:
        question, read = kept[0]
        for sentence in read.problems:
            messages.error(request, sentence)
        key = read.question.key
        if read.has_lost:
            undo_message(
                request,
                _("An option was taken away."),
                restore=_UNDO,
                kept={"survey": row.pk, "question": msgspec.to_builtins(question), "key": key},
            )
    do = form.get("do", "")
    if request.htmx and not do and key == form.get("question"):
        return _followed(request, row, key=key)
    if not do and saved and not request.htmx:
        messages.success(request, _("Saved."))
    return _shown(request, row, key=key, focus=_focus_after(do, row))


@require_POST
@workspace_view("edit")
def question_move(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    key = request.POST.get("question", "")
    by = _whole(request.POST.get("by", ""))
    _change(request, row, lambda draft: editing.move_question(draft, key, by), part="question.moved")
    return _shown(request, row, key=request.POST.get("open") or key)


@require_POST
@workspace_view("edit")
def question_copy(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    key = request.POST.get("question", "")
    copied = [key]

    def change(draft: Definition) -> Definition:
        if editing.find_question(draft, key) is None:
            raise ValidationError(_("The question has been deleted."))
        after, copied[0] = editing.copy_question(draft, key)
        return after

    _change(request, row, change, part="question.added")
    return _shown(request, row, key=copied[0], focus="#editor h2")


@require_POST
@workspace_view("edit")
def question_delete(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    key = request.POST.get("question", "")
    draft = from_data(row.draft)
    place = editing.place_of(draft, key)
    if place is None:
        messages.error(request, _("The question has been deleted."))
        return _shown(request, row, key="")
    if _change(request, row, lambda each: editing.remove_question(each, key), part="question.removed"):
        kept = {
            "survey": row.pk,
            "question": msgspec.to_builtins(draft.questions[place]),
            "place": place,
        }
        undo_message(request, _("Question %s was deleted.") % (place + 1), restore=_UNDO, kept=kept)
    rest = [question.key for question in draft.questions if question.key != key]
    return _shown(request, row, key=rest[min(place, len(rest) - 1)] if rest else "", focus="#editor h2")


@require_POST
@workspace_view("edit")
def question_undo(request: Any) -> HttpResponse:
    """Bring back a question that was deleted, or one as it was before it lost an option."""
    kept = posted_undo(request, restore=_UNDO)
    if kept is None:
        return redirect("surveys:list", workspace=request.workspace.slug)
    row = get_survey(kept["survey"])
    question = msgspec.convert(kept["question"], AnyQuestion)

    def change(draft: Definition) -> Definition:
        if "key" in kept:
            return editing.replace_question(
                draft, kept["key"], msgspec.structs.replace(question, key=kept["key"])
            )
        if editing.find_question(draft, question.key) is not None:
            raise ValidationError(_("“%s” has been brought back already.") % question.key)
        return editing.add_question(draft, question, kept["place"])

    if _change(request, row, change, part="question.restored"):
        messages.success(request, _("The question is as it was."))
    return HttpResponseRedirect(_address(row, question=kept.get("key", question.key)))


@require_POST
@workspace_view("edit")
def part_save(request: Any, survey: int) -> HttpResponse:
    row = get_survey(survey)
    part, form = request.POST.get("part", ""), request.POST.dict()
    if part not in READERS:
        messages.error(request, _("There is no such part of a survey."))
        return _shown(request, row)
    is_saved = True
    try:
        change = READERS[part](form)
        if part == "settings":
            _save_settings(request, row, form)
    except ValidationError as error:
        tell(request, error)
        is_saved = False
    else:
        is_saved = _change(request, row, change, part=part)
    if request.htmx and form.get("do") != "reset" and part != "settings":
        return _followed(request, row, part=part)
    if is_saved and not request.htmx:
        messages.success(request, _("Saved."))
    return _shown(request, row, part=part)


def _save_settings(request: Any, row: Survey, form: dict[str, str]) -> None:
    number = form.get("touchpoint", "")
    touchpoint = None
    if number:
        touchpoint = Touchpoint.objects.filter(pk=number).first() if _is_number(number) else None
        if touchpoint is None:
            raise ValidationError(_("The touchpoint has been deleted."))
    published = row.versions.exists()
    domain.update_survey(
        survey=row,
        actor=request.user,
        name=form.get("name", ""),
        is_anonymous=None if published else "is_anonymous" in form,
        touchpoint=touchpoint,
    )


def _change(request: Any, row: Survey, change: Any, *, part: str) -> bool:
    try:
        domain.change_draft(survey=row, change=change, actor=request.user, part=part)
    except ValidationError as error:
        tell(request, error)
        return False
    return True


def _shown(request: Any, row: Survey, *, part: str = "", key: str = "", focus: str = "") -> HttpResponse:
    """The whole designer anew; without htmx the page that shows it."""
    query = {"part": part} if part else {"question": key}
    if not request.htmx:
        return HttpResponseRedirect(_address(row, **query) + "#editor")
    page = open_designer(get_survey(row.pk), part=part, key=key)
    context = editor_context(page)
    body = render_to_string("surveys/design_frame.html", context, request)
    response = HttpResponse(body + _messages(request))
    response["HX-Push-Url"] = _address(row, **query)
    if focus:
        response["HX-Trigger-After-Swap"] = json.dumps({"polku:focus": focus})
    return response


def _followed(request: Any, row: Survey, *, part: str = "", key: str = "") -> HttpResponse:
    """What follows from a change while somebody writes on: list, state, and rules where a choice was made in one."""
    page = open_designer(get_survey(row.pk), part=part, key=key)
    context = editor_context(page) | {"is_following": True}
    changed = request.headers.get(_CHANGED, "").split()
    context["draws_logic"] = any(name.endswith(("-thing", "-op", "-to", "-match")) for name in changed)
    response = HttpResponse(
        render_to_string("surveys/design_following.html", context, request) + _messages(request)
    )
    response["HX-Trigger-After-Swap"] = json.dumps({"polku:saved": _("Saved.")})
    return response


def _messages(request: Any) -> str:
    return render_to_string("surveys/parts/messages.html", {}, request)


def _address(row: Survey, **query: str) -> str:
    address = reverse("surveys:design", kwargs={"workspace": row.workspace.slug, "survey": row.pk})
    query = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(query)}" if query else address


def _focus_after(do: str, row: Survey) -> str:
    """Where the work goes on after a button of an option was pressed."""
    name, _colon, rest = do.partition(":")
    place, _colon, way = rest.partition(":")
    if rest == "add":
        return f"[data-options={name}] li:last-child input:not([type=hidden])"
    if not place.isdecimal():
        return ""
    number = int(place)
    if way == "remove":
        return f"[data-add={name}]"
    return f"#{name}-{max(0, number + (-1 if way == 'up' else 1))}-{way}, #{name}-{number}-{way}"


def _whole(text: str) -> int:
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 5 else 0


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 18

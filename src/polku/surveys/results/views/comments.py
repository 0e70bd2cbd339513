"""What people wrote: searched, filtered, given tags."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.eventstore.port import StoreError
from polku.surveys.honesty.flags import FLAGS
from polku.surveys.models import Survey, Tag
from polku.surveys.results import words
from polku.surveys.results.comments import SCORE_BANDS, Comments, Search
from polku.surveys.results.domain import tag_responses, untag_responses
from polku.surveys.results.texts import LONGEST_SEARCH
from polku.surveys.results.views.page import choices_of, parameters_of
from polku.surveys.results.views.shown import open_results
from polku.surveys.tabs import tabs_of

MOST_TAGGED = 1_000
TAGS_RESTORE = "surveys:tags-restore"


def read_search(given: QueryDict) -> Search:
    tag = given.get("tag", "")
    return Search(
        words=given.get("q", "").replace("\0", "")[:LONGEST_SEARCH].strip(),
        tag=int(tag) if is_number(tag) else None,
        flag=given.get("flag", "") if given.get("flag", "") in FLAGS else "",
        score=given.get("score", "") if given.get("score", "") in SCORE_BANDS else "",
    )


@require_safe
@never_cache
@workspace_view("view")
def comments(request: WorkspaceRequest, survey: int) -> HttpResponse:
    opened = open_results(request, survey)
    search = read_search(request.GET)
    page = request.GET.get("page", "")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    base = reverse("surveys:comments", args=[request.workspace.slug, opened.survey.pk])
    context: dict[str, Any] = {
        "survey": opened.survey,
        "tabs": tabs_of(opened.survey, "surveys:results"),
        "base": base,
        "search": search,
        "as_of": opened.as_of,
    }
    try:
        selection = opened.select(request.GET)
        found = Comments(selection)
        context |= choices_of(opened, selection, base)
        context |= {
            "problem": selection.problem,
            "is_hidden": found.is_hidden,
            "found": found.page(search, number, opened.reader),
            "all": found.n,
        }
        state = [*_pairs(search), *parameters_of(selection)]
        context |= {
            "state": urlencode(state),
            "newer": _at(base, state, context["found"].page - 1),
            "older": _at(base, state, context["found"].page + 1)
            if context["found"].page < context["found"].pages
            else "",
        }
    except StoreError as error:
        context["problem"] = str(error)
    tags = Tag.objects.filter(responses__survey=opened.survey).distinct()
    names = {"low": _("Low scores"), "middle": _("Middle scores"), "high": _("High scores")}
    context |= {
        "tags": [(tag.pk, tag.name, tag.pk == search.tag) for tag in tags],
        "known_tags": Tag.objects.all(),
        "flags": [(flag, words.flag_word(flag), flag == search.flag) for flag in FLAGS],
        "bands": [(band, names[band], band == search.score) for band in SCORE_BANDS]
        if opened.versions.scores
        else [],
    }
    return render(request, "surveys/results_comments.html", context)


@require_POST
@workspace_view("act")
def tag(request: WorkspaceRequest, survey: int) -> HttpResponse:
    """Give a tag to the answers that are chosen, or take one away (`untag` names its number); with `all`, to all that
    were found."""
    opened = open_results(request, survey)
    state = request.POST.get("state", "")[:4_000]
    back = reverse("surveys:comments", args=[request.workspace.slug, survey]) + (f"?{state}" if state else "")
    given = QueryDict(state)
    try:
        found = Comments(opened.select(given)).rows(read_search(given))
    except StoreError as error:
        messages.error(request, str(error))
        return redirect(back)
    readable = opened.columns.ids[found].tolist()
    if "all" in request.POST:
        chosen = readable
    else:
        wanted = {int(each) for each in request.POST.getlist("response")[:MOST_TAGGED] if is_number(each)}
        chosen = [each for each in readable if each in wanted]
    if not chosen or len(chosen) > MOST_TAGGED:
        most = _("Choose the answers first.") if not chosen else _("At most %d at a time.") % MOST_TAGGED
        messages.error(request, most)
        return redirect(back)
    untag = request.POST.get("untag", "")
    if is_number(untag):
        known = get_object_or_404(Tag, pk=int(untag))
        changed = untag_responses(survey=opened.survey, responses=chosen, tag=known, actor=request.user)
        said = ngettext(
            "“%(tag)s” was taken from %(n)d answer.", "“%(tag)s” was taken from %(n)d answers.", len(changed)
        )
    else:
        try:
            known, changed = tag_responses(
                survey=opened.survey, responses=chosen, name=request.POST.get("name", ""), actor=request.user
            )
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return redirect(back)
        said = ngettext(
            "%(n)d answer is tagged “%(tag)s” now.", "%(n)d answers are tagged “%(tag)s” now.", len(changed)
        )
    kept = {"survey": survey, "tag": known.name, "responses": changed, "added": not untag}
    text = said % {"n": len(changed), "tag": known.name}
    if changed:
        undo_message(request, text, restore=TAGS_RESTORE, kept=kept)
    else:
        messages.info(request, _("Nothing changed."))
    return redirect(back)


@require_POST
@workspace_view("act")
def tags_restore(request: WorkspaceRequest) -> HttpResponse:
    """Take a change of tags back, as the signed token says."""
    kept = posted_undo(request, restore=TAGS_RESTORE)
    if kept is None:
        return redirect("surveys:list", workspace=request.workspace.slug)
    survey = get_object_or_404(Survey, pk=kept["survey"], deleted_at=None)
    if kept["added"]:
        known = Tag.objects.filter(name=kept["tag"]).first()
        if known is not None:
            untag_responses(survey=survey, responses=kept["responses"], tag=known, actor=request.user)
    else:
        tag_responses(survey=survey, responses=kept["responses"], name=kept["tag"], actor=request.user)
    return redirect("surveys:comments", workspace=request.workspace.slug, survey=survey.pk)


def is_number(text: str) -> bool:
    """Whether it may be the number of a row: what else is called a digit (²), and what is longer, is none."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _pairs(search: Search) -> list[tuple[str, str]]:
    found = [
        ("q", search.words),
        ("tag", str(search.tag or "")),
        ("flag", search.flag),
        ("score", search.score),
    ]
    return [(name, value) for name, value in found if value]


def _at(base: str, state: list[tuple[str, str]], page: int) -> str:
    if page < 1:
        return ""
    pairs = [*state, ("page", str(page))] if page > 1 else state
    return f"{base}?{urlencode(pairs)}" if pairs else base

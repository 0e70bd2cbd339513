"""Import in the browser: bring files, look at how they were understood, decide, follow, and see what came of it.

Files hold personal data of customers and change everybody's figures: all of this needs the right to edit.
"""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.capture.domain import uploads as domain
from polku.capture.models import ImportRun, RememberedMapping, Upload, UploadedPart
from polku.capture.uploads import decisions, receiving, results
from polku.capture.uploads.fields import KINDS
from polku.capture.uploads.forms import prefix_of, read_decision
from polku.capture.uploads.pages import PartShown, part_shown
from polku.capture.uploads.words import size_words
from polku.journeys.models import Journey

_LISTED = 60
_RESTORE = "capture:restore_mapping"
_BUSY = (Upload.State.READING, Upload.State.IMPORTING)


@require_safe
@never_cache
@workspace_view("edit")
def imports(request: WorkspaceRequest) -> HttpResponse:
    """The place to drop files, and what became of those brought before."""
    # What was recognised of each part is long, and the page asks every second while something is under way.
    parts = Prefetch("parts", UploadedPart.objects.defer("inspection", "edits", "answers"))
    found = list(
        Upload.objects.order_by("-created_at", "-pk").prefetch_related(parts, "parts__runs")[:_LISTED]
    )
    context = {
        "uploads": [_listed(upload) for upload in found],
        "is_busy": any(upload.state in _BUSY for upload in found),
        "reviewable": next(
            (upload for upload in reversed(found) if upload.state == Upload.State.REVIEW), None
        ),
        "remembered": RememberedMapping.objects.order_by("-used_at"),
        "most_megabytes": receiving.most_bytes() // 1_000_000,
        "most_bytes": receiving.most_bytes(),
        "most_files": settings.DATA_UPLOAD_MAX_NUMBER_FILES,
        "refused": {
            receiving.TOO_LARGE: _("The files are larger than may be sent at once, so nothing was kept."),
            receiving.NO_ROOM: _("There is no room for the files on the server’s disk, so nothing was kept."),
        }.get(request.GET.get("refused", ""), ""),
    }
    return render(request, "capture/imports.html", context)


@require_POST
@workspace_view("edit")
def import_files(request: WorkspaceRequest) -> HttpResponse:
    """Keep what was brought; each file is read in the background."""
    kept: list[Upload] = []
    for content in request.FILES.getlist("files"):
        try:
            kept.append(domain.add_upload(workspace=request.workspace, content=content, actor=request.user))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    if not kept and not request.FILES:
        messages.error(request, _("Choose at least one file."))
    slug = request.workspace.slug
    if len(kept) == 1 and len(request.FILES.getlist("files")) == 1:
        address = reverse("capture:import_review", kwargs={"workspace": slug, "upload": kept[0].pk})
    else:
        address = reverse("capture:imports", kwargs={"workspace": slug})
    # A script that followed a redirect would see the messages in place of whoever sent the files.
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"address": address})
    return redirect(address)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@workspace_view("edit")
def import_review(request: WorkspaceRequest, upload: int) -> HttpResponse:
    """One file: how it was understood, with everything to correct it; how far its import is; what came of it."""
    found = _find(upload)
    if request.method == "POST":
        return _decide(request, found)
    return _page(request, found)


@require_POST
@workspace_view("edit")
def import_reopen(request: WorkspaceRequest, upload: int) -> HttpResponse:
    """Back to the choices of a file that was imported."""
    found = _find(upload)
    domain.reopen_upload(upload=found, actor=request.user)
    return _to(request, found)


@require_safe
@workspace_view("edit")
def import_rejected(request: WorkspaceRequest, upload: int, run: int) -> HttpResponse:
    """What an import rejected: with line, reason and the row as it came, or (`?form=mend`) as a file to mend."""
    found = _find(upload)
    row = get_object_or_404(
        ImportRun.objects.select_related("part"), pk=run, part__upload=found, state=ImportRun.State.DONE
    )
    path = results.rejected_file(row, found)
    if path is None:
        raise Http404
    stem = found.name.partition(".")[0] or "import"
    is_to_mend = request.GET.get("form") == "mend"
    content, is_whole = results.mendable(row, path) if is_to_mend else results.table(path)
    extent = "" if is_whole else _("first %s MB") % (results.LARGEST_DOWNLOAD // 1_000_000)
    name = "-".join(
        part for part in (stem, _("to mend") if is_to_mend else _("rejected rows"), extent) if part
    )
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.csv"
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@workspace_view("edit")
def forget_mapping(request: WorkspaceRequest, mapping: int) -> HttpResponse:
    """Recognise the next file of that form anew."""
    found = get_object_or_404(RememberedMapping.objects.all(), pk=mapping)
    kept = domain.forget_mapping(mapping=found, actor=request.user)
    undo_message(
        request,
        _("Forgotten: the next file of the same form as %s is recognised anew.") % found.name,
        restore=_RESTORE,
        kept=kept,
    )
    return redirect("capture:imports", workspace=request.workspace.slug)


@require_POST
@workspace_view("edit")
def restore_mapping(request: WorkspaceRequest) -> HttpResponse:
    """Remember again the form that the signed token holds."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is not None:
        domain.restore_mapping(workspace=request.workspace, kept=kept, actor=request.user)
        messages.success(request, _("Files of the same form as %s are read as before.") % kept["name"])
    return redirect("capture:imports", workspace=request.workspace.slug)


# ---- one file ---------------------------------------------------------------------------------------------------


def _decide(request: WorkspaceRequest, upload: Upload) -> HttpResponse:
    """Keep what the form says; read again, import, or show what is still to be decided."""
    if upload.state != Upload.State.REVIEW or not upload.has_file:
        return _to(request, upload)
    changed: list[int] = []
    try:
        for part in upload.parts.all():
            shown = request.POST.get(f"{prefix_of(part)}-shown")
            if shown is None:
                continue
            if shown != decisions.version_of(part):
                raise ValidationError(
                    _("The file was read anew meanwhile, so nothing was changed. This is how it looks now.")
                )
            decision = read_decision(request.POST, part, request.workspace.timezone)
            if domain.decide_part(part=part, decision=decision):
                changed.append(part.number)
    except ValidationError as error:
        return _page(request, upload, wrong=" ".join(error.messages))
    wants_import = "import" in request.POST
    if changed:
        domain.read_again(upload=upload, parts=changed, then_import=wants_import, actor=request.user)
        return _to(request, upload)
    if not wants_import:
        return _to(request, upload)
    try:
        domain.begin_import(upload=upload, actor=request.user)
    except ValidationError as error:
        return _page(request, upload, wrong=" ".join(error.messages))
    return _next(request, upload)


def _next(request: WorkspaceRequest, upload: Upload) -> HttpResponse:
    """To the next file that waits for a decision, else to this one's progress."""
    following = Upload.objects.filter(state=Upload.State.REVIEW).order_by("created_at", "pk").first()
    if following is None:
        return _to(request, upload)
    messages.success(request, _("%s is being imported. Here is the next file.") % upload.name)
    return _to(request, following)


def _page(request: WorkspaceRequest, upload: Upload, *, wrong: str = "") -> HttpResponse:
    parts: list[PartShown] = []
    remembered = set(RememberedMapping.objects.values_list("fingerprint", flat=True))
    if upload.state == Upload.State.REVIEW:
        parts = [part_shown(part, upload, remembered, marks=bool(wrong)) for part in upload.parts.all()]
    is_over = upload.state in (Upload.State.IMPORTING, Upload.State.DONE)
    runs = results.runs_of(upload) if is_over else []
    waiting = Upload.objects.filter(state=Upload.State.REVIEW).exclude(pk=upload.pk)
    context = {
        "upload": upload,
        "parts": parts,
        "wrong": wrong,
        "runs": runs,
        "is_busy": upload.state in _BUSY,
        "next": waiting.order_by("created_at", "pk").first(),
        "open": sum(len(decisions.open_questions(part)) for part in upload.parts.all()) if parts else 0,
        "new": sum(shown.result.get("accepted", 0) for shown in runs),
        "links": _links(request) if upload.state == Upload.State.DONE else [],
    }
    return render(request, "capture/import_review.html", context, status=422 if wrong else 200)


def _links(request: WorkspaceRequest) -> list[tuple[str, str, str]]:
    """Where to go with new data: (address, name, why)."""
    wanted = [
        (
            "people:joins",
            _("See what joins"),
            _("Who of these answers, orders and contacts is the same person."),
        ),
        (
            "journeys:propose",
            _("Propose a map from the data"),
            _("Stages and touchpoints from what came in."),
        ),
    ]
    if Journey.objects.exists():
        wanted.append(("journeys:list", _("Open the maps"), _("The new data is on them already.")))
    found = []
    for name, title, why in wanted:
        try:
            found.append((reverse(name, kwargs={"workspace": request.workspace.slug}), title, why))
        except NoReverseMatch:
            continue
    return found


def _listed(upload: Upload) -> dict[str, object]:
    runs = [run for part in upload.parts.all() for run in part.runs.all()]
    share = (
        round(sum(run.done / run.total if run.total else 0 for run in runs) / len(runs) * 100) if runs else 0
    )
    done = [run.result for run in runs if run.result]
    return {
        "upload": upload,
        "size": size_words(upload.size),
        "share": share,
        "kinds": ", ".join(dict.fromkeys(str(KINDS[run.mapping["kind"]]) for run in runs)),
        "accepted": sum(result["accepted"] for result in done),
        "known": sum(result["known"] for result in done),
        "rejected": sum(result["rejected"] for result in done),
        "failed": sum(run.state == ImportRun.State.FAILED for run in runs),
    }


def _find(pk: int) -> Upload:
    return get_object_or_404(Upload.objects.select_related("workspace"), pk=pk)


def _to(request: WorkspaceRequest, upload: Upload) -> HttpResponse:
    return redirect("capture:import_review", workspace=request.workspace.slug, upload=upload.pk)

"""Rows that could not be taken, as they came: read, mended, taken in again, downloaded, deleted.

They may hold personal data of customers, so reading them needs the right to analyse and changing them that to edit.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.undo import posted_undo, undo_message
from polku.capture import queries
from polku.capture.details import explain
from polku.capture.domain import rejected as domain
from polku.capture.forms import LONGEST_RAW, MendForm
from polku.capture.reason_words import describe
from polku.capture.reasons import REJECTIONS
from polku.capture.sources.rejected_rows import Replayed, as_ndjson
from polku.capture.views.sources import reader_of, source_or_404
from polku.eventstore.registry import store

_RESTORE = "capture:rows_restore"
_PER_PAGE = 20
_MEGABYTES = 20
_LARGEST_DOWNLOAD = _MEGABYTES * 1_000_000  # bytes
_SURELY_WHOLE = _LARGEST_DOWNLOAD // (6 * LONGEST_RAW + 2_000)
"""So many rows fit into a download however long they are: an escape of JSON takes six characters."""


@require_safe
@workspace_view("analyse")
def rows(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """The rows that wait, newest first; `?reason=` shows those of one reason."""
    found = source_or_404(request, origin)
    groups = queries.rejected_groups(request.workspace, origin)
    reason = _reason(request.GET.get("reason", ""))
    count = sum(group.count for group in groups if reason in ("", group.reason))
    page = _page(request.GET.get("page", ""), count)
    shown = store().rejected(
        request.workspace.key.hex,
        origin=origin,
        reason=reason or None,
        limit=_PER_PAGE,
        offset=(page - 1) * _PER_PAGE,
    )
    reader = reader_of(request)
    context = {
        "source": found,
        "groups": [(describe(group.reason), group.count) for group in groups],
        "all": sum(group.count for group in groups),
        "reason": reason,
        "words": describe(reason) if reason else None,
        "count": count,
        "rows": [
            {
                "row": row,
                "words": describe(row.reason),
                "detail": explain(row.detail),
                "at": f"{reader.day(local, year=True)} {reader.clock(local)}",
                "is_cut": len(row.raw.encode()) >= LONGEST_RAW,
            }
            for row in shown
            for local in [reader.local(row.received)]
        ],
        "page": page,
        "newer": _query(reason, page - 1) if page > 1 else "",
        "older": _query(reason, page + 1) if page * _PER_PAGE < count else "",
        "longest": LONGEST_RAW,
        "download_megabytes": _MEGABYTES if count > _SURELY_WHOLE else None,
        "at_once": min(count, domain.MOST_AT_ONCE),
    }
    return render(request, "capture/rejected_rows.html", context)


@require_safe
@workspace_view("analyse")
def download(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """The waiting rows as NDJSON, newest first; `polku replay --mend` takes the file when mended. Past 20 MB it
    ends with a whole row, and its name says so."""
    source_or_404(request, origin)
    reason = _reason(request.GET.get("reason", ""))
    text, is_whole = as_ndjson(
        request.workspace.key.hex, origin=origin, reason=reason or None, most=_LARGEST_DOWNLOAD
    )
    response = HttpResponse(text, content_type="application/x-ndjson; charset=utf-8")
    extent = "" if is_whole else f"newest-{_MEGABYTES}-MB"
    name = "-".join(part for part in (origin.replace("/", "-"), reason or "rows", extent) if part)
    response["Content-Disposition"] = f'attachment; filename="{name}.ndjson"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@workspace_view("edit")
def mend(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """Keep the text that was written into the row and take it in again at once."""
    source_or_404(request, origin)
    form = MendForm(request.POST)
    reason = _reason(request.POST.get("reason", ""))
    if not form.is_valid():
        messages.error(request, _("The text is empty or too long, so nothing was changed."))
        return _back(request, origin, reason)
    row = form.cleaned_data["row"]
    raw = form.cleaned_data["raw"].replace("\r\n", "\n")
    try:
        done = domain.mend_and_replay(
            workspace=request.workspace, origin=origin, row=row, raw=raw, actor=request.user
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request, origin, reason)
    if done.left_out:
        messages.warning(request, _("Mended, but left out on purpose: it is of a kind that is not counted."))
        return _back(request, origin, reason)
    if not done.still_rejected:
        messages.success(request, _("Mended and taken in."))
        return _back(request, origin, reason)
    left = store().rejected(request.workspace.key.hex, ids=[row], limit=1)
    messages.warning(
        request,
        _("The text is kept, but it still cannot be taken in: %s")
        % (explain(left[0].detail) if left else ""),
    )
    return _back(request, origin, "" if left and left[0].reason != reason else reason, anchor=f"#row-{row}")


@require_POST
@workspace_view("edit")
def replay(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """Take in again all rows of the source, or those of one reason."""
    source_or_404(request, origin)
    reason = _reason(request.POST.get("reason", ""))
    done = domain.replay_rejected(
        workspace=request.workspace, origin=origin, reason=reason, actor=request.user
    )
    tell = messages.success if not done.still_rejected else messages.warning
    tell(request, _in_words(done))
    return _back(request, origin, "" if not done.still_rejected else reason)


@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("edit")
def delete(request: WorkspaceRequest, origin: str) -> HttpResponse:
    """Ask with the count, then delete the rows: to be brought back for a day, or at once for good."""
    found = source_or_404(request, origin)
    given = request.POST if request.method == "POST" else request.GET
    reason, row = _reason(given.get("reason", "")), given.get("row", "")[:32]
    if request.method == "POST":
        _delete(request, origin, reason, row)
        return _back(request, origin, "" if not row else reason)
    if row:
        count = len(store().rejected(request.workspace.key.hex, origin=origin, ids=[row], limit=1))
    else:
        groups = queries.rejected_groups(request.workspace, origin)
        count = sum(group.count for group in groups if reason in ("", group.reason))
    context = {
        "source": found,
        "reason": reason,
        "row": row,
        "words": describe(reason) if reason else None,
        "count": min(count, domain.MOST_AT_ONCE),
    }
    return render(request, "capture/rejected_delete.html", context)


@require_POST
@workspace_view("edit")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Let the rows wait again that the signed token names."""
    kept = posted_undo(request, restore=_RESTORE)
    if kept is None:
        return redirect("capture:sources", workspace=request.workspace.slug)
    count = domain.restore_rejected(
        workspace=request.workspace,
        origin=kept["origin"],
        put_aside_at=datetime.fromisoformat(kept["at"]),
        actor=request.user,
    )
    if count:
        text = ngettext("%(count)s row waits again.", "%(count)s rows wait again.", count)
        messages.success(request, text % {"count": count})
    else:
        messages.error(request, _("The rows are gone or wait already, so nothing was brought back."))
    return _back(request, kept["origin"], "")


def _delete(request: WorkspaceRequest, origin: str, reason: str, row: str) -> None:
    if "for_good" in request.POST:
        deleted = domain.delete_rejected(
            workspace=request.workspace, origin=origin, reason=reason, row=row, actor=request.user
        )
        text = ngettext("%(count)s row is deleted for good.", "%(count)s rows are deleted for good.", deleted)
        messages.success(request, text % {"count": deleted})
        return
    deleted, at = domain.put_aside_rejected(
        workspace=request.workspace, origin=origin, reason=reason, row=row, actor=request.user
    )
    text = ngettext("%(count)s row is deleted.", "%(count)s rows are deleted.", deleted) % {"count": deleted}
    if deleted:
        undo_message(request, text, restore=_RESTORE, kept={"origin": origin, "at": at.isoformat()})
    else:
        messages.success(request, text)


def _in_words(done: Replayed) -> str:
    parts = [
        ngettext("%(count)s row was processed again.", "%(count)s rows were processed again.", done.replayed)
        % {"count": done.replayed},
        ngettext("%(count)s event was new.", "%(count)s events were new.", done.accepted)
        % {"count": done.accepted},
    ]
    if done.still_rejected:
        parts.append(
            ngettext("%(count)s row still waits.", "%(count)s rows still wait.", done.still_rejected)
            % {"count": done.still_rejected}
        )
    return " ".join(parts)


def _reason(text: str) -> str:
    """A reason as the store keeps it, or nothing."""
    return text if text in REJECTIONS else ""


def _page(text: str, count: int) -> int:
    last = max(1, -(-count // _PER_PAGE))
    return min(int(text), last) if text.isdecimal() and len(text) < 9 and int(text) else 1


def _query(reason: str, page: int) -> str:
    return "?" + urlencode({"reason": reason, "page": page} if reason else {"page": page})


def _back(request: WorkspaceRequest, origin: str, reason: str, anchor: str = "") -> HttpResponse:
    address = reverse("capture:rows", kwargs={"workspace": request.workspace.slug, "origin": origin})
    return redirect(address + (f"?{urlencode({'reason': reason})}" if reason else "") + anchor)

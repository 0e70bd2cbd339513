"""Files brought with the browser: added, decided on, imported, deleted, brought back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.domain import record_audit
from polku.accounts.models import User, Workspace
from polku.accounts.values import clean_timezone
from polku.capture.imports.mapping import ColumnMapping
from polku.capture.imports.mapping_json import to_json
from polku.capture.imports.options import ImportOptions
from polku.capture.models import ImportRun, RememberedMapping, Upload, UploadedPart
from polku.capture.uploads import decisions, files
from polku.jobs.queue import enqueue

READ, IMPORT = "capture.read_upload", "capture.import_upload"
MOST_FILES = 200
"""Files that a workspace may have waiting or kept at a time; the oldest are cleaned away by themselves."""
MOST_REMEMBERED = 200


def add_upload(*, workspace: Workspace, content: UploadedFile[Any], actor: User) -> Upload:
    """Keep a file that was brought and have it read in the background.

    The file is in its place before its row is: a crash in between leaves a file without a row, which cleaning removes.
    Raises ValidationError with a sentence that says why it cannot be taken.
    """
    name, size = files.plain_name(content.name or ""), content.size or 0
    with scope(workspace=workspace):
        if not size:
            raise ValidationError(_("%s is empty.") % name)
        if Upload.objects.filter(has_file=True).count() >= MOST_FILES:
            raise ValidationError(_("There are too many files already. Delete some of those below first."))
        upload = Upload(
            workspace=workspace,
            name=name,
            size=size,
            language=(get_language() or "fi")[:2],
            created_by=actor,
        )
        try:
            if not files.has_room_for(size):
                raise OSError
            files.keep(upload, content)
        except OSError as error:
            raise ValidationError(
                _("There is no room for %s on the server’s disk. Make room and try again.") % name
            ) from error
        with transaction.atomic():
            upload.save()
            record_audit(
                workspace=workspace, actor=actor, action="upload.added", target=upload.name, size=size
            )
            enqueue(kind=READ, workspace_id=workspace.pk, payload={"upload": upload.pk})
    return upload


@dataclass(frozen=True)
class PartDecision:
    """What people said of one part: how it is read, what was asked, each mapping with whether it is chosen, and the
    kinds that they added. `timezone`, `month_first` and `decimal` as in `uploads.decisions`."""

    reading: Mapping[str, Any]
    answers: Mapping[str, str]
    mappings: Sequence[tuple[ColumnMapping, bool]]
    added: Sequence[str] = ()
    timezone: str = ""
    month_first: Mapping[str, bool] = field(default_factory=dict)
    decimal: Mapping[str, str] = field(default_factory=dict)


def decide_part(*, part: UploadedPart, decision: PartDecision) -> bool:
    """Keep what was decided of a part; True where it must be read once more before it can be shown or imported.

    Leaves no audit entry: nothing has happened to the workspace's data yet. Raises ValidationError for a time zone
    that there is not.
    """
    proposals = {
        each.number: each.proposal for each in decisions.decided(part, part.upload.workspace.timezone)
    }
    is_changed = dict(decision.reading) != part.reading or dict(decision.answers) != part.answers
    edits = []
    for number, (mapping, is_chosen) in enumerate(decision.mappings):
        base = proposals.get(number)
        fields = decisions.difference(mapping.options, base.options if base else ImportOptions())
        edits.append({"kind": mapping.kind, "chosen": is_chosen, "fields": fields})
    part.reading, part.answers = dict(decision.reading), dict(decision.answers)
    part.edits = {
        "mappings": edits,
        "added": list(decision.added)[: decisions.MOST_ADDED],
        "timezone": clean_timezone(decision.timezone) if decision.timezone else "",
        "month_first": dict(decision.month_first),
        "decimal": dict(decision.decimal),
    }
    part.save(update_fields=["reading", "answers", "edits"])
    return is_changed


def read_again(*, upload: Upload, parts: Sequence[int], then_import: bool, actor: User) -> None:
    """Have the numbered parts read with what was decided of them; with `then_import` the import begins by itself
    where no question is left."""
    with transaction.atomic():
        moved = Upload.objects.filter(pk=upload.pk, state=Upload.State.REVIEW).update(
            state=Upload.State.READING, begins_when_read=then_import, changed_at=timezone.now()
        )
        if moved:
            enqueue(
                kind=READ,
                workspace_id=upload.workspace_id,
                payload={"upload": upload.pk, "parts": list(parts), "actor": actor.pk},
            )


def begin_import(*, upload: Upload, actor: User | None) -> int:
    """Begin what was decided, in the background; how many imports there are, 0 where another began them already.

    One transaction with its audit entry. Raises ValidationError where something is still to be decided.
    """
    workspace = upload.workspace
    with scope(workspace=workspace), transaction.atomic():
        parts = list(upload.parts.all())
        if not decisions.is_ready(parts, workspace.timezone):
            raise ValidationError(_("Something is still to be decided; it is marked below."))
        moved = Upload.objects.filter(
            pk=upload.pk, state__in=[Upload.State.REVIEW, Upload.State.READING], has_file=True
        ).update(state=Upload.State.IMPORTING, begins_when_read=False, changed_at=timezone.now())
        if not moved:
            return 0
        runs = [
            ImportRun(workspace=workspace, part=part, mapping=to_json(mapping))
            for part in parts
            for mapping in decisions.chosen(part, workspace.timezone)
        ]
        ImportRun.objects.filter(part__upload=upload).delete()  # of an earlier try
        ImportRun.objects.bulk_create(runs)
        record_audit(
            workspace=workspace,
            actor=actor,
            action="upload.imported",
            target=upload.name,
            kinds=[run.mapping["kind"] for run in runs],
        )
        enqueue(kind=IMPORT, workspace_id=workspace.pk, payload={"upload": upload.pk})
    return len(runs)


def reopen_upload(*, upload: Upload, actor: User) -> None:
    """Go back to deciding: what was imported stays, and comes in only once however often it is imported."""
    with scope(workspace=upload.workspace), transaction.atomic():
        moved = Upload.objects.filter(pk=upload.pk, state=Upload.State.DONE, has_file=True).update(
            state=Upload.State.REVIEW, changed_at=timezone.now()
        )
        if moved:
            record_audit(workspace=upload.workspace, actor=actor, action="upload.updated", target=upload.name)


def delete_upload(*, upload: Upload, actor: User | None) -> datetime | None:
    """Put the file and the record of it aside at once: not shown, and nothing more of it comes in. What was imported
    stays.

    The moment by which `restore_upload` brings it back for a day; None where it was deleted already. One transaction
    with its audit entry.
    """
    now = timezone.now()
    workspace = upload.workspace
    with scope(workspace=workspace), transaction.atomic():
        if not Upload.objects.filter(pk=upload.pk).update(deleted_at=now):
            return None
        record_audit(workspace=workspace, actor=actor, action="upload.deleted", target=upload.name)
    return now


def restore_upload(
    *, workspace: Workspace, upload: int, deleted_at: datetime, actor: User | None
) -> Upload | None:
    """Bring back the file that was deleted at that moment, with what was decided of it; what was under way then goes
    on. None where it is there already or gone. One transaction with its audit entry."""
    with scope(workspace=workspace), transaction.atomic():
        if not Upload.with_deleted.filter(pk=upload, deleted_at=deleted_at).update(
            deleted_at=None, changed_at=timezone.now()
        ):
            return None
        found = Upload.objects.select_related("workspace").get(pk=upload)
        record_audit(workspace=workspace, actor=actor, action="upload.restored", target=found.name)
        if found.state == Upload.State.READING and found.parts.exists():
            Upload.objects.filter(pk=upload).update(state=Upload.State.REVIEW, begins_when_read=False)
        elif found.state in (Upload.State.READING, Upload.State.IMPORTING):
            kind = READ if found.state == Upload.State.READING else IMPORT
            enqueue(kind=kind, workspace_id=workspace.pk, payload={"upload": upload})
    return found


def remove_upload(*, upload: Upload, actor: User | None) -> None:
    """Delete the file and the record of it at once and for good; what was imported stays. The row goes first."""
    workspace = upload.workspace
    with scope(workspace=workspace), transaction.atomic():
        record_audit(
            workspace=workspace, actor=actor, action="upload.deleted", target=upload.name, for_good=True
        )
        upload.delete()
    files.remove(upload)


def remember_mappings(*, part: UploadedPart, name: str, mappings: Sequence[ColumnMapping]) -> None:
    """Keep what a file of this form became, for the next one; the least used give way past MOST_REMEMBERED."""
    workspace = part.upload.workspace
    with scope(workspace=workspace), transaction.atomic():
        RememberedMapping.objects.update_or_create(
            workspace=workspace,
            fingerprint=decisions.inspection_of(part).fingerprint,
            defaults={
                "name": name,
                "mappings": [to_json(mapping) for mapping in mappings],
                "used_at": timezone.now(),
                "created_by": part.upload.created_by,
            },
        )
        kept = RememberedMapping.objects.order_by("-used_at").values_list("pk", flat=True)[:MOST_REMEMBERED]
        RememberedMapping.objects.exclude(pk__in=list(kept)).delete()


def forget_mapping(*, mapping: RememberedMapping, actor: User) -> dict[str, Any]:
    """Forget how files of a form are read: the next is recognised anew. What is returned brings it back through
    `restore_mapping`. One transaction with its audit entry."""
    kept = {"fingerprint": mapping.fingerprint, "name": mapping.name, "mappings": mapping.mappings}
    with scope(workspace=mapping.workspace), transaction.atomic():
        record_audit(
            workspace=mapping.workspace, actor=actor, action="remembered_mapping.deleted", target=mapping.name
        )
        mapping.delete()
    return kept


def restore_mapping(*, workspace: Workspace, kept: Mapping[str, Any], actor: User) -> None:
    """Remember again what `forget_mapping` returned, unless the form was imported anew meanwhile: what was decided
    then is newer. One transaction with its audit entry."""
    with scope(workspace=workspace), transaction.atomic():
        _restored, is_new = RememberedMapping.objects.get_or_create(
            workspace=workspace,
            fingerprint=kept["fingerprint"],
            defaults={
                "name": kept["name"],
                "mappings": kept["mappings"],
                "used_at": timezone.now(),
                "created_by": actor,
            },
        )
        if is_new:
            record_audit(
                workspace=workspace, actor=actor, action="remembered_mapping.restored", target=kept["name"]
            )

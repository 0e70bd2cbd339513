"""The background work on uploaded files: each is read apart, shown to people, then staged apart and loaded here."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from polku.accounts.models import User, Workspace
from polku.capture.domain import uploads as domain
from polku.capture.imports import ImportProblem, Staged, load, staging_folder
from polku.capture.imports.apart import Limits, run_apart
from polku.capture.imports.faults import fault_of
from polku.capture.imports.mapping import Reading
from polku.capture.imports.mapping_json import mapping_from_json
from polku.capture.models import ImportRun, RememberedMapping, Upload, UploadedPart
from polku.capture.uploads import decisions, files
from polku.eventstore.port import Progress, StoreError
from polku.jobs.queue import Interrupted, stop_sign

logger = logging.getLogger(__name__)
MOST_PARTS = 50
_INSPECTING = Limits(seconds=90)
_STAGING = Limits(seconds=3600, memory=3_000_000_000)
_WHOLE, _READ = 1000, 600  # of the progress of one import
_TELLS_EVERY = 0.3  # seconds


def read_upload(workspace_id: int, payload: dict[str, Any], _progress: Progress) -> None:
    """Job: find out what a file's parts are, or read those again of which people decided something."""
    upload = _find(workspace_id, payload["upload"], Upload.State.READING)
    if upload is None:
        return
    is_stopping = stop_sign()
    with scope(workspace=upload.workspace), translation.override(upload.language):
        try:
            if payload.get("parts"):
                for part in upload.parts.filter(number__in=payload["parts"]):
                    _read_part(upload, part, is_stopping)
            else:
                _read_whole(upload, is_stopping)
        except ImportProblem as problem:
            if is_stopping():
                raise Interrupted from problem
            _fail_reading(upload, str(problem))
            return
        except Exception as error:
            # Tried again it would only fail again: whoever brought the file wants to know now.
            logger.error("the upload %s could not be read: %s", upload.pk, fault_of(error))
            _fail_reading(upload, _("The program failed at this file. The server’s log tells where."))
            return
        _go_on(upload, payload.get("actor"))


def _read_whole(upload: Upload, is_stopping: Any) -> None:
    found = _inspect(upload, {}, is_stopping)
    if len(found) > MOST_PARTS:
        raise ImportProblem(
            _("%(file)s has %(count)s sheets or files in it; at most %(most)s are taken at once.")
            % {"file": upload.name, "count": len(found), "most": MOST_PARTS}
        )
    upload.parts.all().delete()
    UploadedPart.objects.bulk_create(
        [
            UploadedPart(workspace=upload.workspace, upload=upload, number=number, inspection=inspection)
            for number, inspection in enumerate(found)
        ]
    )


def _read_part(upload: Upload, part: UploadedPart, is_stopping: Any) -> None:
    """Where a part cannot be read as people say, it stays as it was and the sentence stands beside it."""
    known = decisions.inspection_of(part).reading
    reading = {
        **asdict(Reading(part=known.part, sheet=known.sheet)),
        **{name: value for name, value in part.reading.items() if value not in ("", None)},
    }
    found = _inspect(upload, {"reading": reading, "answers": part.answers}, is_stopping)
    if not found or not (found[0]["columns"] or found[0]["questions"]):
        raise ImportProblem(_("Nothing is left of the file when it is read this way."))
    part.inspection = found[0]
    part.save(update_fields=["inspection"])


def _inspect(upload: Upload, asked: dict[str, Any], is_stopping: Any) -> list[dict[str, Any]]:
    workspace = upload.workspace
    params = {
        "file": str(_file_of(upload)),
        "timezone": workspace.timezone,
        "remembered": decisions.remembered_for(list(RememberedMapping.objects.all())),
        **asked,
    }
    found = run_apart("inspect", params, limits=_INSPECTING, stopping=is_stopping)["inspections"]
    return [_storable(inspection) for inspection in found]


def _storable(value: Any) -> Any:
    """Without the character that PostgreSQL keeps in no text."""
    if isinstance(value, str):
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    return value


def _fail_reading(upload: Upload, problem: str) -> None:
    """A file that was never read has failed; one that was stays as it was, with the sentence above it."""
    state = Upload.State.REVIEW if upload.parts.exists() else Upload.State.FAILED
    Upload.objects.filter(pk=upload.pk).update(
        state=state, problem=problem, begins_when_read=False, changed_at=timezone.now()
    )


def give_up_reading(workspace_id: int, payload: dict[str, Any]) -> None:
    """The server died each time this file was read: say so where it is shown, and read it no more."""
    upload = _find(workspace_id, payload["upload"], Upload.State.READING)
    if upload is not None:
        with scope(workspace=upload.workspace), translation.override(upload.language):
            _fail_reading(upload, _gave_up())


def give_up_import(workspace_id: int, payload: dict[str, Any]) -> None:
    """The server died each time this file was imported: what had come in before stays, the rest is tried no more."""
    upload = _find(workspace_id, payload["upload"], Upload.State.IMPORTING)
    if upload is None:
        return
    with scope(workspace=upload.workspace), translation.override(upload.language):
        runs = ImportRun.objects.filter(part__upload=upload)
        runs.exclude(state__in=[ImportRun.State.DONE, ImportRun.State.FAILED]).update(
            state=ImportRun.State.FAILED, problem=_gave_up(), ended_at=timezone.now()
        )
        Upload.objects.filter(pk=upload.pk).update(
            state=Upload.State.DONE, problem="", changed_at=timezone.now()
        )


def _gave_up() -> str:
    return _(
        "The server stopped each time it worked on this file, so it is tried no more. Delete the file, or bring it in "
        "smaller parts."
    )


def _go_on(upload: Upload, actor: int | None) -> None:
    """To the import where that was asked for and nothing is left to decide, else to the people."""
    if upload.begins_when_read and decisions.is_ready(list(upload.parts.all()), upload.workspace.timezone):
        try:
            domain.begin_import(upload=upload, actor=User.objects.filter(pk=actor or 0).first())
        except ValidationError:
            pass  # decided otherwise meanwhile: shown again
        else:
            return
    Upload.objects.filter(pk=upload.pk, state=Upload.State.READING).update(
        state=Upload.State.REVIEW, problem="", begins_when_read=False, changed_at=timezone.now()
    )


# ---- importing --------------------------------------------------------------------------------------------------


def import_upload(workspace_id: int, payload: dict[str, Any], _progress: Progress) -> None:
    """Job: import what was decided. It may run again after a crash: what is in the store comes in no second time."""
    upload = _find(workspace_id, payload["upload"], Upload.State.IMPORTING)
    if upload is None:
        return
    workspace = upload.workspace
    with (
        scope(workspace=workspace),
        translation.override(upload.language),
        timezone.override(workspace.timezone),
    ):
        runs = ImportRun.objects.filter(part__upload=upload).select_related("part__upload__workspace")
        for run in runs.exclude(state__in=[ImportRun.State.DONE, ImportRun.State.FAILED]):
            _run(upload, run)
        _remember(upload)
        Upload.objects.filter(pk=upload.pk, state=Upload.State.IMPORTING).update(
            state=Upload.State.DONE, problem="", changed_at=timezone.now()
        )


def _run(upload: Upload, run: ImportRun) -> None:
    is_stopping = stop_sign()
    was_loading = run.state == ImportRun.State.LOADING
    _update(
        run,
        state=ImportRun.State.READING,
        done=0,
        total=_WHOLE,
        was_interrupted=was_loading or run.was_interrupted,
    )
    try:
        with staging_folder(Path(settings.POLKU_HOME)) as folder:
            params = {
                "file": str(_file_of(upload)),
                "mapping": run.mapping,
                "folder": str(folder),
                "rejected_folder": str(files.rejected_folder_of(upload)),
            }
            document = run_apart(
                "stage",
                params,
                limits=_STAGING,
                progress=_progress_of(run, 0, _READ),
                stopping=is_stopping,
            )
            if not _update(run, state=ImportRun.State.LOADING, done=_READ):
                return  # deleted meanwhile: nobody waits for it, and nothing of it comes in
            result = load(
                upload.workspace, Staged.from_json(document), progress=_progress_of(run, _READ, _WHOLE)
            )
    except Exception as error:
        if is_stopping():
            raise Interrupted from error
        _update(run, state=ImportRun.State.FAILED, problem=_problem(error, upload), ended_at=timezone.now())
    else:
        rejected = result.get("rejected_file")
        result["rejected_file"] = Path(rejected).name if rejected else None  # the page tells no paths
        _update(run, state=ImportRun.State.DONE, done=_WHOLE, result=result, ended_at=timezone.now())


def _problem(error: Exception, upload: Upload) -> str:
    if isinstance(error, ImportProblem):
        return str(error)
    logger.error("the import of the upload %s failed: %s", upload.pk, fault_of(error))
    if isinstance(error, (StoreError, OSError)):
        return _(
            "It could not be saved: the server’s disk is full or fails. Nothing came in; try again later."
        )
    return _("The program failed at this file. The server’s log tells where.")


def _progress_of(run: ImportRun, begin: int, end: int) -> Progress:
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= _TELLS_EVERY:
            last = time.monotonic()
            share = min(1.0, done / total) if total else 0.0
            _update(run, done=int(begin + share * (end - begin)))

    return progress


def _update(run: ImportRun, **fields: Any) -> bool:
    """False where the run, or the file, is not there any more."""
    there = ImportRun.objects.filter(pk=run.pk, part__upload__deleted_at=None)
    return bool(there.update(**fields))


def _file_of(upload: Upload) -> Path:
    """Where the file lies. Raises ImportProblem where it does not: backups hold no uploaded files, for example."""
    path = files.file_of(upload)
    if not path.is_file():
        raise ImportProblem(_("%s is not on the server any more. Bring it again.") % upload.name)
    return path


def _remember(upload: Upload) -> None:
    """What went well is offered for the next file of the same form. That is a help: its failure is no import's."""
    try:
        for part in upload.parts.prefetch_related("runs"):
            done = [
                mapping_from_json(run.mapping) for run in part.runs.all() if run.state == ImportRun.State.DONE
            ]
            if done:
                domain.remember_mappings(part=part, name=upload.name, mappings=done)
    except Exception as error:
        logger.error("the form of the upload %s could not be remembered: %s", upload.pk, fault_of(error))


def _find(workspace_id: int, pk: int, state: str) -> Upload | None:
    """The upload, unless it was deleted or has gone on without us."""
    with scopes_disabled():
        if not Workspace.objects.filter(pk=workspace_id).exists():
            return None
        return (
            Upload.objects.select_related("workspace", "created_by")
            .filter(pk=pk, workspace_id=workspace_id, state=state, has_file=True)
            .first()
        )

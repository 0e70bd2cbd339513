"""What is left of uploads goes by itself: files a week after they were last touched, their records after half a year,
and all of what somebody deleted when that can no longer be taken back.

A file of customers that lies about is a risk and no use: what it said is in the store.
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from django_scopes import scopes_disabled

from polku.accounts.undo import UNDO_LASTS
from polku.capture.models import Upload
from polku.capture.uploads import files

FILES_KEPT = timedelta(days=7)
RECORDS_KEPT = timedelta(days=183)
_HALF_MADE = 24 * 3600.0
"""Seconds after which what nobody's row points to is nobody's: an upload's file is there a moment before its row."""


def clean_uploads() -> None:
    """Remove what is over its time, and folders that no row knows. Done daily; whatever it leaves waits a day."""
    now = timezone.now()
    with scopes_disabled():
        deleted = Upload.with_deleted.filter(deleted_at__lt=now - UNDO_LASTS)
        for upload in deleted.select_related("workspace"):
            files.remove(upload)
            Upload.with_deleted.filter(pk=upload.pk).delete()
        busy = [Upload.State.READING, Upload.State.IMPORTING]
        over = Upload.objects.exclude(state__in=busy).select_related("workspace")
        for upload in over.filter(has_file=True, changed_at__lt=now - FILES_KEPT):
            files.remove(upload)
            Upload.objects.filter(pk=upload.pk).update(has_file=False)
        Upload.objects.filter(has_file=False, created_at__lt=now - RECORDS_KEPT).delete()
        known = {key.hex for key in Upload.with_deleted.filter(has_file=True).values_list("key", flat=True)}
    for path in _old(files.arriving()):
        path.unlink(missing_ok=True)
    for workspace in files.base().iterdir():
        if workspace.name == files.arriving().name:
            continue
        for folder in _old(workspace):
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # somebody's files are in it
            workspace.rmdir()


def _old(folder: Path) -> list[Path]:
    before = time.time() - _HALF_MADE
    return [path for path in folder.iterdir() if path.stat().st_mtime < before]

"""The backup that is made every night, what became of it, and how many are kept."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from polku.installation.backup.archive import BackupProblem
from polku.installation.backup.making import Made, create_backup

logger = logging.getLogger(__name__)
_NAME = re.compile(r"polku-\d{4}-\d\d-\d\dT\d{6}Z\.tar")
_STATE = "backups.json"
LATE = timedelta(hours=36)
"""How old the newest may be before somebody should look: a night was missed."""


@dataclass(frozen=True)
class BackupState:
    """`last` is the newest that is there, with its time and bytes; `failure` the reason where a later one failed."""

    is_on: bool
    folder: Path
    kept: int
    last: Path | None
    last_at: datetime | None
    size: int
    failure: str
    failed_at: datetime | None

    @property
    def is_late(self) -> bool:
        return self.last_at is None or timezone.now() - self.last_at > LATE


def make_nightly_backup() -> Made:
    """Make a backup in the folder of backups, and remove the oldest of more than are kept. Raises BackupProblem, and
    notes why for whoever looks at the settings."""
    folder = settings.BACKUP_FOLDER
    now = timezone.now()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = create_backup(
            home=Path(settings.POLKU_HOME), file=folder / now.strftime("polku-%Y-%m-%dT%H%M%SZ.tar")
        )
    except Exception as error:
        reason = str(error) if isinstance(error, BackupProblem | OSError) else type(error).__name__
        _note({"failed_at": now.isoformat(), "failure": reason})
        raise
    _note({})
    for old in backups(folder)[: -settings.BACKUPS_KEPT]:
        old.unlink(missing_ok=True)
    return made


def work_nightly() -> None:
    """The daily work. Its failure is noted and logged, and tomorrow is another night."""
    made = make_nightly_backup()
    logger.info("a backup of %s MB was made in %.0f s", made.size // 1_000_000, made.seconds)


def work_backup(workspace: int, payload: dict[str, Any], progress: Any) -> None:
    """The same as a job, where somebody asked for one now. What was wrong is noted; trying again would not mend it."""
    try:
        make_nightly_backup()
    except BackupProblem as error:
        logger.warning("the backup failed: %s", error)


def backups(folder: Path) -> list[Path]:
    """Those made by the program, the oldest first; others in the folder are left alone."""
    try:
        return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except OSError:
        return []


def backup_state() -> BackupState:
    folder = settings.BACKUP_FOLDER
    there = backups(folder)
    last = there[-1] if there else None
    size, last_at = 0, None
    if last is not None:
        found = last.stat()
        size = found.st_size
        last_at = datetime.fromtimestamp(found.st_mtime, tz=timezone.get_default_timezone())
    noted = _noted()
    failed_at = datetime.fromisoformat(noted["failed_at"]) if "failed_at" in noted else None
    return BackupState(
        is_on=settings.BACKUP_AT is not None,
        folder=folder,
        kept=settings.BACKUPS_KEPT,
        last=last,
        last_at=last_at,
        size=size,
        failure=noted.get("failure", ""),
        failed_at=failed_at,
    )


def _note(document: dict[str, str]) -> None:
    path = Path(settings.POLKU_HOME) / _STATE
    if document:
        path.write_text(json.dumps(document), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _noted() -> dict[str, str]:
    try:
        found = json.loads((Path(settings.POLKU_HOME) / _STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}

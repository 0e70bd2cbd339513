"""One file that holds everything of an installation at one moment, made while all go on; and going back to it."""

from polku.installation.backup.archive import BackupProblem
from polku.installation.backup.making import Made, create_backup
from polku.installation.backup.restoring import Restored, check_backup, has_unfinished_restore, restore_backup

__all__ = [
    "BackupProblem",
    "Made",
    "Restored",
    "check_backup",
    "create_backup",
    "has_unfinished_restore",
    "restore_backup",
]

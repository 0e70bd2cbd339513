"""Every change to a survey. All functions enter the workspace's scope, are atomic and leave an audit entry."""

from polku.surveys.domain.documents import export_survey, import_survey
from polku.surveys.domain.drafts import change_draft
from polku.surveys.domain.publishing import publish_survey
from polku.surveys.domain.removal import remove_deleted_surveys
from polku.surveys.domain.surveys import (
    close_survey,
    create_survey,
    delete_survey,
    duplicate_survey,
    empty_definition,
    reopen_survey,
    restore_survey,
    update_survey,
)

__all__ = [
    "change_draft",
    "close_survey",
    "create_survey",
    "delete_survey",
    "duplicate_survey",
    "empty_definition",
    "export_survey",
    "import_survey",
    "publish_survey",
    "remove_deleted_surveys",
    "reopen_survey",
    "restore_survey",
    "update_survey",
]

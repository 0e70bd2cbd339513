"""What every page of results starts from: the survey, its answers in memory, and what of them is asked for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import QueryDict

from polku.accounts.access import WorkspaceRequest, allows
from polku.analytics.explore.asking import reader_of
from polku.site.formats import Reader
from polku.surveys.lookups import get_survey
from polku.surveys.models import Survey
from polku.surveys.results.asked import Versions, versions_of
from polku.surveys.results.columns import Columns, columns_of
from polku.surveys.results.selection import Selection, read_wish


@dataclass(frozen=True)
class Opened:
    survey: Survey
    versions: Versions
    columns: Columns
    reader: Reader
    today: dt.date
    sees_people: bool

    def select(self, given: QueryDict) -> Selection:
        """Raises StoreError where the event store is asked and gives up."""
        return Selection(
            self.survey,
            self.versions,
            self.columns,
            read_wish(given),
            sees_people=self.sees_people,
            today=self.today,
        )

    @property
    def as_of(self) -> dt.datetime | None:
        """When the newest answer came: `data_as_of` of these pages."""
        if not len(self.columns):
            return None
        newest = int(self.columns.seen.max())
        return dt.datetime.fromtimestamp(newest, ZoneInfo(self.survey.workspace.timezone))


def open_results(request: WorkspaceRequest, survey: int) -> Opened:
    """404 for a survey that is not the workspace's."""
    found, versions = open_survey(request, survey)
    return Opened(
        found,
        versions,
        columns_of(found, versions),
        reader_of(request),
        dt.datetime.now(ZoneInfo(request.workspace.timezone)).date(),
        allows(request.membership.role, "act"),
    )


def open_survey(request: WorkspaceRequest, survey: int) -> tuple[Survey, Versions]:
    """Without its answers. 404 for a survey that is not the workspace's."""
    found = get_survey(survey)
    return found, versions_of(found)

"""Reading tablets: which there are, and how they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django_scopes import scopes_disabled

from polku.accounts.models import Workspace
from polku.site.tokens import digest_of
from polku.surveys.models import Survey, SurveyVersion, Tablet

SILENT_AFTER = timedelta(minutes=15)
"""A tablet speaks every minute; one that is silent for so long in opening hours has no power or no network."""
State = Literal["waiting", "well", "silent", "resting"]


@dataclass(frozen=True)
class Health:
    """`waiting`: to be paired; `silent`: not heard of although the shop is open; `resting`: the same, closed."""

    tablet: Tablet
    state: State
    now: datetime

    @property
    def seen_ago(self) -> timedelta | None:
        return self.now - self.tablet.seen_at if self.tablet.seen_at else None

    @property
    def is_testing(self) -> bool:
        return self.tablet.testing_until is not None and self.tablet.testing_until > self.now

    @property
    def battery_is_low(self) -> bool:
        return self.tablet.battery is not None and self.tablet.battery < 20


def is_open(hours: Mapping[str, list[str]], at: datetime) -> bool:
    """Whether the shop is open at `at`, a moment by its own clock. Without any hours it always is."""
    if not hours:
        return True
    day = {5: "saturday", 6: "sunday"}.get(at.weekday(), "weekdays")
    span = hours.get(day)
    if not span:
        return False
    opens, closes = span
    return opens <= f"{at:%H:%M}" < closes


def health_of(tablet: Tablet, now: datetime) -> Health:
    state: State = "well"
    if tablet.paired_at is None or tablet.seen_at is None:
        state = "waiting"
    elif now - tablet.seen_at > SILENT_AFTER:
        local = now.astimezone(ZoneInfo(tablet.workspace.timezone))
        # Just after opening it may still be being switched on.
        was_open = is_open(tablet.hours, local - SILENT_AFTER)
        state = "silent" if is_open(tablet.hours, local) and was_open else "resting"
    return Health(tablet, state, now)


def tablets(workspace: Workspace, *, survey: Survey | None = None) -> list[Health]:
    """Those that are not removed, by name. Needs the workspace's scope."""
    found = Tablet.objects.select_related("workspace", "link__survey").filter(
        deleted_at=None, link__survey__deleted_at=None
    )
    now = timezone.now()
    return [health_of(tablet, now) for tablet in (found.filter(link__survey=survey) if survey else found)]


def find_by_token(token: str) -> Tablet | None:
    """The tablet that has this token. Unknown, replaced and removed ones are the same miss. Needs no scope."""
    if not 20 <= len(token) <= 100:
        return None
    with scopes_disabled():
        return (
            Tablet.objects.select_related("workspace", "link__survey__workspace", "link__workspace")
            .filter(digest=digest_of(token), deleted_at=None, link__survey__deleted_at=None)
            .first()
        )


def versions_of(survey: Survey) -> dict[int, SurveyVersion]:
    """All published versions by their numbers. Needs the workspace's scope."""
    return {version.number: version for version in SurveyVersion.objects.filter(survey=survey)}

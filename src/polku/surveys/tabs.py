"""The tabs of one survey's pages, in order."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.surveys.models import Survey


@dataclass(frozen=True)
class Tab:
    name: Promise
    url_name: str


TABS = (
    Tab(pgettext_lazy("survey", "Questions"), "surveys:design"),
    Tab(pgettext_lazy("survey", "Collect"), "surveys:collect"),
    Tab(_("Moments"), "surveys:moments"),
    Tab(_("Results"), "surveys:results"),
)


@dataclass(frozen=True)
class ShownTab:
    name: Promise
    url: str
    is_current: bool


def tabs_of(survey: Survey, current: str) -> list[ShownTab]:
    """Those of the survey's pages; `current` is the url name of the one that is open."""
    kwargs = {"workspace": survey.workspace.slug, "survey": survey.pk}
    return [ShownTab(tab.name, reverse(tab.url_name, kwargs=kwargs), tab.url_name == current) for tab in TABS]

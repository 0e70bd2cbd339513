"""Reading links on the web: how they are set, and how often they were shown and begun."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from polku.surveys.models import LinkDay, Response, Survey, SurveyLink
from polku.surveys.onsite.summary import sentence_of
from polku.surveys.onsite.targeting import Targeting, targeting_of


@dataclass(frozen=True)
class WebLink:
    link: SurveyLink
    targeting: Targeting
    displays: int
    starts: int
    completed: int

    @property
    def sentence(self) -> str:
        return sentence_of(self.targeting)

    @property
    def is_shown(self) -> bool:
        return self.link.is_active and bool(self.targeting.sites)


def web_links(survey: Survey) -> list[WebLink]:
    """Those that are not deleted, the oldest first. Needs the workspace's scope."""
    links = SurveyLink.objects.filter(survey=survey, kind=SurveyLink.Kind.WEB, deleted_at=None)
    return [web_link(link) for link in links.select_related("survey")]


def web_link(link: SurveyLink) -> WebLink:
    counted = LinkDay.objects.filter(link=link).aggregate(shown=Sum("displays"), begun=Sum("starts"))
    completed = Response.objects.filter(link=link, state=Response.State.COMPLETED).count()
    return WebLink(link, targeting_of(link.settings), counted["shown"] or 0, counted["begun"] or 0, completed)

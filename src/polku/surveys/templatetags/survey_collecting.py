"""What the page of a survey's ways to collect answers shows of its parts."""

from __future__ import annotations

from datetime import timedelta

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from polku.surveys.definition.questions import from_data
from polku.surveys.models import Survey, SurveyVersion
from polku.surveys.onsite import queries as onsite
from polku.surveys.tablets import queries as tablets
from polku.surveys.tablets.setup import smiley_of

register = template.Library()


@register.simple_tag
def web_links(survey: Survey) -> list[onsite.WebLink]:
    """`{% web_links survey as links %}`"""
    return onsite.web_links(survey)


@register.simple_tag
def tablets_of(survey: Survey) -> list[tablets.Health]:
    """`{% tablets_of survey as found %}`"""
    return tablets.tablets(survey.workspace, survey=survey)


@register.simple_tag
def fits_tablets(survey: Survey) -> bool:
    """Whether what was published last has a question that tablets can ask."""
    newest = SurveyVersion.objects.filter(survey=survey).order_by("-number").first()
    return newest is not None and smiley_of(from_data(newest.definition)) is not None


@register.simple_tag
def seen(ago: timedelta) -> str:
    """“seen 3 min ago”"""
    minutes = int(ago.total_seconds() // 60)
    if minutes < 1:
        return _("seen just now")
    if minutes < 60:
        return _("seen %(minutes)d min ago") % {"minutes": minutes}
    if minutes < 48 * 60:
        return _("seen %(hours)d h ago") % {"hours": minutes // 60}
    days = minutes // (24 * 60)
    return ngettext("seen %(days)d day ago", "seen %(days)d days ago", days) % {"days": days}

"""What the page of a survey's ways to collect answers shows of its parts."""

from __future__ import annotations

from django import template

from polku.surveys.models import Survey
from polku.surveys.onsite import queries as onsite

register = template.Library()


@register.simple_tag
def web_links(survey: Survey) -> list[onsite.WebLink]:
    """`{% web_links survey as links %}`"""
    return onsite.web_links(survey)

"""What of surveys is kept in the relational store."""

from polku.surveys.models.invitations import Ask, FatigueLimit, Invitation, Moment, MomentDay
from polku.surveys.models.responses import AnswerChange, Response, Tag, TaggedResponse
from polku.surveys.models.survey import LinkDay, Survey, SurveyLink, SurveyVersion
from polku.surveys.models.tablets import Tablet, TabletPress

__all__ = [
    "AnswerChange",
    "Ask",
    "FatigueLimit",
    "Invitation",
    "LinkDay",
    "Moment",
    "MomentDay",
    "Response",
    "Survey",
    "SurveyLink",
    "SurveyVersion",
    "Tablet",
    "TabletPress",
    "Tag",
    "TaggedResponse",
]

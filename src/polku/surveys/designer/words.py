"""Types of question, operators and parts of the designer in plain words."""

from __future__ import annotations

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from polku.surveys.definition.questions import Definition

TYPE_NAMES = {
    "nps": _("Likelihood to recommend (NPS)"),
    "csat": _("Satisfaction (CSAT)"),
    "ces": _("Effort (CES)"),
    "smiley": _("Smiley"),
    "task_success": _("Task success"),
    "stars": _("Stars"),
    "single": _("One of the options"),
    "multiple": _("Several of the options"),
    "matrix": _("Table of rows and columns"),
    "ranking": _("Options in order"),
    "points": _("Points shared out"),
    "number": _("Number or scale"),
    "short_text": _("Short text"),
    "long_text": _("Long text"),
    "date": _("Date"),
    "email": _("E-mail address"),
    "consent": _("Consent"),
    "statement": _("Text to read"),
}
TYPE_GROUPS = (
    (_("Scores"), ("nps", "csat", "ces", "smiley", "task_success", "stars", "number")),
    (_("Choices"), ("single", "multiple", "matrix", "ranking", "points")),
    (_("Own words"), ("long_text", "short_text")),
    (_("Facts and texts"), ("date", "email", "consent", "statement")),
)
TYPE_HINTS = {
    "nps": _("0–10, in the exact wording"),
    "csat": _("very dissatisfied … very satisfied"),
    "ces": _("was it easy, 1–7"),
    "smiley": _("four faces"),
    "task_success": _("did they get done what they came for"),
    "stars": _("1–5 stars"),
    "number": _("a number, or your own scale"),
    "single": _("one answer"),
    "multiple": _("several answers"),
    "matrix": _("the same scale for several things"),
    "ranking": _("the most important first"),
    "points": _("100 points among the options"),
    "long_text": _("several lines"),
    "short_text": _("one line"),
    "date": _("a calendar day"),
    "email": _("an address"),
    "consent": _("a box to tick"),
    "statement": _("no answer"),
}
OPERATORS = {
    "eq": pgettext_lazy("condition", "is"),
    "ne": pgettext_lazy("condition", "is not"),
    "lt": pgettext_lazy("condition", "is less than"),
    "le": pgettext_lazy("condition", "is at most"),
    "gt": pgettext_lazy("condition", "is more than"),
    "ge": pgettext_lazy("condition", "is at least"),
    "contains": pgettext_lazy("condition", "contains"),
    "answered": pgettext_lazy("condition", "is answered"),
    "not_answered": pgettext_lazy("condition", "is not answered"),
}


def read_in(definition: Definition) -> str:
    """The language in which somebody who designs a survey reads its texts: their own where it has that."""
    own = (get_language() or "")[:2]
    return own if own in definition.languages else definition.languages[0]

"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.analytics import kinds
from polku.decide import tabs
from polku.decide.changing.glossary import TERMS
from polku.decide.changing.goal_marks import marks_of
from polku.decide.changing.kind import changes_kind
from polku.decide.models import Goal
from polku.journeys import goal_marks, kept_below
from polku.site import glossary


def register() -> None:
    """Called once, when the program starts."""
    kinds.register(changes_kind())
    kept_below.register(kept_below.Below(Goal, journey="journey", stage="stage", touchpoint="touchpoint"))
    goal_marks.use(marks_of)
    audit_words.register_things({"goal": _("goal")})
    tabs.register(tabs.Tab(name=_("Changes and goals"), url_name="decide:changes", order=50))
    glossary.register(TERMS)

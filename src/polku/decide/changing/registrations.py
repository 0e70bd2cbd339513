"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.analytics import kinds
from polku.decide.changing.kind import changes_kind
from polku.decide.models import Goal
from polku.journeys import kept_below


def register() -> None:
    """Called once, when the program starts."""
    kinds.register(changes_kind())
    kept_below.register(kept_below.Below(Goal, journey="journey", stage="stage", touchpoint="touchpoint"))
    audit_words.register_things({"goal": _("goal")})

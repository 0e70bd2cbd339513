"""What actions give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from datetime import time

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.decide.acting import jobs, marks
from polku.decide.models import Dismissal, Goal, InputOverride
from polku.jobs import registry, schedules
from polku.journeys import acting_marks, kept_below
from polku.site import navigation


def register() -> None:
    """Called once, when the program starts."""
    kept_below.register(kept_below.Below(InputOverride, journey="journey"))
    kept_below.register(kept_below.Below(Dismissal, journey="journey"))
    kept_below.register(kept_below.Below(Goal, journey="journey", stage="stage", touchpoint="touchpoint"))
    registry.register(jobs.JOB, jobs.work, lane=jobs.LANE)
    schedules.register("actions.effects", at=time(5, 10), work=jobs.estimate_all)
    acting_marks.use(marks.marks_of, marks.new_address)
    navigation.register(
        navigation.NavigationItem(
            name=_("Actions"),
            url_name="decide:actions",
            order=11,
            covers=("decide:action", "decide:action-new", "decide:action-words", "decide:customer-page"),
            key="t",
        )
    )
    audit_words.register_things({"customer_page": _("public page for customers")})

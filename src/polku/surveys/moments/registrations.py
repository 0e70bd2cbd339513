"""What moments give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.jobs import registry, schedules, ticking
from polku.people.erasing import register_eraser
from polku.surveys.moments import fatigue, looking

_EVERY = timedelta(minutes=1)


def register() -> None:
    """Called once, when the program starts."""
    registry.register(looking.JOB, looking.work, lane=looking.LANE)
    ticking.register(looking.JOB, every=_EVERY, work=looking.put_in_queue)
    register_eraser("surveys.Ask", fatigue.erase_asks)
    schedules.register("asks.forget", at=time(4, 20), work=fatigue.forget_old_asks)
    audit_words.register_things({"moment": _("moment"), "fatigue_limit": _("survey fatigue limit")})

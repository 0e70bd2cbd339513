"""What answering gives to the rooms below."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.jobs import registry, ticking
from polku.surveys.answering import counting, gathering, idle


def register() -> None:
    """Called once, when the program starts."""
    audit_words.register_things({"answer": _("answer")})
    registry.register(idle.JOB, idle.tell_idle)
    registry.register(gathering.JOB, gathering.tell_gathered)
    ticking.register("surveys.gathering", every=timedelta(seconds=30), work=gathering.look_for_gathered)
    ticking.register("surveys.idle", every=timedelta(minutes=1), work=idle.look_for_idle)
    ticking.register("surveys.counts", every=timedelta(seconds=10), work=counting.write_counts)

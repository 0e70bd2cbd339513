"""What inviting gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from datetime import time, timedelta

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Called once, when the program starts."""
    from polku.accounts import audit_words
    from polku.jobs import registry as jobs
    from polku.jobs import schedules, ticking
    from polku.messaging import registry as messages
    from polku.people.erasing import register_eraser
    from polku.surveys.inviting import domain, due, erasing, forgetting, writing

    jobs.register(domain.JOB, due.work, lane="invitations")
    ticking.register("invitations", every=timedelta(seconds=15), work=due.look_for_due)
    schedules.register("invitations.forget", at=time(4, 40), work=forgetting.forget_invited)
    messages.register(writing.INVITATION, fill=due.fill, hear=due.hear_of_invitation)
    messages.register(writing.REMINDER, fill=due.fill, hear=due.hear_of_reminder)
    register_eraser("surveys.Invitation", erasing.erase_invitations)
    register_eraser("surveys.Response", erasing.erase_responses)
    audit_words.register_things({"invitation": _("invitation"), "survey_link": _("link of a survey")})

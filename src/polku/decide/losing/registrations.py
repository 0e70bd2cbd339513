"""What the list of losses gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.analytics import kinds
from polku.decide.losing.keeping import JOB, count_and_keep
from polku.decide.losing.kind import fix_first_kind
from polku.jobs import registry


def register() -> None:
    """Called once, when the program starts."""
    kinds.register(fix_first_kind())
    registry.register(JOB, count_and_keep, lane="losses", give_up=_leave)
    audit_words.register_things(
        {"loss_inputs": _("a figure of the list of losses"), "losses": _("a row of the list of losses")}
    )


def _leave(workspace_id: int, payload: dict[str, object]) -> None:
    """A list that could not be counted is asked for again by the next look at it."""

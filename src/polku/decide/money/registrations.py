"""What the answers about money give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from polku.accounts import audit_words
from polku.accounts.models import Workspace
from polku.analytics import money
from polku.decide.money import queries
from polku.site import checklist, navigation


def register() -> None:
    """Called once, when the program starts."""
    money.register(terms=queries.money_terms, address=_address)
    navigation.register_settings(
        navigation.NavigationItem(
            name=pgettext_lazy("settings", "Money"), url_name="decide:money", order=40, permission="edit"
        )
    )
    checklist.register(
        checklist.Step(
            key="money",
            title=_("Answer four questions about money"),
            text=_("Margin, VAT, returns and the cost of a contact: from these Polku works out every euro."),
            url_name="decide:money",
            is_done=queries.is_answered,
            order=50,
        )
    )
    audit_words.register_things({"money_answers": _("answers about money")})


def _address(workspace: Workspace) -> str:
    return reverse("decide:money", kwargs={"workspace": workspace.slug})

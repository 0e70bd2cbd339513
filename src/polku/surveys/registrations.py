"""What surveys give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.site import navigation
from polku.surveys.answering import registrations as answering
from polku.surveys.designer import registrations as designer
from polku.surveys.inviting import registrations as inviting
from polku.surveys.moments import registrations as moments
from polku.surveys.results import registrations as results
from polku.surveys.tablets import registrations as tablets


def register() -> None:
    """Called once, when the program starts."""
    navigation.register(
        navigation.NavigationItem(name=_("Surveys"), url_name="surveys:list", order=14, key="k")
    )
    audit_words.register_things({"survey": _("survey")})
    answering.register()
    designer.register()
    inviting.register()
    moments.register()
    results.register()
    tablets.register()

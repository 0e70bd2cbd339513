"""What tablets give to the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.site import notices as site
from polku.site import search
from polku.surveys.tablets.notices import notices


def register() -> None:
    """Called once, when the program starts."""
    site.register(notices)
    search.register_page(
        search.Page(
            _("Tablets"), "surveys:tablets", "view", "tabletti laite myymälä hymiö kioski kiosk device smiley"
        )
    )
    audit_words.register_things({"tablet": _("tablet"), "web_link": _("survey on the website")})

"""What customers and segments give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.analytics import resolvers
from polku.people import queries
from polku.site import navigation


def register() -> None:
    """Called once, when the program starts."""
    resolvers.register_segment(queries.find_segment, queries.segment_names)
    navigation.register(
        navigation.NavigationItem(
            name=_("Customers"),
            url_name="people:people",
            order=20,
            permission="act",
            covers=("people:person", "people:unmerge", "people:joins", "people:unjoined"),
        )
    )
    navigation.register(navigation.NavigationItem(name=_("Segments"), url_name="people:segments", order=30))
    audit_words.register_things({"segment": _("segment"), "person": _("customer")})

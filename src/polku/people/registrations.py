"""What customers and segments give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.accounts import audit_words
from polku.accounts.models import Workspace
from polku.analytics import resolvers
from polku.people import joining, queries, searching
from polku.people.event_words import event_sentence
from polku.people.property_names import property_name, value_meant, value_name
from polku.site import checklist, navigation


def register() -> None:
    """Called once, when the program starts."""
    resolvers.register_segment(queries.find_segment, queries.segment_names)
    resolvers.register_people(
        address=_address_of,
        names=queries.names_of,
        words=resolvers.Words(
            event=lambda name: event_sentence(name, {}),
            property=property_name,
            value=value_name,
            meant=value_meant,
        ),
    )
    navigation.register(
        navigation.NavigationItem(
            name=_("Customers"),
            url_name="people:people",
            order=20,
            key="c",
            permission="act",
            covers=("people:person", "people:unmerge", "people:joins", "people:unjoined"),
        )
    )
    navigation.register(
        navigation.NavigationItem(name=_("Segments"), url_name="people:segments", order=30, key="s")
    )
    searching.register()
    audit_words.register_things(
        {"segment": _("segment"), "person": _("customer"), "join_rule": _("joining customers by a key")}
    )
    checklist.register(
        checklist.Step(
            key="joins",
            title=_("See how your data joins"),
            text=_(
                "Polku proposes by what customers of different files could be known as the same; you decide."
            ),
            url_name="people:joins",
            is_done=joining.is_decided,
            order=30,
        )
    )


def _address_of(workspace: Workspace, person: int) -> str:
    return reverse("people:person", kwargs={"workspace": workspace.slug, "person": person})

"""What this part gives to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from polku.accounts.models import Workspace
from polku.decide import tabs
from polku.decide.customers import glossary, keeping
from polku.decide.customers.choosing import USUAL
from polku.decide.customers.keeping import kept_customers
from polku.decide.customers.shown import ShownValue, shown_value
from polku.decide.customers.single import models_of, values_of
from polku.eventstore.port import StoreError
from polku.jobs import registry as jobs
from polku.people import sections
from polku.people.models import Segment
from polku.site.formats import Reader


def register() -> None:
    """Called once, when the program starts."""
    tabs.register(tabs.Tab(name=_("Customer value"), url_name="decide:customers", order=20))
    jobs.register(keeping.JOB, keeping.work, lane=keeping.LANE)
    glossary.register()
    sections.register_person_section(
        template="decide/customers/person_value.html", read=_value_of_person, order=10
    )
    sections.register_segment_section(
        template="decide/customers/segment_section.html", read=_address_of_segment, order=10
    )


def _value_of_person(workspace: Workspace, person: int, reader: Reader) -> ShownValue | None:
    """None for who has not bought."""
    kept = kept_customers(workspace, USUAL)
    models = models_of(kept.document) if kept.document else None
    try:
        value = values_of(workspace, [person], models).get(person)
    except StoreError:
        return None  # the rest of the page does not hang on it
    return shown_value(value, models, reader) if value else None


def _address_of_segment(workspace: Workspace, segment: Segment) -> str:
    return reverse("decide:segment-value", kwargs={"workspace": workspace.slug, "segment": segment.pk})

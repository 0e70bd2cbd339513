"""What journeys give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def register() -> None:
    """Called once, when the program starts (models may be imported only then)."""
    from polku.accounts.audit_words import register_things
    from polku.accounts.start_pages import use_start_page
    from polku.analytics import kinds, resolvers
    from polku.analytics.explore import placements
    from polku.eventstore.registry import register_hit_rules
    from polku.jobs import registry as jobs
    from polku.journeys import kept_below, queries, rebuilding, searching, timeline
    from polku.journeys.display_names import channel_names, metric_name
    from polku.journeys.domain.questions import put_question, take_question
    from polku.journeys.hit_rules import hit_rules
    from polku.journeys.live import journey_kind
    from polku.journeys.models import Action, Opportunity
    from polku.journeys.start_page import start_page
    from polku.people import timeline_sources
    from polku.site import checklist, navigation

    kinds.register(journey_kind())
    placements.register(
        placements.Placements(
            places=queries.places_of,
            put=lambda question, touchpoint, actor: put_question(
                question=question, touchpoint=touchpoint, actor=actor
            ),
            take=lambda question, touchpoint, actor: take_question(
                question=question, touchpoint=touchpoint, actor=actor
            ),
        )
    )
    resolvers.register_touchpoint(queries.find_touchpoint, queries.touchpoint_names)
    resolvers.register_journeys(queries.journey_choices)
    register_hit_rules(hit_rules)
    kept_below.register(kept_below.Below(Opportunity, touchpoint="touchpoint"))
    kept_below.register(kept_below.Below(Action, touchpoint="opportunity__touchpoint"))
    jobs.register(rebuilding.KIND, rebuilding.work_rebuild)
    navigation.register(
        navigation.NavigationItem(name=_("Journeys"), url_name="journeys:list", order=10, key="j")
    )
    searching.register()
    use_start_page(start_page)
    checklist.register(
        checklist.Step(
            key="map",
            title=_("Make the map"),
            text=_("Polku proposes stages and touchpoints from your data, or you start from a template."),
            url_name="journeys:propose",
            is_done=queries.has_connected_journey,
            order=30,
        )
    )
    checklist.register(
        checklist.Step(
            key="measurement_plan",
            title=_("Look at the measurement plan"),
            text=_("It says what is not known yet at each touchpoint and the cheapest way to know it."),
            url_name="journeys:first-plan",
            is_done=queries.has_checked_plan,
            order=60,
        )
    )
    timeline_sources.use_journeys(
        touchpoints=timeline.find_touchpoints,
        channels=channel_names(),
        metric=metric_name,
        feeling=timeline.rate_answer,
    )
    register_things(
        {
            "journey": _("journey"),
            "stage": _("stage"),
            "touchpoint": _("touchpoint"),
            "binding": _("data connection"),
            "measurement": _("measurement plan"),
            "opportunity": _("opportunity"),
            "action": pgettext_lazy("work", "action"),
            "words": _("words for customers"),
        }
    )

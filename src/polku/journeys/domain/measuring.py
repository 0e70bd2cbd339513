"""Check-offs of the measurement plan: who saw to what becoming known, and what the team decided not to ask."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from polku.accounts.models import User
from polku.journeys import values
from polku.journeys.domain.writing import audit, writing
from polku.journeys.models import Lane, MeasurementCheck, Touchpoint


def check_lane(
    *, touchpoint: Touchpoint, lane: str, state: str = "arranged", actor: User | None = None
) -> MeasurementCheck:
    """Check off a lane of a touchpoint as seen to (`arranged`) or `not-needed`; a later check replaces an earlier one.

    Raises ValidationError; atomic; audited.
    """
    lane = values.clean_choice(lane, Lane.values)
    state = values.clean_choice(state, MeasurementCheck.State.values)
    journey = touchpoint.stage.journey
    with writing(journey):
        if not Touchpoint.objects.filter(pk=touchpoint.pk).exists():
            raise ValidationError(_("The touchpoint “%s” has been deleted.") % touchpoint.name, code="gone")
        MeasurementCheck.objects.filter(touchpoint=touchpoint, lane=lane).delete()
        check = MeasurementCheck.objects.create(
            workspace=journey.workspace, touchpoint=touchpoint, lane=lane, state=state, checked_by=actor
        )
        audit(
            journey, actor, "measurement.added", touchpoint, touchpoint=touchpoint.pk, lane=lane, state=state
        )
    return check


def uncheck_lane(*, touchpoint: Touchpoint, lane: str, actor: User | None = None) -> None:
    """Take a check-off back; one that is not there is no fault. Raises ValidationError; atomic; audited."""
    lane = values.clean_choice(lane, Lane.values)
    journey = touchpoint.stage.journey
    with writing(journey):
        if MeasurementCheck.objects.filter(touchpoint=touchpoint.pk, lane=lane).delete()[0]:
            audit(journey, actor, "measurement.removed", touchpoint, touchpoint=touchpoint.pk, lane=lane)

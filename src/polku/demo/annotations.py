"""What the demo company wrote down beside its trends: what it knew of when it happened, not yet what it did."""

from __future__ import annotations

from datetime import date, timedelta

from polku.accounts.models import User, Workspace
from polku.analytics.annotations import add_annotation
from polku.simulation import Truths
from polku.simulation.clock import Window


def annotate(*, workspace: Workspace, day: date, owner: User) -> None:
    """Three annotations on the Mondays of the weeks from which on something is true (docs/reference/demo-truths.md)."""
    monday, truths = Window.ending(day).day_zero, Truths()
    for week, kind, text in (
        (truths.safari_failure_from_week, "release", "Maksusivu uudistettiin"),
        (truths.late_shipping_cost_from_week, "release", "Toimituskulut siirrettiin kassalle"),
        (truths.instagram_from_week, "campaign", "Kaamoksen yö -kampanja Instagramissa alkoi"),
    ):
        add_annotation(
            workspace=workspace, on=monday + timedelta(weeks=week - 1), text=text, kind=kind, actor=owner
        )

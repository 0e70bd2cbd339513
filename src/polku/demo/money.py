"""What the demo company told of its money, and the goal that its team set."""

from __future__ import annotations

from datetime import date, timedelta

from django_scopes import scope

from polku.accounts.models import User, Workspace
from polku.decide.changing.goal_domain import set_goal
from polku.decide.money.domain import answer_money_questions
from polku.journeys.models import Touchpoint

MARGIN, VAT, CONTACT_COST = 0.42, 0.255, 6.0
"""Of sales without VAT; the shop's sums include it. Orders that come back say so in their state."""
RETURNS_CONTACTS = 5.0
"""Contacts about how to return, per 100 people on the returns page: the team's goal."""


def tell_about_money(*, workspace: Workspace, day: date, owner: User) -> None:
    """Answer the four questions, and set the goal; the states of orders are the workspace's own."""
    answer_money_questions(
        workspace=workspace,
        margin=MARGIN,
        vat_included=True,
        vat_rate=VAT,
        returned=0.0,
        contact_cost=CONTACT_COST,
        basis="accounts",
        cancelled_states=workspace.cancelled_states,
        actor=owner,
    )
    with scope(workspace=workspace):
        returns = Touchpoint.objects.get(name="Palautus")
        set_goal(
            journey=returns.stage.journey,
            touchpoint=returns,
            figure="reason",
            metric="Palautusohje",
            target=RETURNS_CONTACTS,
            by=max(day, date.today()) + timedelta(days=60),
            actor=owner,
        )

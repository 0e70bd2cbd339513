"""Makes the demo company: a workspace marked as simulated, its map, its segments and 120 days of signals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django_scopes import scope

from polku import __version__
from polku.accounts.demo import DEMO_EMAIL
from polku.accounts.domain import (
    create_user,
    create_workspace,
    delete_workspace,
    record_audit,
    update_workspace,
)
from polku.accounts.models import AuditEntry, User, Workspace
from polku.decide.losing.keeping import count_and_keep
from polku.demo.annotations import annotate
from polku.demo.journey import journey_document
from polku.demo.money import tell_about_money
from polku.demo.segments import SEGMENTS
from polku.demo.sources import ORDERS, PEOPLE, by_source
from polku.eventstore.port import Progress
from polku.eventstore.registry import hit_rules, store
from polku.jobs.models import Job
from polku.journeys.domain import import_journey
from polku.journeys.models import Journey
from polku.journeys.rebuilding import KIND as REBUILD
from polku.people.domain import create_segment
from polku.simulation import Simulation, simulate

NAME = "Kaamos Retkeily"
TIMEZONE = "Europe/Helsinki"
SEED = 6
"""Chosen so that all clear changes of the default view are planted ones; in most worlds chance adds one or two."""
CANCELLED_STATES = ["cancelled", "returned"]
_LOADED = "workspace.imported"
_STEPS = 100


def load_demo(*, today: date | None = None, progress: Progress | None = None) -> Workspace:
    """The workspace "Kaamos Retkeily" with its data up to the morning of `today` (default: today in Finland).

    One that is there already for the same day and version is returned as it is; any other of the demo's is
    deleted, with what was changed in it, and made anew. Also makes the user demo@polku.localhost, its owner, who
    has no password. A load that was interrupted leaves no mark of success: the next call starts over.
    """
    report = progress or _silent
    day = today or datetime.now(ZoneInfo(TIMEZONE)).date()
    mark = f"{day.isoformat()}, {__version__}"
    owner = demo_user()
    for earlier in Workspace.objects.filter(name=NAME, is_simulated=True):
        if _is_loaded(earlier, mark):
            report(_STEPS, _STEPS)
            return earlier
        delete_workspace(workspace=earlier, actor=owner)
    report(1, _STEPS)
    simulation = simulate(today=day, seed=SEED)
    report(10, _STEPS)
    workspace = build_workspace(simulation, day=day, owner=owner, progress=lambda done: report(done, _STEPS))
    annotate(workspace=workspace, day=day, owner=owner)
    tell_about_money(workspace=workspace, day=day, owner=owner)
    _count_losses(workspace)
    with scope(workspace=workspace):
        record_audit(workspace=workspace, actor=owner, action=_LOADED, target=mark)
    report(_STEPS, _STEPS)
    return workspace


def _count_losses(workspace: Workspace) -> None:
    """The map shows what is lost from its first look on."""
    with scope(workspace=workspace):
        journeys = list(Journey.objects.values_list("pk", flat=True))
    for journey in journeys:
        count_and_keep(workspace.pk, {"journey": journey}, _silent)


def build_workspace(
    simulation: Simulation,
    *,
    day: date,
    owner: User,
    name: str = NAME,
    progress: Callable[[int], None] = lambda done: None,
) -> Workspace:
    """A new workspace around simulated data; `progress` is told 10 to 100.

    People come first, so that every id is joined as it arrives, and the map before the signals, so that they are
    matched with touchpoints as they are written.
    """
    workspace, _write_key, _secret_key = create_workspace(
        name=name, language="fi", timezone=TIMEZONE, currency="EUR", owner=owner, is_simulated=True
    )
    update_workspace(workspace=workspace, changes={"cancelled_states": CANCELLED_STATES}, actor=owner)
    with scope(workspace=workspace):
        with transaction.atomic():
            import_journey(
                workspace=workspace, document=journey_document(day, owner=owner.email), actor=owner
            )
            # Nothing is stored yet that the map could be matched with again.
            Job.objects.filter(workspace_id=workspace.pk, kind=REBUILD).delete()
        for segment, rule in SEGMENTS.items():
            create_segment(workspace=workspace, name=segment, rule=rule, actor=owner)
    key = workspace.key.hex
    rules = hit_rules(key)
    progress(15)
    store().load_people(key, simulation.people, origin=PEOPLE)
    progress(25)
    store().load_orders(key, simulation.orders, rules=rules, origin=ORDERS)
    progress(35)
    loaded, whole = 0, max(1, simulation.signals.num_rows)
    for origin, signals in by_source(simulation.signals):
        store().load_signals(key, signals, rules=rules, origin=origin)
        loaded += signals.num_rows
        progress(35 + loaded * 64 // whole)
    return workspace


def demo_user() -> User:
    """The user of the demo, made where it is not there yet; nobody can sign in as them by password."""
    return User.objects.filter(email=DEMO_EMAIL).first() or create_user(
        email=DEMO_EMAIL, name="Aino Esimerkki"
    )


def _is_loaded(workspace: Workspace, mark: str) -> bool:
    with scope(workspace=workspace):
        return AuditEntry.objects.filter(action=_LOADED, target=mark).exists()


def _silent(done: int, total: int) -> None:
    pass

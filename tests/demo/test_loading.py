"""Loading the demo: what is made, and when it is made again."""

from __future__ import annotations

from datetime import date

import pytest
from django_scopes import scope

from polku.accounts.models import Membership, Role, User, Workspace
from polku.analytics.annotations import annotations_of
from polku.demo import load_demo
from polku.eventstore.port import Scope, Selector, SignalKind
from polku.jobs.models import Job
from polku.journeys.models import Binding, Journey, Touchpoint
from polku.people.models import Segment

pytestmark = pytest.mark.contract

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def loaded(db, store):
    steps: list[tuple[int, int]] = []
    return load_demo(today=MONDAY, progress=lambda done, total: steps.append((done, total))), steps


def test_the_demo_is_a_simulated_workspace_with_a_map(loaded, store):
    workspace, steps = loaded
    assert (workspace.name, workspace.slug, workspace.language) == (
        "Kaamos Retkeily",
        "kaamos-retkeily",
        "fi",
    )
    assert workspace.is_simulated
    assert workspace.cancelled_states == ["cancelled", "returned"]
    with scope(workspace=workspace):
        journey = Journey.objects.get()
        assert journey.name == "Retkeilykaupan ostopolku"
        assert journey.reviewed_at == date(2026, 10, 30)
        assert journey.stages.count() == 6
        assert Touchpoint.objects.filter(is_backstage=False).count() == 12
        assert Touchpoint.objects.filter(is_backstage=True).count() == 2
        assert Touchpoint.objects.filter(is_moment_of_truth=True).count() == 3
        assert not Touchpoint.objects.filter(is_backstage=False, assumed_feeling=None).exists()
        assert Binding.objects.count() > 30
        assert Segment.objects.count() == 13
        membership = Membership.objects.get()
        assert (membership.user.email, membership.role) == ("demo@polku.localhost", Role.OWNER)
    assert not membership.user.has_usable_password()
    assert not Job.objects.exists(), "signals are matched with the map as they are loaded"
    assert steps[-1] == (100, 100)
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)

    state = store.state(workspace.key.hex)
    assert state.data_as_of.date() == MONDAY
    joined = store.preview(workspace.key.hex, [Selector(kinds=(SignalKind.SCORE,), names=("csat",))], Scope())
    assert joined.signals > 2_000
    assert store.preview(workspace.key.hex, [Selector()], Scope()).people == pytest.approx(20_000, rel=0.05)


def test_what_happened_stands_beside_the_trends_from_the_weeks_in_which_it_is_true(loaded):
    assert [(note.on, note.kind) for note in annotations_of(loaded[0])] == [
        (date(2026, 8, 17), "release"),
        (date(2026, 10, 5), "release"),
        (date(2026, 10, 5), "campaign"),
    ]


def test_each_system_of_the_company_is_a_source(loaded, store):
    workspace, _ = loaded
    key = workspace.key.hex
    sources = {each.origin.removeprefix("simulation/"): each.accepted for each in store.sources(key)}
    assert {*sources} == {
        "web", "letters", "stores", "logistics", "service", "surveys", "orders", "people"
    }  # fmt: skip
    assert (
        sum(sources[each] for each in ("web", "letters", "stores", "logistics", "service", "surveys"))
        == (
            store.preview(
                key, [Selector(kinds=(SignalKind.EVENT, SignalKind.SCORE, SignalKind.CONTACT))], Scope()
            )
        ).signals
    )
    rates = {
        (each.origin.removeprefix("simulation/"), each.kind): each for each in store.join_rates(key, Scope())
    }
    # What nobody in the shop could know alone: most answers come from people whose orders are known elsewhere.
    assert rates["surveys", SignalKind.SCORE].joined > 0.5 * rates["surveys", SignalKind.SCORE].signals
    assert 0 < rates["web", SignalKind.EVENT].joined < rates["web", SignalKind.EVENT].signals


def test_the_same_day_changes_nothing_and_another_day_makes_it_anew(loaded, store):
    workspace, _ = loaded
    version = store.state(workspace.key.hex).version
    assert load_demo(today=MONDAY).pk == workspace.pk
    assert store.state(workspace.key.hex).version == version
    Workspace.objects.create(name="Kaamos Retkeily", slug="oma-kauppa")  # somebody's real one
    renewed = load_demo(today=TUESDAY)
    assert renewed.pk != workspace.pk
    assert renewed.slug == "kaamos-retkeily"
    assert store.state(renewed.key.hex).data_as_of.date() == TUESDAY
    assert sorted(Workspace.objects.values_list("slug", flat=True)) == ["kaamos-retkeily", "oma-kauppa"]
    assert User.objects.filter(email="demo@polku.localhost").count() == 1


def test_an_interrupted_load_starts_over(db, store):
    class Stopped(Exception):
        pass

    def stop(done: int, total: int) -> None:
        if done >= 35:
            raise Stopped

    with pytest.raises(Stopped):
        load_demo(today=MONDAY, progress=stop)
    half = Workspace.objects.get(name="Kaamos Retkeily")
    whole = load_demo(today=MONDAY)
    assert whole.pk != half.pk
    assert Workspace.objects.get(name="Kaamos Retkeily") == whole
    assert store.state(whole.key.hex).signals > 250_000

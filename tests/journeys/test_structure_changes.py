"""Adding, naming, moving and deleting: what is asked happens, and nothing beside it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.journeys import domain, limits
from polku.journeys.models import Binding, Deletion, Journey, Stage, Touchpoint


@pytest.fixture
def journey(workspace):
    return domain.create_journey(workspace=workspace, name="Ostopolku")


@pytest.fixture
def stages(journey):
    return [domain.add_stage(journey=journey, name=name) for name in ("Ennen", "Osto", "Jälkeen")]


def stage_names(journey: Journey) -> list[str]:
    with scope(workspace=journey.workspace):
        return [stage.name for stage in journey.stages.all()]


def touchpoint_names(stage: Stage) -> list[str]:
    with scope(workspace=stage.workspace):
        return [touchpoint.name for touchpoint in stage.touchpoints.all()]


def test_stages_stand_where_they_were_put(journey, stages) -> None:
    domain.add_stage(journey=journey, name="Väliin", after=stages[0])
    assert stage_names(journey) == ["Ennen", "Väliin", "Osto", "Jälkeen"]


def test_a_stage_moves_one_place_and_stops_at_the_ends(journey, stages) -> None:
    assert domain.move_stage(stage=stages[2], by=-1) is True
    assert stage_names(journey) == ["Ennen", "Jälkeen", "Osto"]
    assert domain.move_stage(stage=stages[0], by=-1) is False
    assert stage_names(journey) == ["Ennen", "Jälkeen", "Osto"]
    assert domain.move_stage(stage=stages[0], by=1) is True
    assert stage_names(journey) == ["Jälkeen", "Ennen", "Osto"]


def test_two_editors_who_insert_at_the_same_place_keep_both(journey, stages) -> None:
    # Both looked at the map when only the first three stages were there.
    domain.add_stage(journey=journey, name="Kaisan", after=stages[0])
    domain.add_stage(journey=journey, name="Matin", after=stages[0])
    assert stage_names(journey) == ["Ennen", "Matin", "Kaisan", "Osto", "Jälkeen"]


def test_equal_keys_sort_by_number_and_make_room_again(journey, stages) -> None:
    with scope(workspace=journey.workspace):
        journey.stages.update(order_key="V")
    assert stage_names(journey) == ["Ennen", "Osto", "Jälkeen"]
    domain.add_stage(journey=journey, name="Väliin", after=stages[1])
    assert stage_names(journey) == ["Ennen", "Osto", "Väliin", "Jälkeen"]
    with scope(workspace=journey.workspace):
        keys = list(journey.stages.values_list("order_key", flat=True))
    assert keys == sorted(set(keys))


def test_moving_back_and_forth_forever_never_overflows_the_key(journey, stages) -> None:
    for _ in range(150):
        domain.move_stage(stage=stages[0], by=1)
        domain.move_stage(stage=stages[0], by=-1)
    assert stage_names(journey) == ["Ennen", "Osto", "Jälkeen"]
    with scope(workspace=journey.workspace):
        assert max(len(key) for key in journey.stages.values_list("order_key", flat=True)) <= 60


def test_a_touchpoint_moves_through_its_stage_and_into_the_next(journey, stages) -> None:
    first = domain.add_touchpoint(stage=stages[0], name="Haku")
    second = domain.add_touchpoint(stage=stages[0], name="Tuotesivu")
    third = domain.add_touchpoint(stage=stages[1], name="Maksu")
    domain.move_touchpoint(touchpoint=first, by=1)
    assert touchpoint_names(stages[0]) == ["Tuotesivu", "Haku"]
    domain.move_touchpoint(touchpoint=first, by=1)
    assert touchpoint_names(stages[0]) == ["Tuotesivu"]
    assert touchpoint_names(stages[1]) == ["Haku", "Maksu"]
    domain.move_touchpoint(touchpoint=third, by=1)
    assert touchpoint_names(stages[2]) == ["Maksu"]
    assert domain.move_touchpoint(touchpoint=third, by=1) is False
    domain.move_touchpoint(touchpoint=third, by=-1)
    assert touchpoint_names(stages[1]) == ["Haku", "Maksu"]
    assert domain.move_touchpoint(touchpoint=second, by=-1) is False


def test_a_touchpoint_is_put_into_another_stage(stages) -> None:
    touchpoint = domain.add_touchpoint(stage=stages[0], name="Haku")
    there = domain.add_touchpoint(stage=stages[2], name="Palautus")
    domain.add_touchpoint(stage=stages[2], name="Kysely")
    domain.place_touchpoint(touchpoint=touchpoint, stage=stages[2], after=there)
    assert touchpoint_names(stages[2]) == ["Palautus", "Haku", "Kysely"]


def test_a_touchpoint_cannot_move_into_another_journey(workspace, stages) -> None:
    touchpoint = domain.add_touchpoint(stage=stages[0], name="Haku")
    other = domain.create_journey(workspace=workspace, name="Toinen")
    foreign = domain.add_stage(journey=other, name="Muualla")
    with pytest.raises(ValidationError, match="another journey"):
        domain.place_touchpoint(touchpoint=touchpoint, stage=foreign)


def test_two_people_change_different_fields_and_both_stay(workspace, stages) -> None:
    touchpoint = domain.add_touchpoint(stage=stages[0], name="Haku", channels=["web"])
    with scope(workspace=workspace):
        as_matti_saw_it = Touchpoint.objects.get(pk=touchpoint.pk)
    domain.update_touchpoint(touchpoint=touchpoint, name="Hakutulos")
    domain.update_touchpoint(touchpoint=as_matti_saw_it, assumed_feeling=0.5)
    with scope(workspace=workspace):
        now = Touchpoint.objects.get(pk=touchpoint.pk)
    assert (now.name, now.assumed_feeling, now.channels) == ("Hakutulos", 0.5, ["web"])


def test_of_the_same_field_the_later_wins(workspace, stages) -> None:
    domain.update_stage(stage=stages[0], name="Alku")
    domain.update_stage(stage=stages[0], name="Lähtötila")
    with scope(workspace=workspace):
        assert Stage.objects.get(pk=stages[0].pk).name == "Lähtötila"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"channels": ["telepathy"]}, "channels"),
        ({"assumed_feeling": 1.01}, "assumed_feeling"),
        ({"assumed_feeling": float("nan")}, "assumed_feeling"),
        ({"review_on": "tomorrow"}, "review_on"),
    ],
)
def test_a_wrong_value_is_refused_and_named(stages, changes, field) -> None:
    touchpoint = domain.add_touchpoint(stage=stages[0], name="Haku")
    with pytest.raises(ValidationError) as caught:
        domain.update_touchpoint(touchpoint=touchpoint, **changes)
    assert list(caught.value.message_dict) == [field]


def test_an_owner_is_a_member(owner, outsider, stages) -> None:
    touchpoint = domain.add_touchpoint(stage=stages[0], name="Haku", owner=owner)
    with pytest.raises(ValidationError, match="member of the workspace"):
        domain.update_touchpoint(touchpoint=touchpoint, owner=outsider)


def test_a_map_does_not_outgrow_its_limits(workspace, journey, stages) -> None:
    for number in range(limits.STAGES - 3):
        domain.add_stage(journey=journey, name=f"Vaihe {number}")
    with pytest.raises(ValidationError, match="at most 30 stages"):
        domain.add_stage(journey=journey, name="Liikaa")
    with scope(workspace=workspace):
        Touchpoint.objects.bulk_create(
            Touchpoint(workspace=workspace, stage=stages[0], name=f"K{number}", order_key=f"a{number}1")
            for number in range(limits.TOUCHPOINTS)
        )
    with pytest.raises(ValidationError, match="at most 150 touchpoints"):
        domain.add_touchpoint(stage=stages[1], name="Liikaa")


def test_what_was_deleted_meanwhile_is_said_kindly(journey, stages) -> None:
    touchpoint = domain.add_touchpoint(stage=stages[0], name="Haku")
    domain.delete_stage(stage=stages[0])
    with pytest.raises(ValidationError, match="has been deleted"):
        domain.update_touchpoint(touchpoint=touchpoint, name="Uusi")
    with pytest.raises(ValidationError, match="has been deleted"):
        domain.add_touchpoint(stage=stages[0], name="Uusi")
    with pytest.raises(ValidationError, match="has been deleted"):
        domain.move_stage(stage=stages[0], by=1)
    domain.delete_journey(journey=journey)
    with pytest.raises(ValidationError, match="has been deleted"):
        domain.add_stage(journey=journey, name="Uusi")


def everything(journey: Journey) -> list[dict[str, object]]:
    with scope(workspace=journey.workspace):
        rows = [
            *Stage.objects.filter(journey_id=journey.pk),
            *Touchpoint.objects.filter(stage__journey_id=journey.pk),
            *Binding.objects.filter(touchpoint__stage__journey_id=journey.pk),
        ]
    return [
        {key: value for key, value in vars(row).items() if key not in ("_state", "created_at")}
        for row in rows
    ]


def full_journey(workspace, owner) -> tuple[Journey, Stage, Touchpoint, Binding]:
    journey = domain.create_journey(workspace=workspace, name="Ostopolku")
    stage = domain.add_stage(journey=journey, name="Osto")
    touchpoint = domain.add_touchpoint(
        stage=stage,
        name="Maksu",
        channels=["web"],
        assumed_feeling=-0.25,
        owner=owner,
        is_moment_of_truth=True,
    )
    domain.add_touchpoint(stage=stage, name="Kassa", review_on="2026-03-31")
    binding = domain.add_binding(touchpoint=touchpoint, kind="event", names=["payment"], channel="web")
    return journey, stage, touchpoint, binding


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_undo_brings_back_the_same_rows_under_their_old_numbers(workspace, owner, part) -> None:
    rows = full_journey(workspace, owner)
    delete = [
        lambda row: domain.delete_journey(journey=row, actor=owner),
        lambda row: domain.delete_stage(stage=row, actor=owner),
        lambda row: domain.delete_touchpoint(touchpoint=row, actor=owner),
        lambda row: domain.delete_binding(binding=row, actor=owner),
    ][part]
    before = everything(rows[0])
    deletion = delete(rows[part])
    assert everything(rows[0]) != before
    restored = domain.undo_deletion(deletion=deletion, actor=owner)
    assert restored.pk == rows[0].pk
    assert everything(rows[0]) == before
    with scope(workspace=workspace):
        assert not Deletion.objects.exists()


def test_undo_twice_brings_back_once(workspace, owner) -> None:
    deletion = domain.delete_touchpoint(touchpoint=full_journey(workspace, owner)[2])
    domain.undo_deletion(deletion=deletion)
    with pytest.raises(ValidationError, match="back already"):
        domain.undo_deletion(deletion=deletion)


def test_a_part_waits_for_what_held_it(workspace, owner) -> None:
    _, stage, touchpoint, _ = full_journey(workspace, owner)
    of_touchpoint = domain.delete_touchpoint(touchpoint=touchpoint)
    of_stage = domain.delete_stage(stage=stage)
    with pytest.raises(ValidationError, match="bring that back first"):
        domain.undo_deletion(deletion=of_touchpoint)
    domain.undo_deletion(deletion=of_stage)
    domain.undo_deletion(deletion=of_touchpoint)
    assert set(touchpoint_names(stage)) == {"Maksu", "Kassa"}


def test_undo_leaves_out_an_owner_who_has_left_polku(workspace, owner) -> None:
    _, _, touchpoint, _ = full_journey(workspace, owner)
    deletion = domain.delete_touchpoint(touchpoint=touchpoint)
    owner.delete()
    with scope(workspace=workspace):
        deletion.refresh_from_db()
    domain.undo_deletion(deletion=deletion)
    with scope(workspace=workspace):
        assert Touchpoint.objects.get(pk=touchpoint.pk).owner is None


def test_every_change_leaves_an_audit_entry(workspace, owner) -> None:
    journey = domain.create_journey(workspace=workspace, name="Polku", actor=owner, template="four-phases")
    domain.update_journey(journey=journey, actor=owner, name="Ostopolku", window_days=14)
    domain.update_journey(journey=journey, actor=owner, name="Ostopolku")
    stage = domain.add_stage(journey=journey, name="Uusi", actor=owner)
    domain.update_stage(stage=stage, name="Vaihe", actor=owner)
    domain.move_stage(stage=stage, by=-1, actor=owner)
    touchpoint = domain.add_touchpoint(stage=stage, name="Maksu", actor=owner)
    domain.update_touchpoint(touchpoint=touchpoint, description="Kortilla", actor=owner)
    domain.move_touchpoint(touchpoint=touchpoint, by=-1, actor=owner)
    domain.place_touchpoint(touchpoint=touchpoint, stage=stage, actor=owner)
    binding = domain.add_binding(touchpoint=touchpoint, kind="order", actor=owner)
    domain.update_binding(binding=binding, names=["delivered"], actor=owner)
    domain.undo_deletion(deletion=domain.delete_binding(binding=binding, actor=owner), actor=owner)
    domain.delete_touchpoint(touchpoint=touchpoint, actor=owner)
    domain.delete_stage(stage=stage, actor=owner)
    domain.delete_journey(journey=journey, actor=owner)
    with scope(workspace=workspace):
        entries = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
        assert set(AuditEntry.objects.values_list("actor", flat=True)) == {owner.pk}
    assert entries == [
        "journey.created",
        "journey.updated",
        "stage.added",
        "stage.updated",
        "stage.moved",
        "touchpoint.added",
        "touchpoint.updated",
        "touchpoint.moved",
        "touchpoint.moved",
        "binding.added",
        "binding.updated",
        "binding.deleted",
        "binding.restored",
        "touchpoint.deleted",
        "stage.deleted",
        "journey.deleted",
    ]

"""Answers that name their touchpoint find it, or say which is near."""

from __future__ import annotations

import pytest
from django_scopes import scope

from polku.capture.imports import ImportOptions, load, stage
from polku.jobs.queue import work_off
from polku.journeys.domain import add_stage, add_touchpoint, create_journey
from polku.journeys.models import Binding

pytestmark = pytest.mark.django_db
CONTENT = "who,score,when\n1,5,2024-03-01\n2,4,2024-03-02\n"


@pytest.fixture
def touchpoint(workspace):
    with scope(workspace=workspace):
        journey = create_journey(workspace=workspace, name="Ostaminen")
        return add_touchpoint(stage=add_stage(journey=journey, name="Toimitus"), name="Nouto")


def bring(workspace, folder, name, content=CONTENT):
    file = folder / "answers.csv"
    file.write_text(content)
    options = ImportOptions(
        person="who", score="score", time="when", metric="csat", scale=(1, 5), touchpoint=name
    )
    return load(
        workspace,
        stage("scores", file, options, timezone="UTC", folder=folder, rejected_folder=folder / "rejected"),
    )


def test_answers_are_bound_to_the_touchpoint_of_that_name_once(workspace, touchpoint, store, tmp_path):
    assert bring(workspace, tmp_path, "nouto")["warnings"] == []
    assert bring(workspace, tmp_path, "nouto", CONTENT + "3,1,2024-03-03\n")["accepted"] == 1
    with scope(workspace=workspace):
        (binding,) = Binding.objects.all()
    assert (binding.touchpoint_id, binding.kind, binding.names) == (touchpoint.pk, "score", ["csat"])
    from polku.eventstore.port import Scope

    assert store.hits(workspace.key.hex, Scope(), [touchpoint.pk]).num_rows == 3


def test_answers_imported_before_the_touchpoint_was_there_are_found(workspace, store, tmp_path):
    bring(workspace, tmp_path, "Nouto")
    with scope(workspace=workspace):
        journey = create_journey(workspace=workspace, name="Ostaminen")
        made = add_touchpoint(stage=add_stage(journey=journey, name="Toimitus"), name="Nouto")
    assert bring(workspace, tmp_path, "Nouto")["known"] == 2
    work_off()
    from polku.eventstore.port import Scope

    assert store.hits(workspace.key.hex, Scope(), [made.pk]).num_rows == 2


def test_a_name_that_no_touchpoint_has_is_warned_of(workspace, touchpoint, tmp_path):
    (near,) = bring(workspace, tmp_path, "Noto")["warnings"]
    assert near == "No journey has a touchpoint “Noto”; the nearest is “Nouto”. The answers keep the name."
    (far,) = bring(workspace, tmp_path, "Xyz")["warnings"]
    assert far == "No journey has a touchpoint “Xyz”. The answers keep the name."
    with scope(workspace=workspace):
        assert Binding.objects.count() == 0

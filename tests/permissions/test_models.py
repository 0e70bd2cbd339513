"""The net under the wall: models know their workspace, and rooms point only downward."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import ForeignKey
from django_scopes import scope
from django_scopes.exceptions import ScopeError

from polku.accounts.models import Workspace

MODELS = [model for model in apps.get_models() if model.__module__.startswith("polku.")]
SCOPED = [
    model
    for model in MODELS
    if any(isinstance(field, ForeignKey) and field.related_model is Workspace for field in model._meta.fields)
]


def room_of(model) -> str:
    return model.__module__.split(".")[1]


def rooms() -> list[str]:
    """From top to bottom, as the import contract lists them."""
    project = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    layers = re.search(r"^layers = \[(.*?)\]", project, flags=re.MULTILINE | re.DOTALL)
    assert layers is not None
    return re.findall(r'"(\w+)"', layers.group(1))


def test_there_are_models_to_test():
    assert {"Membership", "ApiKey", "AuditEntry", "Segment", "Journey", "Stage", "Touchpoint", "Binding"} <= {
        model.__name__ for model in SCOPED
    }


@pytest.mark.django_db
@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_rows_of_workspaces_cannot_be_read_outside_a_scope(model, workspace):
    reads = (
        lambda: list(model.objects.all()),
        lambda: model.objects.filter(pk=1),
        lambda: model.objects.get(pk=1),
    )
    for read in reads:
        with pytest.raises(ScopeError):
            read()
    with scope(workspace=workspace):
        assert list(model.objects.all()) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_model_hangs_on_a_workspace_or_is_known_to_stand_alone(model):
    alone = {"User", "Workspace", "OwnerLink", "Job", "ScheduleRun", "News"}
    assert model in SCOPED or model.__name__ in alone


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_foreign_keys_point_downward(model):
    order = rooms()
    for field in model._meta.get_fields():
        other = field.related_model
        if field.auto_created or other is None or not other.__module__.startswith("polku."):
            continue
        assert order.index(room_of(other)) >= order.index(room_of(model)), field


def test_children_have_their_parents_workspace(ours, theirs):
    for world in (ours, theirs):
        with scope(workspace=world.workspace):
            for model in SCOPED:
                for row in model.objects.all():
                    assert row.workspace_id == world.workspace.pk
                    for field in model._meta.fields:
                        if isinstance(field, ForeignKey) and field.related_model in SCOPED:
                            parent = getattr(row, field.name)
                            assert parent is None or parent.workspace_id == row.workspace_id


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)

"""`polku survey` in the process that owns the store: what it makes, lists, exports and takes back in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.utils import translation
from django_scopes import scope

from polku.cli import loaded_operations
from polku.cli.operations import run_operation
from polku.cli.surveys import survey
from polku.journeys import domain as journeys
from polku.journeys.models import Binding
from polku.site.tokens import digest_of
from polku.surveys.models import Survey, SurveyLink


@pytest.fixture
def run(workspace):
    loaded_operations.load()

    def run(what: str, **params: Any) -> dict[str, Any]:
        return run_operation(
            f"survey_{what}", {"workspace": workspace.pk, **params}, lambda done, total: None
        )

    return run


def test_a_survey_is_made_published_and_not_anonymous(run, workspace):
    made = run("create", template="employee-pulse", name="", touchpoint="")
    token = made["url"].rpartition("/s/")[2]
    with scope(workspace=workspace):
        survey = Survey.objects.get(pk=made["survey"])
        assert (survey.state, survey.is_anonymous, survey.versions.count()) == ("open", False, 1)
        assert SurveyLink.objects.get(digest=digest_of(token)).survey == survey


def test_its_answers_are_connected_to_the_touchpoint_that_was_named(run, workspace):
    journey = journeys.create_journey(workspace=workspace, name="Polku")
    touchpoint = journeys.add_touchpoint(stage=journeys.add_stage(journey=journey, name="Osto"), name="Maksu")
    for text in ("maksu", str(touchpoint.pk)):
        run("create", template="nps", name="", touchpoint=text)
    with scope(workspace=workspace):
        assert [row.touchpoint for row in Binding.objects.all()] == [touchpoint, touchpoint]


def test_an_exported_survey_comes_back_equal(run, tmp_path: Path):
    run("create", template="after-purchase", name="", touchpoint="")
    document = run("export", survey="oston-jalkeen")
    (tmp_path / "k.json").write_text(json.dumps(document))
    run("import", document=json.loads((tmp_path / "k.json").read_text()), publish=True)
    assert run("export", survey="oston-jalkeen-2") == document
    listed = run("list")["surveys"]
    assert [(row["key"], row["state"], row["answers"]) for row in listed] == [
        ("oston-jalkeen-2", "open", 0),
        ("oston-jalkeen", "open", 0),
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"{", "is not JSON"),
        (b"\xff", "is not text in UTF-8"),
        (rb'{"name": "\ud800"}', "is not text in UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_no_survey_gets_a_sentence(workspace, tmp_path, content, sentence):
    (tmp_path / "k.json").write_bytes(content)
    arguments = ["import", str(tmp_path / "k.json"), "--workspace", workspace.slug]
    with translation.override("en"):
        done = CliRunner().invoke(survey, arguments)
    assert done.exit_code == 1
    assert sentence in done.output

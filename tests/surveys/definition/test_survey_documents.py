"""What is exported and imported again is equal; what is no survey is refused with the place of the fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from django_scopes import scope
from hypothesis import HealthCheck, given, settings

from polku.surveys import domain
from polku.surveys.definition.problems import problems
from polku.surveys.definition.questions import Definition, from_data, to_data
from polku.surveys.domain.documents import read_definition
from polku.surveys.models import Survey
from tests.examples import examples
from tests.surveys.definition.generated_documents import documents


@settings(max_examples=examples(60), deadline=None)
@given(documents())
def test_a_definition_outlives_its_document(definition: Definition) -> None:
    document = json.dumps(to_data(definition), ensure_ascii=False)
    assert read_definition(json.loads(document)) == definition


@settings(max_examples=examples(60), deadline=None)
@given(documents())
def test_problems_of_any_sound_definition_can_be_told(definition: Definition) -> None:
    found = problems(definition, is_anonymous=True)
    assert [problem for problem in found if problem.is_unsound or not problem.sentence] == []


@pytest.mark.django_db
@settings(
    max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(documents())
def test_an_exported_survey_is_imported_as_it_was(workspace: Any, definition: Definition) -> None:
    with scope(workspace=workspace):
        survey = domain.create_survey(
            workspace=workspace, definition=definition, name="Kysely", template="nps", is_anonymous=True
        )
        exported = domain.export_survey(Survey.objects.get(pk=survey.pk))
        document = json.loads(json.dumps(exported))
        imported = domain.import_survey(workspace=workspace, document=document)
        again = Survey.objects.get(pk=imported.pk)
        assert from_data(again.draft) == definition
        assert (again.name, again.template, again.is_anonymous) == ("Kysely", "nps", True)
        assert domain.export_survey(again) == exported


def _document(**changes: Any) -> dict[str, Any]:
    definition = {"title": {"fi": "K"}, "languages": ["fi"], "questions": [], **changes}
    return {"polku_survey": 1, "name": "K", "definition": definition}


NPS = {"type": "nps", "key": "nps"}
SINGLE = {"type": "single", "key": "s", "text": {"fi": "?"}}


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "should be an object with “polku_survey”"),
        ({"polku_survey": 2}, "polku_survey: this Polku reads version 1, the document has 2."),
        ({"polku_survey": 1, "extra": 1}, "“extra” is not known here"),
        ({"polku_survey": 1, "name": 3}, "name: this must be text."),
        ({**_document(), "anonymous": "yes"}, "anonymous: this must be true or false."),
        ({**_document(), "name": " "}, "Give a name."),
        ({"polku_survey": 1, "name": "K"}, "definition: Expected `object`, got `null`"),
        (_document(languages=[]), "definition.languages: A survey is asked in at least one language."),
        (_document(languages=["de"]), "definition.languages[0]: A survey can be asked in: fi, sv, en."),
        (_document(title={"fi": "x" * 201}), "definition.title.fi: At most 200 characters, please."),
        (_document(title={"fi": "\0"}), "definition.title.fi: There is a character that is no text."),
        (_document(title={"fi": "\ud800"}), "definition.title.fi: There is a character that is no text."),
        (_document(questions=[NPS, NPS]), "definition.questions[1].key: The key “nps” stands there twice."),
        (_document(questions=[{**NPS, "key": "Ä"}]), "definition.questions[0].key: “Ä” cannot be a key"),
        (
            _document(questions=[{**NPS, "key": "end"}]),
            "definition.questions[0].key: “end” means something else",
        ),
        (
            _document(questions=[{**NPS, "text": {"fi": "Oma"}}]),
            "definition.questions[0].text: The wording of this question is fixed; leave its text out.",
        ),
        (_document(questions=[{"type": "poem", "key": "a"}]), "definition.questions[0].type: Invalid value"),
        (_document(questions=[{**NPS, "size": 1}]), "definition.questions[0]: Object contains unknown field"),
        (
            _document(questions=[{**SINGLE, "options": [{"key": "other", "text": {}}]}]),
            "definition.questions[0].options[0].key: “other” means something else",
        ),
        (
            _document(questions=[{**SINGLE, "options": [{"key": f"o{n}", "text": {}} for n in range(101)]}]),
            "definition.questions[0].options: There may be at most 100.",
        ),
        (
            _document(questions=[{"type": "nps", "key": f"q{n}"} for n in range(101)]),
            "definition.questions: A survey has at most 100 questions.",
        ),
        (_document(theme={"ink": "red"}), "definition.theme.ink: A colour is written as #1f5f4a."),
        (
            _document(questions=[{"type": "number", "key": "n", "text": {}, "low": 1e300}]),
            "definition.questions[0].low: This number is too large.",
        ),
    ],
)
def test_what_is_no_survey_is_refused_with_its_place(document: object, sentence: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        domain.import_survey(workspace=None, document=document)  # type: ignore[arg-type]
    assert sentence in " ".join(caught.value.messages)

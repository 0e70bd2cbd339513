"""Ready-made surveys are complete in every language, and nothing is wrong with them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from polku.surveys.definition.problems import problems
from polku.surveys.definition.questions import LANGUAGES, Definition, Matrix, Nps, Points, from_data, to_data
from polku.surveys.definition.texts import completeness
from polku.surveys.definition.wordings import text_of
from polku.surveys.ready_made import ReadyMade, find_ready_made, ready_made_surveys


@pytest.mark.parametrize("survey", ready_made_surveys(), ids=lambda survey: survey.key)
def test_a_ready_made_survey_is_whole_in_every_language(survey: ReadyMade) -> None:
    assert problems(survey.definition, is_anonymous=survey.is_anonymous) == []
    assert {language: done.missing for language, done in completeness(survey.definition).items()} == {
        "fi": 0,
        "sv": 0,
        "en": 0,
    }
    assert set(survey.names) == set(survey.descriptions) == set(LANGUAGES)
    assert from_data(to_data(survey.definition)) == survey.definition


def test_the_names_that_commands_know_are_there() -> None:
    keys = {survey.key for survey in ready_made_surveys()}
    assert {"nps", "after-purchase", "after-contact", "ces", "smiley", "value"} <= keys


def test_a_ready_made_survey_is_asked_first_in_the_workspace_s_language() -> None:
    assert find_ready_made("nps").definition_for("en").languages == ("en", "fi", "sv")


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="after-purchase"):
        find_ready_made("after-purchases")


def test_what_is_locked_is_worded_as_it_was_agreed() -> None:
    nps: Definition = find_ready_made("nps").definition
    assert [text_of(nps.questions[0], language) for language in LANGUAGES] == [
        "Kuinka todennäköisesti suosittelisit meitä ystävälle tai kollegalle?",
        "Hur sannolikt är det att du skulle rekommendera oss till en vän eller kollega?",
        "How likely is it that you would recommend us to a friend or colleague?",
    ]


def test_perceived_value_asks_for_benefits_sacrifices_and_stated_weights() -> None:
    benefits, sacrifices, weights, outcome, _why = find_ready_made("value").definition.questions
    assert isinstance(benefits, Matrix)
    assert isinstance(sacrifices, Matrix)
    assert isinstance(weights, Points)
    assert isinstance(outcome, Nps)
    dimensions = ["economic", "functional", "emotional", "symbolic"]
    assert [row.key for row in benefits.rows] == [f"{name}_benefit" for name in dimensions]
    assert [row.key for row in sacrifices.rows] == [f"{name}_sacrifice" for name in dimensions]
    assert [option.key for option in weights.options] == dimensions
    assert [column.value for column in benefits.columns] == list(range(11))
    assert weights.total == 100

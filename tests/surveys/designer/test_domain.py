"""Surveys made, published, closed, copied, deleted and brought back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.accounts.undo import UNDO_LASTS
from polku.journeys.models import Binding
from polku.site.tokens import digest_of
from polku.surveys import domain
from polku.surveys.definition import editing
from polku.surveys.definition.questions import Definition, Nps, ShortText, from_data, to_data
from polku.surveys.links import link_token
from polku.surveys.models import Response, Survey
from polku.surveys.queries import find_survey, list_surveys

pytestmark = pytest.mark.django_db


def actions(workspace) -> list[str]:
    return list(
        AuditEntry.objects.filter(workspace=workspace).order_by("pk").values_list("action", flat=True)
    )


def change_draft(survey: Survey, definition: Definition) -> None:
    Survey.objects.filter(pk=survey.pk).update(draft=to_data(definition))


def test_a_survey_from_a_template_is_a_draft_with_an_open_link_and_a_test_link(workspace):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="nps")
        assert (survey.name, survey.key, survey.state) == (
            "Suositteluhalu (NPS)",
            "suositteluhalu-nps",
            "draft",
        )
        links = list(survey.links.all())
        assert [link.kind for link in links] == ["open", "test"]
        assert [digest_of(link_token(link.nonce)) for link in links] == [link.digest for link in links]
        assert domain.create_survey(workspace=workspace, template="nps").key == "suositteluhalu-nps-2"


def test_publishing_makes_a_version_only_where_something_changed(workspace):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="nps")
        first = domain.publish_survey(survey=survey)
        assert domain.publish_survey(survey=survey) == first
        change_draft(survey, Definition(title={"fi": "Uusi"}, languages=("fi",), questions=(Nps(key="nps"),)))
        second = domain.publish_survey(survey=survey)
        assert (first.number, second.number) == (1, 2)
        assert second.definition["title"] == {"fi": "Uusi"}
        assert first.definition["title"]["fi"] == "Kuinka onnistumme?"


def test_what_has_problems_is_not_published_and_every_one_is_said(workspace):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, name="Tyhjä")
        with pytest.raises(ValidationError) as caught:
            domain.publish_survey(survey=survey)
        assert caught.value.messages == ["There is no question yet: add at least one."]
        change_draft(
            survey,
            Definition(title={"fi": "Kaksi"}, languages=("fi", "sv"), questions=(ShortText(key="what"),)),
        )
        with pytest.raises(ValidationError) as caught:
            domain.publish_survey(survey=survey)
        assert caught.value.messages == [
            "The title is missing in: Swedish.",
            "The text of the question is missing in: Finnish, Swedish.",
        ]
        assert list(survey.versions.all()) == []


def test_publishing_connects_the_answers_to_the_touchpoint_once_and_a_move_takes_them_along(
    workspace, touchpoint
):
    from polku.journeys import domain as journeys

    with scope(workspace=workspace):
        other = journeys.add_touchpoint(stage=touchpoint.stage, name="Toimitus")
        survey = domain.create_survey(workspace=workspace, template="nps", touchpoint=touchpoint)
        assert not Binding.objects.exists()
        domain.publish_survey(survey=survey)
        domain.publish_survey(survey=survey)
        where = [{"property": "survey", "op": "eq", "value": "suositteluhalu-nps"}]
        assert [(row.touchpoint, row.kind, row.where) for row in Binding.objects.all()] == [
            (touchpoint, "score", where)
        ]
        domain.update_survey(survey=survey, touchpoint=other)
        assert [row.touchpoint for row in Binding.objects.all()] == [other]
        domain.update_survey(survey=survey, touchpoint=None)
        assert not Binding.objects.exists()


def test_anonymity_is_settled_by_the_first_publication(workspace):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="nps")
        domain.update_survey(survey=survey, is_anonymous=True)
        domain.publish_survey(survey=survey)
        for wanted in (False, True):
            if wanted:
                domain.update_survey(survey=survey, is_anonymous=True)
                continue
            with pytest.raises(ValidationError, match="settled when a survey is published"):
                domain.update_survey(survey=survey, is_anonymous=wanted)
        assert Survey.objects.get(pk=survey.pk).is_anonymous


def test_two_people_who_edit_two_questions_lose_nothing(workspace):
    """Both opened the page before either saved."""
    with scope(workspace=workspace):
        first = domain.create_survey(workspace=workspace, template="nps")
        second = Survey.objects.select_related("workspace").get(pk=first.pk)
    new = {key: ShortText(key=key, text={"fi": key}) for key in ("nps", "why")}
    for survey, key in ((first, "nps"), (second, "why")):
        domain.change_draft(
            survey=survey, change=lambda draft, key=key: editing.replace_question(draft, key, new[key])
        )
    with scope(workspace=workspace):
        assert from_data(Survey.objects.get(pk=first.pk).draft).questions == (new["nps"], new["why"])


def test_a_closed_survey_opens_again_and_a_draft_neither_closes_nor_opens(workspace):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="nps")
        with pytest.raises(ValidationError, match="has not been published yet"):
            domain.close_survey(survey=survey)
        domain.publish_survey(survey=survey)
        assert domain.close_survey(survey=survey).state == "closed"
        assert domain.reopen_survey(survey=survey).state == "open"


def test_a_deleted_survey_comes_back_whole(workspace, owner):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="ces", actor=owner)
        domain.publish_survey(survey=survey, actor=owner)
        domain.delete_survey(survey=survey, actor=owner)
        assert list_surveys() == []
        with pytest.raises(ValidationError, match="has been deleted"):
            domain.publish_survey(survey=survey)
        restored = domain.restore_survey(survey=survey, actor=owner)
        assert domain.restore_survey(survey=survey, actor=owner) == restored
        assert [row.survey for row in list_surveys()] == [survey]
        assert actions(workspace)[-4:] == [
            "survey.created",
            "survey.published",
            "survey.deleted",
            "survey.restored",
        ]


def test_a_deleted_survey_is_removed_with_its_answers_after_a_day(workspace):
    with scope(workspace=workspace):
        kept = domain.create_survey(workspace=workspace, template="nps")
        survey = domain.create_survey(workspace=workspace, template="ces")
        for each in (kept, survey):
            version = domain.publish_survey(survey=each)
            for number in range(3):
                Response.objects.create(
                    workspace=workspace,
                    survey=each,
                    version=version,
                    number=f"{each.pk}{number}",
                    language="fi",
                    started_at=version.published_at,
                    changed_at=version.published_at,
                )
        deleted = domain.delete_survey(survey=survey).deleted_at
    assert domain.remove_deleted_surveys(deleted + UNDO_LASTS) == 0
    assert domain.remove_deleted_surveys(deleted + UNDO_LASTS + timedelta(seconds=1)) == 1
    with scope(workspace=workspace):
        assert list(Survey.objects.all()) == [kept]
        assert [response.survey for response in Response.objects.all()] == [kept] * 3


def test_a_copy_is_a_draft_of_its_own(workspace, touchpoint):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="nps", touchpoint=touchpoint)
        domain.publish_survey(survey=survey)
        copy = domain.duplicate_survey(survey=survey)
        assert (copy.name, copy.state, copy.touchpoint) == ("Suositteluhalu (NPS), copy", "draft", touchpoint)
        assert copy.draft == survey.draft
        assert copy.key != survey.key


def test_the_list_asks_as_much_for_many_surveys_as_for_one(workspace, django_assert_num_queries):
    with scope(workspace=workspace):
        for _number in range(4):
            domain.publish_survey(survey=domain.create_survey(workspace=workspace, template="nps"))
        with django_assert_num_queries(3):
            assert [row.has_unpublished_changes for row in list_surveys()] == [False] * 4


def test_a_survey_is_found_by_number_key_and_name(workspace):
    with scope(workspace=workspace):
        survey = domain.create_survey(workspace=workspace, template="nps")
        for text in (str(survey.pk), "suositteluhalu-nps", "suositteluhalu (NPS)"):
            assert find_survey(workspace=workspace, text=text) == survey
        with pytest.raises(ValidationError, match="There are: suositteluhalu-nps"):
            find_survey(workspace=workspace, text="9" * 30)

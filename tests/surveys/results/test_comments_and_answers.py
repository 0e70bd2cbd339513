"""What people wrote, tags, whole answers and held ones, and surveys beside each other."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django_scopes import scope

from polku.accounts.models import AuditEntry
from polku.surveys.definition.questions import Csat, Definition
from polku.surveys.models import AnswerChange, Tag, TaggedResponse
from polku.surveys.queries import list_surveys
from polku.surveys.results import columns as kept
from tests.surveys.results.answered import MOMENT, answer, make_survey
from tests.undoing import undo_token


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.forget()


@pytest.fixture
def owner_client(owner_client, owner):
    owner.language = "en"
    owner.save()
    return owner_client


@pytest.fixture
def survey(workspace):
    made = make_survey(workspace)
    rows = [
        {"recommend": 10, "why": "Toimituksen nopeus oli hyvä", "at": MOMENT},
        {
            "recommend": 2,
            "why": "Hinnat ovat kovat",
            "at": MOMENT + dt.timedelta(days=1),
            "flags": ["speeder"],
        },
        {"recommend": 8, "at": MOMENT + dt.timedelta(days=2)},
        {"recommend": 0, "why": "Pidätetty", "is_held": True},
    ]
    answer(made, rows)
    return made


def found(client, survey, query=""):
    response = client.get(f"/w/testikauppa/surveys/{survey.pk}/results/comments/{query}")
    assert response.status_code == 200
    return [said.texts[0][1] for said in response.context["found"].said]


def test_comments_are_searched_and_filtered_the_newest_first(owner_client, survey):
    fast, dear = "Toimituksen nopeus oli hyvä", "Hinnat ovat kovat"
    assert found(owner_client, survey) == [dear, fast]
    assert found(owner_client, survey, "?q=toimitus") == [fast]
    assert found(owner_client, survey, "?q=hinta") == [dear]
    assert found(owner_client, survey, "?q=olematon") == []
    assert found(owner_client, survey, "?score=low") == [dear]
    assert found(owner_client, survey, "?score=high") == [fast]
    assert found(owner_client, survey, "?flag=speeder") == [dear]
    assert found(owner_client, survey, "?range=custom&from=2026-03-02&to=2026-03-02") == [fast]
    assert found(owner_client, survey, "?page=99&tag=x&score=%00") == [dear, fast]


def tags(survey):
    with scope(workspace=survey.workspace):
        rows = TaggedResponse.objects.order_by("response").values_list("tag__name", "response__answers__why")
        return [(name, text) for name, text in rows]


def test_tags_are_given_in_bulk_taken_away_and_both_undone(owner_client, survey, workspace):
    address = f"/w/testikauppa/surveys/{survey.pk}/results"
    with scope(workspace=workspace):
        _fast, dear, _silent, held = survey.responses.order_by("pk")
    chosen = [dear.pk, held.pk, 99]
    owner_client.post(f"{address}/tag/", {"name": " hinta ", "response": chosen, "state": ""}, follow=True)
    assert tags(survey) == [("hinta", "Hinnat ovat kovat")]
    response = owner_client.post(f"{address}/tag/", {"name": "HINTA", "all": "1", "state": ""}, follow=True)
    assert [name for name, _text in tags(survey)] == ["hinta", "hinta"]
    owner_client.post("/w/testikauppa/surveys/results/tags/restore/", {"token": undo_token(response)})
    assert tags(survey) == [("hinta", "Hinnat ovat kovat")]
    with scope(workspace=workspace):
        tag = Tag.objects.get()
    assert found(owner_client, survey, f"?tag={tag.pk}") == ["Hinnat ovat kovat"]
    response = owner_client.post(
        f"{address}/answers/{dear.pk}/tag/", {"untag": tag.pk, "name": ""}, follow=True
    )
    assert tags(survey) == []
    owner_client.post("/w/testikauppa/surveys/results/tags/restore/", {"token": undo_token(response)})
    assert tags(survey) == [("hinta", "Hinnat ovat kovat")]
    with scope(workspace=workspace):
        actions = AuditEntry.objects.filter(action__startswith="tag.").values_list("action", flat=True)
        assert sorted(actions) == ["tag.added"] * 3 + ["tag.removed"] * 2


@pytest.mark.parametrize("number", ["²", "9" * 5_000, "-1", ""])
def test_what_is_no_number_of_an_answer_chooses_none(owner_client, survey, number):
    address = f"/w/testikauppa/surveys/{survey.pk}/results/tag/"
    sent = {"name": "hinta", "response": number, "state": ""}
    response = owner_client.post(address, sent, follow=True)
    assert "Choose the answers first." in response.content.decode()
    assert tags(survey) == []


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "\0"])
def test_a_tag_needs_a_name(owner_client, survey, workspace, name):
    with scope(workspace=workspace):
        first = survey.responses.earliest("pk")
    address = f"/w/testikauppa/surveys/{survey.pk}/results/tag/"
    response = owner_client.post(address, {"name": name, "response": first.pk, "state": ""}, follow=True)
    assert "A tag is a word or a few" in response.content.decode()
    assert tags(survey) == []


def test_a_whole_answer_shows_what_was_asked_and_what_was_corrected(owner_client, survey, workspace):
    with scope(workspace=workspace):
        first = survey.responses.earliest("pk")
        AnswerChange.objects.create(
            workspace=workspace, response=first, question="recommend", before=3, after=10, at=MOMENT
        )
    address = f"/w/testikauppa/surveys/{survey.pk}/results/answers/{first.pk}/"
    content = html.unescape(owner_client.get(address).content.decode())
    assert "How likely is it that you would recommend us" in content
    assert "10/10" in content and "3/10" in content and "Toimituksen nopeus" in content
    assert owner_client.get(address.replace(f"/{first.pk}/", "/999999/")).status_code == 404


def test_held_answers_are_let_in_and_held_back_with_an_audit(owner_client, survey, workspace):
    with scope(workspace=workspace):
        held = survey.responses.get(is_held=True)
        assert [row.answers for row in list_surveys()] == [3]
    address = f"/w/testikauppa/surveys/{survey.pk}/results"
    assert f"answers/{held.pk}/" in owner_client.get(f"{address}/held/").content.decode()
    owner_client.post(f"{address}/answers/{held.pk}/judge/", {"back": "held"})
    assert "Pidätetty" in found(owner_client, survey)
    owner_client.post(f"{address}/answers/{held.pk}/judge/", {"hold": "1"})
    assert "Pidätetty" not in found(owner_client, survey)
    with scope(workspace=workspace):
        actions = AuditEntry.objects.filter(action__startswith="answer.").order_by("pk")
        assert list(actions.values_list("action", flat=True)) == ["answer.let_in", "answer.held"]


def test_comments_of_an_anonymous_survey_have_no_score_time_or_order(owner_client, workspace):
    survey = make_survey(workspace, is_anonymous=True)
    answer(survey, [{"recommend": number, "why": f"Sana {number}"} for number in range(8)])
    said = (
        owner_client.get(f"/w/testikauppa/surveys/{survey.pk}/results/comments/?score=low")
        .context["found"]
        .said
    )
    assert len(said) == 8
    assert {(each.scores, each.when, each.link) for each in said} == {((), "", "")}
    few = make_survey(workspace, is_anonymous=True)
    answer(few, [{"recommend": number, "why": f"Sana {number}"} for number in range(7)])
    assert found(owner_client, few) == []


def test_surveys_stand_beside_each_other_by_metric_and_scale(owner_client, workspace):
    now = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    before = now - dt.timedelta(days=95)
    one, other = make_survey(workspace, name="A-kysely"), make_survey(workspace, name="B-kysely")
    answer(one, [{"recommend": 10, "at": now}] * 90 + [{"recommend": 2, "at": now}] * 10)
    answer(one, [{"recommend": 10, "at": before}] * 50 + [{"recommend": 2, "at": before}] * 50)
    answer(other, [{"recommend": 7, "satisfied": 5, "at": now}] * 3)
    seven = Definition(title={"fi": "K"}, languages=("fi",), questions=(Csat(key="ok", text={}, scale=7),))
    answer(make_survey(workspace, seven, name="C-kysely"), [{"ok": 7, "at": now}])
    hidden = make_survey(workspace, name="D-kysely", is_anonymous=True)
    answer(hidden, [{"recommend": 10, "at": now}] * 4)
    response = owner_client.get("/w/testikauppa/surveys/results/")
    tables = {(table.metric, table.rule): table.rows for table in response.context["tables"]}
    assert [metric for metric, _rule in tables] == ["NPS", "CSAT", "CSAT"]
    rows = {row.survey.name: row for row in next(iter(tables.values()))}
    assert rows["A-kysely"].figure.main == "80" and rows["A-kysely"].change == "+80"
    assert rows["B-kysely"].n == 3 and rows["B-kysely"].change == ""
    assert rows["D-kysely"].figure is None and rows["D-kysely"].hidden
    assert "D-kysely" in response.content.decode()
    assert owner_client.get("/w/testikauppa/surveys/results/?range=all").status_code == 200

"""The designer's pages: plain forms, who may use them, what can be undone, what may be framed."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.test import Client
from django_scopes import scope

from polku.surveys import domain
from polku.surveys.definition.questions import Definition, from_data
from polku.surveys.models import Survey
from polku.surveys.ready_made import find_ready_made
from tests.undoing import undo_token

BASE = "/w/testikauppa/surveys/"


@pytest.fixture
def survey(workspace, owner):
    return domain.create_survey(workspace=workspace, template="after-purchase", actor=owner)


@pytest.fixture
def english_client(owner_client, owner):
    owner.language = "en"
    owner.save()
    return owner_client


@pytest.fixture
def viewer(teammate):
    client = Client()
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def draft_of(survey) -> Definition:
    with scope(workspace=survey.workspace):
        return from_data(Survey.objects.get(pk=survey.pk).draft)


def keys(survey) -> list[str]:
    return [question.key for question in draft_of(survey).questions]


def test_a_survey_is_made_from_a_template_from_nothing_and_from_a_file(english_client, workspace):
    for sent, name in (
        ({"template": "value"}, "Koettu arvo"),
        ({"template": "employee-pulse", "name": "Pulssi"}, "Pulssi"),
        ({"template": ""}, "New survey"),
    ):
        response = english_client.post(f"{BASE}new/", sent, follow=True)
        assert f"<h1>{name}</h1>" in response.content.decode()
    with scope(workspace=workspace):
        made = {row.name: row for row in Survey.objects.all()}
        assert [made[name].is_anonymous for name in ("Koettu arvo", "Pulssi")] == [False, True]
        document = domain.export_survey(made["Koettu arvo"]) | {"name": "Tuotu"}
    file = BytesIO(json.dumps(document).encode())
    file.name = "kysely.json"
    english_client.post(f"{BASE}new/", {"template": "file", "file": file})
    with scope(workspace=workspace):
        assert Survey.objects.get(name="Tuotu").draft == made["Koettu arvo"].draft


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "Choose the file first."),
        (b"{", "is not JSON"),
        (b"\xff", "not text in UTF-8"),
        (rb'{"polku_survey": 1, "name": "\ud800", "definition": {}}', "not text in UTF-8"),
        (b"[" * 200_000, "nested too deeply"),
        (b"{}", "polku_survey"),
    ],
)
def test_a_bad_file_gets_a_sentence(english_client, workspace, content, sentence):
    sent = {"template": "file"}
    if content is not None:
        sent["file"] = BytesIO(content)
        sent["file"].name = "k.json"
    response = english_client.post(f"{BASE}new/", sent)
    assert response.status_code == 200
    assert sentence in response.content.decode()
    with scope(workspace=workspace):
        assert not Survey.objects.exists()


@pytest.mark.parametrize("template", ["nps", "value", "top-of-mind", "employee-pulse", "after-delivery"])
def test_every_question_of_a_ready_made_survey_opens(english_client, workspace, template):
    survey = domain.create_survey(workspace=workspace, template=template)
    for question in draft_of(survey).questions:
        page = english_client.get(f"{BASE}{survey.pk}/?question={question.key}")
        form = page.context["form"]
        assert form.question == question
    for part in ("start", "thanks", "settings", "look", "versions", "nonsense"):
        assert english_client.get(f"{BASE}{survey.pk}/?part={part}").status_code == 200


def test_questions_are_added_moved_copied_and_deleted_by_plain_forms(english_client, survey):
    base = f"{BASE}{survey.pk}/question/"
    assert keys(survey) == ["csat", "harder", "why"]
    response = english_client.post(f"{base}add/", {"type": "nps", "after": "csat"})
    assert response["Location"] == f"{BASE}{survey.pk}/?question=nps#editor"
    english_client.post(f"{base}move/", {"question": "nps", "by": "-1"})
    english_client.post(f"{base}copy/", {"question": "why"})
    assert keys(survey) == ["nps", "csat", "harder", "why", "why_2"]
    before = draft_of(survey)
    response = english_client.post(f"{base}delete/", {"question": "csat"}, follow=True)
    assert keys(survey) == ["nps", "harder", "why", "why_2"]
    assert "Question 2 was deleted." in response.content.decode()
    assert "A rule asks for “csat”, which is no question of this survey." in response.content.decode()
    undone = english_client.post(f"{BASE}questions/undo/", {"token": undo_token(response)})
    assert undone["Location"] == f"{BASE}{survey.pk}/?question=csat"
    assert draft_of(survey) == before
    again = english_client.post(f"{BASE}questions/undo/", {"token": undo_token(response)}, follow=True)
    assert "has been brought back already" in again.content.decode()
    assert draft_of(survey) == before


@pytest.mark.parametrize("by", ["--5", "²", "1.5", "", "-99", "99999"])
def test_a_move_by_what_is_no_number_of_places_leads_back_to_the_designer(english_client, survey, by):
    response = english_client.post(f"{BASE}{survey.pk}/question/move/", {"question": "csat", "by": by})
    assert response["Location"] == f"{BASE}{survey.pk}/?question=csat#editor"
    assert keys(survey) == ["csat", "harder", "why"]


def test_an_option_that_was_taken_away_comes_back(english_client, survey):
    before = draft_of(survey)
    sent = {"question": "harder", "do": "options:1:remove", "other": "on", "none": "on"}
    for number, option in enumerate(before.questions[1].options):
        sent[f"options-{number}-key"] = option.key
        sent |= {f"options-{number}-{language}": words for language, words in option.text.items()}
    sent |= {"show-0-thing": "answer:csat", "show-0-op": "le", "show-0-value": "3"}
    response = english_client.post(f"{BASE}{survey.pk}/question/", sent, follow=True)
    assert [option.key for option in draft_of(survey).questions[1].options] == [
        "finding",
        "price",
        "payment",
        "delivery",
        "service",
    ]
    english_client.post(f"{BASE}questions/undo/", {"token": undo_token(response)})
    assert draft_of(survey) == before


def test_saving_while_writing_draws_only_what_follows(english_client, survey):
    sent = {"question": "why", "text-fi": "Miksi?", "text-sv": "Varför?", "text-en": "Why?"}
    response = english_client.post(
        f"{BASE}{survey.pk}/question/",
        sent,
        headers={"HX-Request": "true", "Polku-Changed": "text-fi text-sv"},
    )
    body = response.content.decode()
    assert draft_of(survey).questions[2].text == {"fi": "Miksi?", "sv": "Varför?", "en": "Why?"}
    assert [
        f'id="{name}"' in body for name in ("designer-list", "designer-state", "designer-logic", "text-fi")
    ] == [
        True,
        True,
        False,
        False,
    ]
    assert json.loads(response["HX-Trigger-After-Swap"]) == {"polku:saved": "Saved."}
    chosen = sent | {"show-0-thing": "answer:csat"}
    response = english_client.post(
        f"{BASE}{survey.pk}/question/",
        chosen,
        headers={"HX-Request": "true", "Polku-Changed": "text-fi show-0-thing"},
    )
    assert 'id="designer-logic"' in response.content.decode()


def test_the_other_parts_are_saved(english_client, survey, touchpoint, workspace):
    base = f"{BASE}{survey.pk}/part/"
    english_client.post(base, {"part": "start", "title-fi": "Otsikko", "title-sv": "Rubrik", "title-en": ""})
    english_client.post(
        base,
        {
            "part": "settings",
            "name": "Uusi nimi",
            "touchpoint": str(touchpoint.pk),
            "language-sv": "on",
            "language-fi": "on",
            "first_language": "sv",
            "pages": "all",
            "is_anonymous": "on",
            "fields": "store, campaign store",
        },
    )
    english_client.post(
        base, {"part": "look", "accent": "#1f5f4a", "background": "#FFFFFF", "ink": "#000000"}
    )
    english_client.post(
        base,
        {
            "part": "thanks",
            "text-fi": "Kiitos",
            "review_url": "https://reviews.example/",
            "asks_to_quote": "on",
            "review-0-thing": "answer:csat",
            "review-0-op": "ge",
            "review-0-value": "4",
        },
    )
    draft = draft_of(survey)
    assert draft.title == {"fi": "Otsikko", "sv": "Rubrik"}
    assert (draft.languages, draft.pages, draft.fields) == (("sv", "fi"), "all", ("store", "campaign"))
    assert (draft.theme.accent, draft.theme.background, draft.theme.ink) == ("", "#ffffff", "#000000")
    assert (draft.thanks.asks_to_contact, draft.thanks.asks_to_quote) == (False, True)
    assert draft.thanks.review_if is not None
    with scope(workspace=workspace):
        row = Survey.objects.get(pk=survey.pk)
        assert (row.name, row.is_anonymous, row.touchpoint) == ("Uusi nimi", True, touchpoint)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"part": "settings", "name": "K"}, "A survey is asked in at least one language."),
        ({"part": "settings", "name": "", "language-fi": "on"}, "Give a name."),
        ({"part": "settings", "name": "K", "language-fi": "on", "touchpoint": "99999"}, "has been deleted"),
        ({"part": "settings", "name": "K", "language-fi": "on", "fields": "Ä"}, "cannot name a hidden field"),
        ({"part": "look", "ink": "red"}, "A colour is written as #1f5f4a."),
        ({"part": "start", "title-fi": "x" * 201}, "At most 200 characters, please."),
    ],
)
def test_what_cannot_be_saved_gets_a_sentence_and_changes_nothing(english_client, survey, sent, sentence):
    before = draft_of(survey)
    response = english_client.post(f"{BASE}{survey.pk}/part/", sent, follow=True)
    assert sentence in response.content.decode()
    assert draft_of(survey) == before


def test_publishing_shows_what_changes_and_marks_a_broken_trend(english_client, survey, workspace):
    first = english_client.get(f"{BASE}{survey.pk}/publish/").content.decode()
    assert "Answers belong to people where they are known, for good." in first
    english_client.post(f"{BASE}{survey.pk}/publish/")
    english_client.post(
        f"{BASE}{survey.pk}/question/", {"question": "csat", "about-fi": "kauppaan", "required": "on"}
    )
    page = english_client.get(f"{BASE}{survey.pk}/publish/").content.decode()
    assert "The wording of “Kuinka tyytyväinen olit kauppaan?” changed." in page
    assert "A score’s wording changes." in page
    english_client.post(f"{BASE}{survey.pk}/publish/")
    versions = english_client.get(f"{BASE}{survey.pk}/?part=versions").content.decode()
    assert "marked on the trend" in versions
    exported = english_client.get(f"{BASE}{survey.pk}/export/?version=1").json()
    assert from_data(exported["definition"]) == find_ready_made("after-purchase").definition_for("fi")
    assert english_client.get(f"{BASE}{survey.pk}/export/?version=9").status_code == 404


def test_a_survey_is_copied_closed_opened_deleted_and_brought_back(english_client, survey, workspace):
    base = f"{BASE}{survey.pk}/"
    assert (
        "has not been published yet"
        in english_client.post(f"{base}state/", {"do": "close"}, follow=True).content.decode()
    )
    english_client.post(f"{base}publish/")
    english_client.post(f"{base}state/", {"do": "close"})
    with scope(workspace=workspace):
        assert Survey.objects.get(pk=survey.pk).state == "closed"
    english_client.post(f"{base}state/", {"do": "open"})
    english_client.post(f"{base}duplicate/")
    response = english_client.post(f"{base}delete/", follow=True)
    assert english_client.get(base).status_code == 404
    with scope(workspace=workspace):
        assert [row.name for row in Survey.objects.filter(deleted_at=None)] == ["Oston jälkeen, copy"]
    english_client.post(f"{BASE}undo/", {"token": undo_token(response)})
    assert english_client.get(base).status_code == 200


def test_a_viewer_looks_and_changes_nothing(viewer, survey):
    page = viewer.get(f"{BASE}{survey.pk}/?question=csat").content.decode()
    assert "designer-move" not in page
    assert '<fieldset class="designer-fields" disabled>' in page
    assert viewer.get(f"{BASE}{survey.pk}/preview/").status_code == 200
    for path, sent in (
        ("question/", {"question": "csat"}),
        ("question/delete/", {"question": "csat"}),
        ("part/", {"part": "start"}),
        ("publish/", {}),
        ("delete/", {}),
    ):
        assert viewer.post(f"{BASE}{survey.pk}/{path}", sent).status_code == 403
    assert keys(survey) == ["csat", "harder", "why"]


def test_the_preview_follows_the_draft_s_logic_keeps_nothing_and_only_it_may_be_framed(
    english_client, survey
):
    base = f"{BASE}{survey.pk}/preview/"
    first = english_client.get(base)
    assert "frame-ancestors 'self'" in first["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in english_client.get(f"{BASE}{survey.pk}/")["Content-Security-Policy"]
    assert first["X-Frame-Options"] == "SAMEORIGIN"
    assert 'name="q-csat"' in first.content.decode()
    kept = _kept(first)
    unhappy = english_client.post(base, {"page": "csat", "q-csat": "2", "kept": kept, "lang": "en"})
    assert "What could have gone better?" in unhappy.content.decode()
    happy = english_client.post(base, {"page": "csat", "q-csat": "5", "kept": kept, "lang": "en"})
    assert "Would you like to tell us more?" in happy.content.decode()
    end = english_client.post(base, {"page": "why", "q-why": "Hyvä", "kept": _kept(happy), "lang": "en"})
    assert "We read every answer." in end.content.decode()
    missing = english_client.post(base, {"page": "csat", "kept": kept, "lang": "en"})
    assert missing.status_code == 422
    assert "What could have gone better?" in english_client.get(f"{base}?at=harder&lang=en").content.decode()
    with scope(workspace=survey.workspace):
        assert not survey.responses.exists()


def _kept(response) -> str:
    body = response.content.decode()
    return body.split('name="kept" value="', 1)[1].split('"', 1)[0]


def test_the_list_says_state_answers_and_unpublished_changes(english_client, survey, touchpoint, workspace):
    empty = Client()
    assert empty.get(BASE).status_code == 302
    with scope(workspace=workspace):
        domain.update_survey(survey=survey, touchpoint=touchpoint)
        domain.publish_survey(survey=survey)
    english_client.post(f"{BASE}{survey.pk}/question/add/", {"type": "stars"})
    page = english_client.get(BASE).content.decode()
    assert "Maksu on the map Polku" in page
    assert "unpublished changes" in page


def test_no_text_of_a_survey_becomes_markup(english_client, workspace):
    bad = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    text = {"fi": bad, "en": bad}
    questions = [
        {"type": "nps", "key": "nps", "about": text, "help": text},
        {"type": "single", "key": "s", "text": text, "options": [{"key": "a", "text": text}] * 1},
        {
            "type": "short_text",
            "key": "w",
            "text": text,
            "show_if": {"tests": [{"of": "trait", "name": bad, "op": "eq", "value": bad}]},
        },
    ]
    definition = {"title": text, "intro": text, "languages": ["fi", "en"], "questions": questions}
    document = {"polku_survey": 1, "name": bad, "definition": definition, "template": ""}
    survey = domain.import_survey(workspace=workspace, document=document)
    pages = [BASE, *(f"{BASE}{survey.pk}/{path}" for path in ("publish/", "preview/", "preview/?thanks=1"))]
    pages += [f"{BASE}{survey.pk}/?question={key}" for key in ("nps", "s", "w")]
    pages += [f"{BASE}{survey.pk}/?part={part}" for part in ("start", "thanks", "settings")]
    for page in pages:
        body = english_client.get(page).content.decode()
        assert "<script>alert" not in body, page
        assert "<img src=x" not in body, page

"""Answers in memory are those of the database, and follow what changes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django_scopes import scope
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.surveys.definition.questions import (
    Consent,
    Date,
    Definition,
    LongText,
    Matrix,
    Multiple,
    Nps,
    Points,
    Ranking,
    Single,
    TaskSuccess,
)
from polku.surveys.models import Response
from polku.surveys.results import columns as kept
from polku.surveys.results import encoding, texts
from polku.surveys.results.asked import questions_over, versions_of
from polku.surveys.results.columns import columns_of
from tests.examples import examples
from tests.surveys.results.answered import MOMENT, SHOP, answer, make_survey, option, publish

A, B, C = option("a", "Ä"), option("b", "B"), option("c", "C")
TEXT = {"fi": "Kysymys"}


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.forget()


def columns(survey):
    with scope(workspace=survey.workspace):
        return columns_of(survey, versions_of(survey))


def test_each_type_of_question_is_read_as_it_was_answered(workspace):
    definition = Definition(
        title=TEXT,
        languages=("fi",),
        questions=(
            Nps(key="nps", text={}),
            TaskSuccess(key="done", text={}),
            Single(key="single", text=TEXT, options=(A, B), other=True),
            Multiple(key="several", text=TEXT, options=(A, B, C)),
            Matrix(key="matrix", text=TEXT, rows=(A, B), columns=(B, C)),
            Ranking(key="ranking", text=TEXT, options=(A, B, C)),
            Points(key="points", text=TEXT, options=(A, B)),
            Date(key="day", text=TEXT),
            Consent(key="agrees", text=TEXT),
            LongText(key="why", text=TEXT),
        ),
    )
    survey = make_survey(workspace, definition)
    full = {
        "nps": 9,
        "done": "partly",
        "single": "other",
        "several": ["c", "a"],
        "matrix": {"a": "c"},
        "ranking": ["c", "a"],
        "points": {"b": 70},
        "day": "1970-01-11",
        "agrees": False,
        "why": "  Hyvä Äiti! ",
    }
    answer(survey, [full, {}])
    read = columns(survey).answers
    assert read["nps"].tolist()[0] == 9 and np.isnan(read["nps"][1])
    assert read["done"].tolist()[0] == 0.5
    assert read["single"].tolist() == [2, -1]
    assert read["several"].tolist() == [[1, 0, 1], [-1, -1, -1]]
    assert read["matrix"].tolist() == [[1, -1], [-1, -1]]
    assert read["ranking"].tolist() == [[2, 0, 1], [-1, -1, -1]]
    assert read["points"][0].tolist() == [0, 70] and np.isnan(read["points"][1]).all()
    assert read["day"].tolist()[0] == 10
    assert read["agrees"].tolist() == [0, -1]
    assert read["why"].tolist() == [1, -1]
    assert columns(survey).words.to_pylist() == [" hyvä äiti ", None]
    for array in read.values():
        assert encoding.is_answered(array).tolist() == [True, False]


def test_what_does_not_fit_its_question_is_no_answer(workspace):
    """An older program, an import or a mistake may have left anything."""
    survey = make_survey(workspace)
    odd = {"recommend": "yhdeksän", "where": ["shop"], "liked": "price", "why": 3, "satisfied": True}
    answer(survey, [odd, {"recommend": 10, "where": "nowhere", "liked": ["price", 7]}])
    read = columns(survey).answers
    assert np.isnan(read["recommend"][0]) and read["recommend"][1] == 10
    assert read["where"].tolist() == [-1, -1]
    assert read["why"].tolist() == [-1, -1]


def test_a_page_sees_what_was_answered_corrected_held_and_deleted_since_the_last_one(workspace):
    survey = make_survey(workspace)
    first, second = answer(survey, [{"recommend": 9}, {"recommend": 3}])
    assert columns(survey).answers["recommend"].tolist() == [9, 3]
    answer(survey, [{"recommend": 7, "at": MOMENT + dt.timedelta(days=1)}])
    assert columns(survey).answers["recommend"].tolist() == [9, 3, 7]
    with scope(workspace=workspace):
        later = MOMENT + dt.timedelta(days=2)
        Response.objects.filter(pk=first.pk).update(answers={"recommend": 0}, changed_at=later)
        assert columns(survey).answers["recommend"].tolist() == [0, 3, 7]
        Response.objects.filter(pk=second.pk).update(is_held=True)
        assert columns(survey).counts.tolist() == [True, False, True]
        Response.objects.filter(pk=first.pk).delete()
        assert columns(survey).answers["recommend"].tolist() == [3, 7]


def test_begun_answers_are_not_there_and_tests_do_not_count(workspace):
    survey = make_survey(workspace)
    answer(
        survey, [{"recommend": 9, "state": "started"}, {"recommend": 8, "is_test": True}, {"recommend": 7}]
    )
    assert columns(survey).answers["recommend"].tolist() == [8, 7]
    assert columns(survey).counts.tolist() == [False, True]


def test_versions_keep_options_apart_and_mark_changed_wordings(workspace):
    survey = make_survey(workspace)
    answer(survey, [{"where": "shop", "recommend": 9}])
    newer = Definition(
        title=SHOP.title,
        languages=("fi", "en", "sv"),
        fields=("store",),
        questions=(
            Nps(key="recommend", text={}, about={"fi": "Kauppaa"}),
            Single(
                key="where", text={"fi": "Missä asioit?", "en": "Where?"}, options=(option("app", "Appi"),)
            ),
            LongText(key="liked", text={"fi": "Mistä pidit?"}),
        ),
    )
    with scope(workspace=workspace):
        publish(survey, newer)
    answer(survey, [{"where": "app", "recommend": 5, "liked": "Hinnoista"}])
    read = columns(survey)
    with scope(workspace=workspace):
        asked = {each.column: each for each in versions_of(survey).questions}
    assert list(asked) == ["recommend", "where", "liked", "why", "satisfied", "liked~2"]
    assert encoding.option_keys(asked["where"].question) == ["app", "shop", "web", "other"]
    assert read.answers["where"].tolist() == [1, 0]
    assert read.answers["liked"].tolist() == [-1, 1]
    assert read.answers["liked~2"].tolist() == [[-1, -1], [-1, -1]]
    assert asked["recommend"].changed == (2,)
    assert asked["where"].changed == (2,)
    assert asked["liked"].changed == ()


def test_another_scale_is_another_question():
    from polku.surveys.definition.questions import Csat

    five = Definition(title=TEXT, languages=("fi",), questions=(Csat(key="ok", text={}),))
    seven = Definition(title=TEXT, languages=("fi",), questions=(Csat(key="ok", text={}, scale=7),))
    assert [(each.column, each.scale) for each in questions_over({1: five, 2: seven})] == [
        ("ok", (1, 7)),
        ("ok~2", (1, 5)),
    ]


FORMS = {
    "toimitus": "toimitus toimituksen toimitukset toimituskulut toimituksesta",
    "hinta": "hinta hinnat hinnan hintaa hinnoittelu",
    "kenkä": "kenkä kengät kenkiä kengissä",
    "laatu": "laatu laadun laatua laadusta",
    "palvelussa": "palvelu palvelut palvelua",
    "asiakas": "asiakas asiakkaan asiakkaat",
    "iloinen": "iloinen iloisen iloiset",
    "delivery": "delivery deliveries delivered",
}


@pytest.mark.parametrize(("word", "forms"), FORMS.items())
def test_a_word_is_found_in_its_forms(word, forms):
    import pyarrow as pa

    said = texts.searchable(
        [pa.array([f"Oli: {form.upper()}!" for form in forms.split()])], len(forms.split())
    )
    assert all(texts.found_in(pa.chunked_array([said]), word).to_pylist())


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("hidas", [True, False, False]),
        ("hidas toimitus", [True, False, False]),
        ("HITAASTI", [False, False, False]),
        ("äiti", [False, True, False]),
        ("iti", [False, False, False]),  # words are found from their beginning
        ("%", [True, True, False]),  # no word to look for: all that was written
        ("", [True, True, False]),
    ],
)
def test_every_word_must_be_there(search, found):
    import pyarrow as pa

    said = texts.searchable([pa.array(["Toimitus oli hidas.", "Äiti kiittää", None])], 3)
    assert texts.found_in(pa.chunked_array([said]), search).to_pylist() == found


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=30)), min_size=1, max_size=20), st.text(max_size=20))
def test_no_text_and_no_search_is_an_error(rows, search):
    import pyarrow as pa

    clean = [None if row is None else row.encode(errors="ignore").decode() for row in rows]
    said = texts.searchable([pa.array(clean, pa.string())], len(clean))
    found = texts.found_in(pa.chunked_array([said]), search.encode(errors="ignore").decode())
    assert len(found) == len(rows)

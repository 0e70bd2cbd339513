"""Answers as files: safe for spreadsheets, labelled for SPSS, and never more than may be shown."""

from __future__ import annotations

import csv
import io
import json
import zipfile

import pytest
from django_scopes import scope
from hypothesis import given
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
    Smiley,
)
from polku.surveys.results import columns as kept
from polku.surveys.results.asked import versions_of
from polku.surveys.results.exports import fields as export_fields
from polku.surveys.results.exports import spss
from polku.surveys.results.exports.fields import fields_of
from polku.surveys.results.exports.rows import Wanted
from tests.surveys.results.answered import answer, make_survey, option, publish

EVERYTHING = Definition(
    title={"fi": "Kysely"},
    languages=("fi", "en"),
    fields=("myymälä",),
    questions=(
        Nps(key="nps", text={}),
        Smiley(key="mood", text={}),
        Single(
            key="and",
            text={"fi": "Missä äänestit?", "en": "Where?"},
            options=(option("shop", "Myymälässä", "In a shop"), option("web", "Verkossa", "On the web")),
            other=True,
        ),
        Multiple(
            key="liked",
            text={"fi": "Mistä pidit?", "en": "What did you like?"},
            options=(option("price", "Hinta", "Price"), option("ä", "Ääni", "Sound")),
        ),
        Matrix(
            key="parts",
            text={"fi": "Osat", "en": "Parts"},
            rows=(option("pay", "Maksu", "Paying"),),
            columns=(option("bad", "Huono", "Bad", 1), option("good", "Hyvä", "Good", 2)),
        ),
        Ranking(
            key="rank", text={"fi": "Tärkein", "en": "First"}, options=(option("a", "A"), option("b", "B"))
        ),
        Points(
            key="points", text={"fi": "Pisteet", "en": "Points"}, options=(option("a", "A"), option("b", "B"))
        ),
        Date(key="day", text={"fi": "Päivä", "en": "Day"}),
        Consent(key="agrees", text={"fi": "Lupa", "en": "Consent"}),
        LongText(key="why", text={"fi": "Miksi näin?", "en": "Why?"}),
    ),
)
FULL = {
    "nps": 9,
    "mood": 4,
    "and": "other",
    "and.other": "Torilla äijien kanssa",
    "liked": ["ä"],
    "parts": {"pay": "good"},
    "rank": ["b"],
    "points": {"a": 70, "b": 30},
    "day": "2026-03-01",
    "agrees": True,
    "why": "Hyvä työ",
    "fields": {"myymälä": "Hämeenlinna"},
}


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.forget()


def exported(client, survey, query):
    response = client.get(f"/w/testikauppa/surveys/{survey.pk}/results/export/answers/?{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content) if response.streaming else response.content


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("payload", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(owner_client, workspace, payload):
    survey = make_survey(workspace, EVERYTHING)
    answer(survey, [{**FULL, "why": payload, "fields": {"myymälä": payload}, "person": payload}])
    (row,) = read_csv(exported(owner_client, survey, "format=csv"))
    assert (row["why"], row["person"], row["field_myymala"]) == (f"'{payload}",) * 3
    assert row["nps"] == "9"
    with zipfile.ZipFile(io.BytesIO(exported(owner_client, survey, "format=xlsx"))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<v>9</v>" in sheet  # a number stays a number


def test_choices_are_words_in_the_language_that_was_chosen_or_numbers(owner_client, workspace):
    survey = make_survey(workspace, EVERYTHING)
    answer(survey, [FULL, {"nps": 0, "and": "web", "state": "partial"}])
    full, partial = read_csv(exported(owner_client, survey, "format=csv&labels=fi"))
    assert full["and_q"] == "Jokin muu" and full["and_other_text"] == "Torilla äijien kanssa"
    assert (full["liked_price"], full["liked_a"], full["parts_pay"]) == ("0", "1", "Hyvä")
    assert (full["rank_a"], full["rank_b"], full["points_a"]) == ("", "1", "70")
    assert (full["day"], full["agrees"], full["why"]) == ("2026-03-01", "1", "Hyvä työ")
    assert (partial["liked_price"], partial["agrees"], partial["points_a"]) == ("", "", "")
    english, _partial = read_csv(exported(owner_client, survey, "format=csv&labels=en"))
    assert (english["and_q"], english["parts_pay"]) == ("Something else", "Good")
    codes, _partial = read_csv(exported(owner_client, survey, "format=csv&values=codes"))
    assert (codes["and_q"], codes["parts_pay"]) == ("3.0", "2.0")


def test_held_and_test_answers_are_left_out_unless_they_are_asked_for(owner_client, workspace):
    survey = make_survey(workspace)
    answer(survey, [{"recommend": 9}, {"recommend": 1, "is_held": True}, {"recommend": 2, "is_test": True}])
    assert [row["recommend"] for row in read_csv(exported(owner_client, survey, "format=csv"))] == ["9"]
    everything = read_csv(exported(owner_client, survey, "format=csv&held=1&tests=1"))
    assert [(row["recommend"], row["held"], row["test"]) for row in everything] == [
        ("9", "0", "0"),
        ("1", "1", "0"),
        ("2", "0", "1"),
    ]


def test_json_has_the_answers_as_they_are_kept_and_the_codebook(owner_client, workspace):
    survey = make_survey(workspace, EVERYTHING)
    (made,) = answer(survey, [FULL])
    data = json.loads(exported(owner_client, survey, "format=json&labels=fi"))
    assert data["survey"] == survey.key
    assert data["answers"][0]["answers"] == made.answers
    assert data["answers"][0]["fields"] == {"myymälä": "Hämeenlinna"}
    columns = {column["name"]: column for column in data["codebook"]}
    assert columns["and_q"]["label"] == "Missä äänestit?"
    assert columns["and_q"]["values"][0] == {"code": "1", "label": "Myymälässä"}
    empty = make_survey(workspace)
    assert json.loads(exported(owner_client, empty, "format=json"))["answers"] == []


def test_spss_has_labels_with_their_letters_and_missing_values(owner_client, workspace, tmp_path):
    pyreadstat = pytest.importorskip("pyreadstat")
    survey = make_survey(workspace, EVERYTHING)
    answer(survey, [FULL, {"nps": 0}])
    path = tmp_path / "answers.sav"
    path.write_bytes(exported(owner_client, survey, "format=sav&labels=fi"))
    frame, meta = pyreadstat.read_sav(str(path), output_format="dict")
    assert meta.column_names_to_labels["and_q"] == "Missä äänestit?"
    assert meta.column_names_to_labels["liked_a"] == "Mistä pidit?: Ääni"
    assert meta.variable_value_labels["and_q"] == {1.0: "Myymälässä", 2.0: "Verkossa", 3.0: "Jokin muu"}
    assert meta.variable_value_labels["liked_a"] == {0.0: "Ei", 1.0: "Kyllä"}
    assert meta.variable_value_labels["nps"] == {
        0.0: "Erittäin epätodennäköisesti",
        10.0: "Erittäin todennäköisesti",
    }
    assert list(frame["nps"]) == [9.0, 0.0]
    assert list(frame["and_other_text"]) == ["Torilla äijien kanssa", ""]
    for name, first in (("liked_price", 0.0), ("liked_a", 1.0), ("and_q", 3.0), ("points_a", 70.0)):
        assert frame[name][0] == first
        assert frame[name][1] is None or frame[name][1] != frame[name][1]  # system-missing
    assert str(frame["day"][0])[:10] == "2026-03-01"
    assert meta.variable_measure["nps"] == "scale" and meta.variable_measure["and_q"] == "nominal"


def test_too_many_answers_for_spss_are_said(workspace):
    survey = make_survey(workspace)
    answer(survey, [{"recommend": 9}])
    with scope(workspace=workspace):
        versions = versions_of(survey)
        too_many = Wanted(ids=range(spss.MOST_ROWS + 1))
        with pytest.raises(spss.SpssUnavailable, match="100000"):
            spss.spss_file(survey, versions, fields_of(versions, "fi"), too_many)


def test_columns_of_older_versions_stay(owner_client, workspace):
    survey = make_survey(workspace)
    answer(survey, [{"liked": ["price"], "recommend": 1}])
    with scope(workspace=workspace):
        publish(survey, EVERYTHING)
    answer(survey, [{"liked": ["ä"], "nps": 2}])
    old, new = read_csv(exported(owner_client, survey, "format=csv"))
    assert (old["recommend"], old["nps"], old["liked_price"], old["liked_range"]) == ("1", "", "1", "0")
    assert (new["recommend"], new["nps"], new["liked_a"], new["version"]) == ("", "2", "1", "2")


def test_an_anonymous_survey_gives_results_and_no_rows(owner_client, workspace):
    survey = make_survey(workspace, is_anonymous=True)
    rows = [
        {"recommend": 10, "fields": {"store": name}} for name in ["Oulu"] * 20 + ["Pori"] * 9 + ["Rauma"] * 3
    ]
    answer(survey, rows)
    for kind in ("csv", "xlsx", "sav", "json"):
        refused = owner_client.get(
            f"/w/testikauppa/surveys/{survey.pk}/results/export/answers/?format={kind}"
        )
        assert refused.status_code == 302
    content = owner_client.get(
        f"/w/testikauppa/surveys/{survey.pk}/results/export/results/?by=field.store"
    ).content.decode()
    assert "Oulu,100" in content
    assert "Pori,,,," in content and "Rauma,,,," in content


@given(st.lists(st.text(min_size=1, max_size=100), min_size=1, max_size=30))
def test_names_of_columns_are_short_and_unique_whatever_the_keys(keys):
    taken: set[str] = set()
    for key in keys:
        name = export_fields._unique(key, taken)
        assert len(name.encode()) <= 64 and name.lower() not in taken
        assert name[0].isalpha() and name.replace("_", "").isalnum() and name.isascii()
        taken.add(name.lower())

"""Answers of nobody in particular: each row is a person of its own, whatever else happened in the same minute."""

from __future__ import annotations

import pytest

from polku.capture.imports import ImportOptions, WrongUsage, load, stage
from polku.capture.imports.mapping import NOBODY
from polku.capture.imports.recognition import inspect

SCORES = {"score": "score", "time": "when", "comment": "said", "metric": "nps", "nobody": True}
HEAD = "when,score,ease,said\n"
ROWS = [
    "2024-03-01 09:00,9,5,fine\n",
    "2024-03-01 09:00,9,5,fine\n",
    "2024-03-01 09:00,2,4, slow \n",
    "2024-03-01 09:01,10,,\n",
]


def people(rows) -> list[str]:
    return [row["person"] for row in rows]


def test_every_row_is_a_person_of_its_own_also_in_the_same_minute(understand):
    staged, rows = understand("scores", HEAD + "".join(ROWS), **SCORES)
    assert (staged.accepted, staged.rejected, staged.ties) == (4, 0, 0)
    assert len(set(people(rows))) == 4
    assert all(person.startswith("anonymous-") and len(person) == 42 for person in people(rows))


def test_all_answers_of_one_row_are_one_persons(understand):
    _staged, said = understand("scores", HEAD + "".join(ROWS), **SCORES)
    _staged, eased = understand(
        "scores", HEAD + "".join(ROWS), score="ease", time="when", metric="ces", nobody=True, skip_empty=True
    )
    assert people(eased) == people(said)[:3]


def test_an_export_that_overlaps_has_the_same_rows_in_either_order(understand):
    _staged, first = understand("scores", HEAD + "".join(ROWS[:1] + ROWS[3:]), **SCORES)
    _staged, second = understand("scores", HEAD + "".join(ROWS), **SCORES)
    _staged, newest_first = understand("scores", HEAD + "".join(reversed(ROWS)), **SCORES)
    keys = ("message_id", "person")
    both = [{tuple(row[key] for key in keys) for row in rows} for rows in (first, second, newest_first)]
    assert both[0] < both[1] == both[2]


def test_rows_of_another_survey_are_others(understand):
    _staged, ours = understand("scores", "when,score\n2024-03-01 09:00,9\n", **SCORES | {"comment": None})
    _staged, theirs = understand(
        "scores", "when,score,x\n2024-03-01 09:00,9,\n", **SCORES | {"comment": None}
    )
    assert people(ours) != people(theirs)


@pytest.mark.parametrize("more", [{"person": "said"}, {"order": "said"}])
def test_a_row_is_not_of_somebody_and_of_nobody(understand, more):
    with pytest.raises(WrongUsage, match="--nobody"):
        understand("scores", HEAD, **SCORES, **more)


def test_repeated_and_overlapping_exports_add_what_is_new(workspace, store, tmp_path):
    def bring(rows) -> tuple[int, int]:
        folder = tmp_path / "work"
        folder.mkdir(exist_ok=True)
        file = tmp_path / "answers.csv"
        file.write_text(HEAD + "".join(rows), encoding="utf-8")
        staged = stage(
            "scores", file, ImportOptions(**SCORES), timezone="UTC", folder=folder, rejected_folder=tmp_path
        )
        result = load(workspace, staged)
        return result["accepted"], store.state(workspace.key.hex).people

    assert bring(ROWS[:1] + ROWS[3:]) == (2, 2)
    assert bring(ROWS) == (2, 4)
    assert bring(ROWS[::-1]) == (0, 4)


def test_a_file_that_tells_nobody_is_asked_about_and_nobody_is_an_answer(tmp_path):
    file = tmp_path / "answers.csv"
    file.write_text(
        "date,score,comment\n"
        + "".join(f"2024-03-{day:02},{day % 10},said {day}\n" for day in range(10, 29)),
        encoding="utf-8",
    )
    (asked,) = inspect(file, timezone="UTC", answers={"kind": "scores"})
    question = next(each for each in asked.questions if each.column == "person")
    assert question.choices[-1].value == NOBODY
    answers = {"kind": "scores", "role:person": NOBODY}
    (told,) = inspect(file, timezone="UTC", answers=answers)
    assert "person" not in {each.column for each in told.questions}
    assert {(each.options.person, each.options.nobody) for each in told.mappings} == {(None, True)}


def test_columns_of_one_name_are_said_to_need_names_of_their_own(tmp_path):
    file = tmp_path / "same.csv"
    file.write_text("a,a,a\n" + "1,2024-03-01,x\n" * 5, encoding="utf-8")
    for kind in ("", "events", "scores"):
        (found,) = inspect(file, timezone="UTC", answers={"kind": kind} if kind else {})
        assert (found.mappings, found.questions) == ((), ())
        assert "must differ" in " ".join(found.notes)
        assert "“a”" in " ".join(found.notes)

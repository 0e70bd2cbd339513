"""Rows that hold nothing of what is imported, where one file gives several imports."""

from __future__ import annotations


def test_rows_without_what_is_imported_are_left_out_and_counted(understand):
    content = "who,at,said,score,what\na@x.fi,2024-03-01,,9,Paid\n,2024-03-02,,8,\nb@x.fi,2024-03-03,,,Sent\n"
    people, rows = understand("people", content, person="who", skip_empty=True)
    assert ([row["person"] for row in rows], people.rejected) == (["a@x.fi", "b@x.fi"], 0)
    assert people.recognised["left_out"] == 1
    answers, rows = understand(
        "scores", content, person="who", time="at", score="score", metric="nps", skip_empty=True
    )
    assert ([row["score"] for row in rows], answers.recognised["left_out"]) == ([9.0], 1)
    assert answers.rejected == 1  # an answer of nobody is a fault still
    events, rows = understand("events", content, person="who", time="at", event="what", skip_empty=True)
    assert ([row["name"] for row in rows], events.rejected) == (["Paid", "Sent"], 0)


def test_without_it_such_rows_are_rejected(understand):
    content = "who,city\na@x.fi,Oulu\n,Turku\n"
    staged, _rows = understand("people", content, person="who")
    assert (staged.accepted, staged.rejected, "left_out" in staged.recognised) == (1, 1, False)


def test_a_file_of_rows_left_out_is_not_called_empty(understand):
    staged, _rows = understand("people", "who,city\n,Turku\n", person="who", skip_empty=True)
    assert (staged.accepted, staged.warnings, staged.recognised["left_out"]) == (0, [], 1)

"""What a trend tells beside its points: annotations, parts, and a comparison."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.accounts.models import AuditEntry, Workspace
from polku.analytics import run
from polku.analytics.annotations import (
    add_annotation,
    annotations_of,
    delete_annotation,
    restore_annotation,
)
from polku.analytics.models import Annotation
from polku.statistics import welch


@pytest.fixture
def visits(shop):
    shop.events(
        ("ada", "visit", "2026-03-02T10:00", {"channel": "web"}),
        ("bo", "visit", "2026-03-02T11:00", {"channel": "app"}),
        ("ada", "visit", "2026-03-04T10:00", {"channel": "web"}),
        ("ada", "visit", "2026-03-06T10:00"),
    )
    return shop


def values(points) -> list[tuple[str, float]]:
    return [(point["start"][-2:], point["value"]) for point in points]


def test_annotations_of_the_days_shown(visits, workspace):
    for day, text in ((1, "too early"), (2, "Campaign"), (6, "Release 2"), (7, "too late")):
        add_annotation(workspace=workspace, on=date(2026, 3, day), text=text, kind="release")
    assert [note["text"] for note in run(workspace, {"kind": "trend"})["annotations"]] == [
        "Campaign",
        "Release 2",
    ]
    # In the week of the 2nd all of them lie but the first.
    weeks = run(workspace, {"kind": "trend", "interval": "week"})["annotations"]
    assert weeks[-1] == {"on": "2026-03-07", "text": "too late", "kind": "release"}
    assert len(weeks) == 3


def test_a_new_annotation_shows_at_once_and_a_deleted_one_no_more(visits, workspace, owner):
    query = {"kind": "trend"}
    assert run(workspace, query)["annotations"] == []
    made = add_annotation(
        workspace=workspace, on=date(2026, 3, 2), text="  New\0 \n page ", kind="other", actor=owner
    )
    assert [note["text"] for note in run(workspace, query)["annotations"]] == ["New page"]
    with scope(workspace=workspace):
        kept = delete_annotation(annotation=made, actor=owner)
    assert run(workspace, query)["annotations"] == []
    for _twice in range(2):
        restore_annotation(workspace=workspace, kept=kept, actor=owner)
    assert [(note.on, note.text, note.kind) for note in annotations_of(workspace)] == [
        (date(2026, 3, 2), "New page", "other")
    ]
    with scope(workspace=workspace):
        actions = AuditEntry.objects.filter(action__startswith="annotation").order_by("pk")
        assert [entry.action for entry in actions] == [
            "annotation.created",
            "annotation.deleted",
            "annotation.restored",
        ]


def test_annotations_stay_in_their_workspace(workspace):
    other_workspace = Workspace.objects.create(name="Toinen", slug="toinen")
    made = add_annotation(workspace=workspace, on=date(2026, 3, 2), text="ours", kind="other")
    assert annotations_of(other_workspace) == []
    with scope(workspace=workspace):
        kept = delete_annotation(annotation=Annotation.objects.get(pk=made.pk))
    with pytest.raises(ValueError, match="another workspace"):
        restore_annotation(workspace=other_workspace, kept=kept)


@pytest.mark.parametrize(
    "wrong", [{"text": " \0 "}, {"text": "x" * 201}, {"kind": "party"}, {"on": date(1066, 10, 14)}]
)
def test_an_annotation_that_cannot_be(workspace, wrong):
    with pytest.raises(ValidationError):
        add_annotation(
            workspace=workspace, **{"on": date(2026, 3, 2), "text": "fine", "kind": "other", **wrong}
        )
    assert annotations_of(workspace) == []


def test_parts_over_the_same_periods(visits, workspace):
    got = run(workspace, {"kind": "trend", "breakdown": {"property": "channel"}})
    assert [(part["key"], values(part["points"])) for part in got["series"]] == [
        ("web", [("02", 1), ("03", 0), ("04", 1), ("05", 0), ("06", 0)]),
        ("app", [("02", 1), ("03", 0), ("04", 0), ("05", 0), ("06", 0)]),
        (None, [("02", 0), ("03", 0), ("04", 0), ("05", 0), ("06", 1)]),
    ]
    assert all("others" not in part for part in got["series"])


def test_beyond_ten_parts_the_rest_is_together(shop, workspace):
    shop.events(
        *(
            (f"p{n}", "visit", "2026-03-02T10:00", {"channel": f"c{part:02}"})
            for part in range(13)
            for n in range(20 - part)
        )
    )
    got = run(workspace, {"kind": "trend", "measure": "persons", "breakdown": {"property": "channel"}})
    assert [part["key"] for part in got["series"]] == [f"c{part:02}" for part in range(10)] + [None]
    assert got["series"][-1] == {
        "key": None,
        "others": True,
        "points": [{"start": "2026-03-02", "value": 10, "complete": False}],
    }


def test_two_ranges_compared_by_their_finished_days(shop, workspace):
    """Ten days against ten, the quiet ones at the ends among them; the newest day is not finished."""
    now, before = [0, 5, 6, 7, 5, 6, 5, 6, 7, 6], [1, 2, 1, 0, 1, 2, 1, 2, 1, 0]
    for start, counts in ((11, now), (1, before)):
        for place, number in enumerate(counts):
            shop.events(*((f"p{n}", "visit", f"2026-03-{start + place:02}T10:00") for n in range(number)))
    shop.events(*((f"p{n}", "visit", "2026-03-21T10:00") for n in range(99)))
    shop.events(("early", "pay", "2026-02-20T10:00"))
    query = {
        "kind": "trend",
        "range": {"from": "2026-03-11", "to": "2026-03-22"},
        "compare": {"from": "2026-03-01", "to": "2026-03-11"},
    }
    answer = run(workspace, query)
    got = answer["compared"]
    assert answer["warnings"] == []
    assert values(got["points"]) == [(f"{day + 1:02}", value) for day, value in enumerate(before[:9])]
    want = welch(mean=(sum(before) / 10, sum(now) / 10), variance=(4.9 / 9, 36.1 / 9), n=(10, 10))
    (change,) = got["changes"]
    assert (change["measure"], change["now"], change["before"]) == ("per_period", 5.3, 1.1)
    assert change["difference"] == pytest.approx(4.2)
    assert change["ci"] == pytest.approx([want.low, want.high])
    assert (change["p_value"], change["clear"]) == (pytest.approx(want.p), True)


def test_days_before_the_first_data_are_unknown_and_not_nothing(shop, workspace):
    """Ten visits a day since the 9th: no rise against the days before it, of which nothing is known."""
    for day in range(9, 25):
        shop.events(*((f"p{n}", "visit", f"2026-03-{day:02}T10:00") for n in range(10)))
    query = {
        "kind": "trend",
        "range": {"from": "2026-03-14", "to": "2026-03-24"},
        "compare": {"from": "2026-03-04", "to": "2026-03-14"},
    }
    got = run(workspace, query)
    (change,) = got["compared"]["changes"]
    assert (change["now"], change["before"], change["clear"], change["ci"]) == (10, 10, False, None)
    assert got["warnings"] == [
        "The range compared with begins before the first data, so only a part of it is known."
    ]


def test_too_few_days_are_not_tested(visits, workspace):
    query = {
        "kind": "trend",
        "range": {"from": "2026-03-04", "to": "2026-03-06"},
        "compare": {"from": "2026-03-02", "to": "2026-03-04"},
    }
    (change,) = run(workspace, query)["compared"]["changes"]
    assert change == {
        "measure": "per_period",
        "now": 0.5,
        "before": 0,  # of the third: the second, on which the data begins, is not whole
        "difference": 0.5,
        "ci": None,
        "p_value": None,
        "p_adjusted": None,
        "clear": False,
    }
    (change,) = run(workspace, {**query, "select": {"event": "pay"}})["compared"]["changes"]
    assert (change["now"], change["before"], change["difference"]) == (0, 0, 0)
    open_end = {"kind": "trend", "select": {"event": "pay"}, "compare": {"to": "2026-03-04"}}
    (change,) = run(workspace, open_end)["compared"]["changes"]
    assert (change["now"], change["difference"], change["clear"]) == (None, None, False)

"""A binding takes what it says: on the real store, through the real queue."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.eventstore.port import Scope
from polku.eventstore.registry import hit_rules
from polku.jobs import queue
from polku.journeys import domain, limits, queries
from polku.journeys.hit_rules import selector_of
from polku.journeys.models import Binding
from tests.journeys.received import EVENT, hits, names_caught, signals


@pytest.mark.parametrize(
    ("binding", "expected"),
    [
        ({"kind": "event", "names": ["product_view"]}, ["product_view"] * 2),
        ({"kind": "event", "names": ["cart", "payment"]}, ["cart", "cart", "payment"]),
        ({"kind": "event", "url": "*/product/*"}, ["product_view"] * 2),
        ({"kind": "event", "url": "*10%"}, ["product_view"]),
        ({"kind": "event", "names": ["product_view"], "channel": "mobile"}, ["product_view"]),
        ({"kind": "event", "where": [{"property": "value", "op": "gt", "value": 100}]}, ["cart"]),
        ({"kind": "event", "where": [{"property": "browser", "op": "eq", "value": "Safari"}]}, ["payment"]),
        (
            {"kind": "event", "where": [{"property": "order.status", "op": "eq", "value": "delivered"}]},
            ["payment"],
        ),
        ({"kind": "score"}, ["nps"]),
        ({"kind": "score", "names": ["csat"]}, []),
        ({"kind": "contact"}, ["delivery", "return"]),
        ({"kind": "contact", "names": ["return"]}, ["return"]),
        ({"kind": "order"}, ["cancelled", "delivered"]),
        ({"kind": "order", "names": ["delivered"]}, ["delivered"]),
    ],
)
def test_a_binding_takes_what_it_says(received, store, workspace, touchpoint, binding, expected) -> None:
    saved = domain.add_binding(touchpoint=touchpoint, **binding)
    assert names_caught(store, workspace, touchpoint) == expected
    preview = store.preview(received, [selector_of(saved)], Scope())
    assert preview.signals == len(expected)


def test_several_bindings_take_the_signals_of_any_once(received, store, workspace, touchpoint) -> None:
    domain.add_binding(touchpoint=touchpoint, kind="event", names=["cart"], rebuild=False)
    domain.add_binding(touchpoint=touchpoint, kind="event", url="*/cart")
    assert names_caught(store, workspace, touchpoint) == ["cart", "cart"]


def test_changing_deleting_and_undoing_a_binding_moves_the_hits(
    received, store, workspace, touchpoint
) -> None:
    binding = domain.add_binding(touchpoint=touchpoint, kind="event", names=["cart"])
    assert names_caught(store, workspace, touchpoint) == ["cart", "cart"]
    domain.update_binding(binding=binding, names=["payment"])
    assert names_caught(store, workspace, touchpoint) == ["payment"]
    deletion = domain.delete_binding(binding=binding)
    assert names_caught(store, workspace, touchpoint) == []
    domain.undo_deletion(deletion=deletion)
    assert names_caught(store, workspace, touchpoint) == ["payment"]
    gone = domain.delete_journey(journey=touchpoint.stage.journey)
    assert names_caught(store, workspace, touchpoint) == []
    domain.undo_deletion(deletion=gone)
    assert names_caught(store, workspace, touchpoint) == ["payment"]


def test_signals_that_come_later_find_their_touchpoint(received, store, workspace, touchpoint) -> None:
    domain.add_binding(touchpoint=touchpoint, kind="event", names=["newsletter"])
    queue.work_off()
    late = signals([{"name": "newsletter", "person": "e", "message_id": "f" * 32}])
    store.load_signals(received, late, rules=hit_rules(received))
    assert hits(store, workspace, touchpoint) == [(EVENT, "newsletter")]


def test_rules_are_those_of_the_workspace_alone(received, workspace, touchpoint) -> None:
    domain.add_binding(touchpoint=touchpoint, kind="contact")
    elsewhere = Workspace.objects.create(name="Toinen", slug="toinen")
    assert hit_rules(elsewhere.key.hex) == []
    assert [rule.touchpoint for rule in hit_rules(received)] == [touchpoint.pk]


def test_many_equal_requests_rebuild_once(received, workspace, touchpoint) -> None:
    for name in ("cart", "payment", "product_view"):
        domain.add_binding(touchpoint=touchpoint, kind="event", names=[name])
    assert queries.rebuild_state(workspace).is_going_on is True
    assert queue.work_off() == 1
    assert queries.rebuild_state(workspace).is_going_on is False


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        ({"kind": "event"}, "at least one event name"),
        ({"kind": "comment"}, "did you mean “event”|it can be"),
        ({"kind": "event", "names": ["x" * 201]}, "at most 200"),
        ({"kind": "event", "names": ["x"] * 51}, "at most 50"),
        ({"kind": "event", "url": "x" * 501}, "At most 500"),
        ({"kind": "event", "where": [{"property": "a", "op": "eq", "value": 1}] * 11}, "at most 10"),
        ({"kind": "event", "where": [{"property": "a", "op": "like", "value": 1}]}, "like"),
        ({"kind": "event", "names": ["osto\0"]}, "cannot be kept"),
        (
            {"kind": "event", "where": [{"property": "city", "op": "in", "value": ["Oulu", "Tur\0ku"]}]},
            "must be a text",
        ),
    ],
)
def test_a_binding_that_makes_no_rule_is_refused(workspace, touchpoint, binding, message) -> None:
    with pytest.raises(ValidationError, match=message):
        domain.add_binding(touchpoint=touchpoint, **binding)
    with scope(workspace=workspace):
        assert not Binding.objects.exists()


def test_a_touchpoint_has_a_limited_number_of_bindings(workspace, touchpoint) -> None:
    for number in range(limits.BINDINGS):
        domain.add_binding(touchpoint=touchpoint, kind="event", names=[str(number)], rebuild=False)
    with pytest.raises(ValidationError, match="at most 20"):
        domain.add_binding(touchpoint=touchpoint, kind="contact")


def test_a_touchpoint_is_found_by_number_and_name(workspace, touchpoint) -> None:
    assert queries.find_touchpoint(workspace, touchpoint.pk) == touchpoint
    assert queries.find_touchpoint(workspace, "maksu") == touchpoint
    assert queries.find_touchpoint(workspace, "Kassa") is None
    elsewhere = Workspace.objects.create(name="Toinen", slug="toinen")
    assert queries.find_touchpoint(elsewhere, touchpoint.pk) is None
    assert queries.touchpoint_names(workspace) == ["Maksu"]

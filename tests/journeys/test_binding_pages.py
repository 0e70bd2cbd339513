"""The form of a data connection: it offers what was received and shows what it would catch before it is saved."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from polku.jobs import queue
from polku.jobs.models import Job
from polku.journeys import domain
from polku.journeys.models import Binding
from tests.journeys.received import names_caught

EMPTY_ROWS = {"where-TOTAL_FORMS": "0", "where-INITIAL_FORMS": "0"}
ENGLISH = {"accept-language": "en"}
FINNISH = {"accept-language": "fi"}


@pytest.fixture
def address(workspace, touchpoint) -> str:
    journey = touchpoint.stage.journey
    return f"/w/{workspace.slug}/journeys/{journey.pk}/touchpoints/{touchpoint.pk}/bindings/"


def text_of(client, path, language=ENGLISH, **query) -> str:
    answer = client.get(path, query, headers=language)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("event", ["product_view", "cart", "payment", "old"]),
        ("score", ["nps"]),
        ("contact", ["delivery", "return"]),
        ("order", ["delivered", "cancelled"]),
    ],
)
def test_the_form_offers_what_was_received(received, owner_client, address, kind, offered) -> None:
    text = text_of(owner_client, address, kind=kind)
    for name in offered:
        assert f'name="names" value="{name}"' in text
    assert text.count('name="names"') == len(offered)
    assert '<option value="https://kauppa.fi/cart">2</option>' in text
    assert '<option value="web">' in text
    assert '<option value="browser">' in text


def test_names_are_searched_and_those_chosen_stay(received, owner_client, address) -> None:
    text = text_of(owner_client, f"{address}names/", kind="event", search="PAY", names=["cart", "<b>"])
    assert text.index('value="cart" checked') < text.index('value="payment"')
    assert "product_view" not in text
    assert 'value="&lt;b&gt;" checked' in text
    assert 'value="PAY"' in text
    assert "not received yet" in text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"kind": "event", "names": "cart"}, "2 events from 2 people in the last 28 days."),
        ({"kind": "event", "url": "*/cart", "channel": "web"}, "2 events from 2 people in the last 28 days."),
        ({"kind": "score", "names": "nps"}, "1 answer from 1 person in the last 28 days."),
        ({"kind": "contact"}, "2 contacts from 2 people in the last 28 days."),
        ({"kind": "order", "names": "delivered"}, "1 order from 1 person in the last 28 days."),
        (
            {"kind": "event", "names": "old"},
            "Nothing in the last 28 days, but 1 event from 1 person in all data.",
        ),
        ({"kind": "event", "names": "never"}, "This would catch nothing"),
        ({"kind": "event"}, "Choose at least one event name"),
        ({"kind": "event", "names": "x" * 300}, "at most 200 characters"),
    ],
)
def test_the_preview_says_what_would_be_caught(received, owner_client, address, query, sentence) -> None:
    text = text_of(owner_client, f"{address}preview/", **EMPTY_ROWS, **query)
    assert sentence in text


def test_the_preview_speaks_finnish_and_shows_examples(received, owner_client, address) -> None:
    text = text_of(owner_client, f"{address}preview/", FINNISH, **EMPTY_ROWS, kind="event", names="cart")
    assert "2 tapahtumaa 2 henkilöltä viimeisten 28 päivän aikana." in text
    assert "Esimerkiksi" in text
    assert text.count("https://kauppa.fi/cart") == 2


def test_the_preview_heeds_the_conditions(received, owner_client, address) -> None:
    rows = {
        "where-TOTAL_FORMS": "3",
        "where-INITIAL_FORMS": "0",
        "where-0-property": "value",
        "where-0-op": "ge",
        "where-0-value": "15,5",
        "where-1-property": "value",
        "where-1-op": "lt",
        "where-1-value": "100",
        "where-2-property": "",
        "where-2-op": "eq",
    }
    text = text_of(owner_client, f"{address}preview/", kind="event", **rows)
    assert "1 event from 1 person in the last 28 days." in text


def test_a_preview_without_any_data_says_what_to_do(owner_client, address) -> None:
    text = text_of(owner_client, f"{address}preview/", **EMPTY_ROWS, kind="contact")
    assert "No data has been received yet." in text


@pytest.mark.parametrize(
    "query",
    [
        {"kind": "sql", "names": "'; DROP TABLE signal; --"},
        {"kind": "event", "url": "'%_\\*", "channel": "\x00"},
        {"kind": "event", "names": "a", "where-TOTAL_FORMS": "x"},
        {"kind": "event", "names": "a", "where-TOTAL_FORMS": "99999"},
        {
            "kind": "event",
            "where-TOTAL_FORMS": "1",
            "where-INITIAL_FORMS": "0",
            "where-0-property": "a",
            "where-0-op": "gt",
            "where-0-value": "1e999",
        },
    ],
)
def test_hostile_input_is_answered_calmly(received, owner_client, address, query) -> None:
    assert owner_client.get(f"{address}preview/", query).status_code == 200
    assert owner_client.get(f"{address}names/", query).status_code == 200
    assert owner_client.post(address, query).status_code in (200, 302)


def test_saving_rebuilds_the_hits_and_shows_the_progress(
    received, store, workspace, owner_client, address, touchpoint
) -> None:
    answer = owner_client.post(address, {"kind": "event", "names": ["cart", "payment"], **EMPTY_ROWS})
    assert answer.url == address
    rebuild = address.split("touchpoints/")[0] + "rebuild/"
    assert 'hx-trigger="load delay:1s"' in text_of(owner_client, address)
    assert "Finding the signals" in text_of(owner_client, rebuild)
    assert names_caught(store, workspace, touchpoint) == ["cart", "cart", "payment"]
    done = text_of(owner_client, rebuild)
    assert "the map&#x27;s figures are up to date" in done or "figures are up to date" in done
    assert "hx-trigger" not in done
    assert "Events: cart, payment" in text_of(owner_client, address)


def test_a_failed_rebuild_can_be_tried_again(
    received, store, workspace, owner_client, address, touchpoint
) -> None:
    domain.add_binding(touchpoint=touchpoint, kind="event", names=["cart"])
    Job.objects.update(state=Job.State.FAILED)
    rebuild = address.split("touchpoints/")[0] + "rebuild/"
    assert "Try again" in text_of(owner_client, rebuild)
    owner_client.post(rebuild)
    assert names_caught(store, workspace, touchpoint) == ["cart", "cart"]


def test_a_saved_binding_comes_back_as_it_was_and_can_be_changed(
    received, workspace, owner_client, address, touchpoint
) -> None:
    where = [
        {"property": "order.status", "op": "in", "value": ["delivered", "sent"]},
        {"property": "value", "op": "ge", "value": 100},
        {"property": "campaign", "op": "exists", "value": False},
    ]
    binding = domain.add_binding(touchpoint=touchpoint, kind="event", names=["cart"], where=where)
    path = f"{address}{binding.pk}/"
    form = owner_client.get(path).context["form"]
    posted = {"kind": "event", "names": list(form.chosen_names), "url": "*/cart", "channel": ""}
    posted |= {
        "where-TOTAL_FORMS": len(form.conditions.forms),
        "where-INITIAL_FORMS": form.conditions.initial_form_count(),
    }
    for row in form.conditions:
        for field in row:
            posted[field.html_name] = field.value() or ""
    assert owner_client.post(path, posted).url == address
    with scope(workspace=workspace):
        now = Binding.objects.get()
    assert (now.pk, now.names, now.url, now.where) == (binding.pk, ["cart"], "*/cart", where)
    text = text_of(owner_client, address)
    assert "order’s state is one of delivered, sent" in text
    assert "campaign is not known" in text


def test_a_deleted_binding_comes_back(received, workspace, owner_client, address, touchpoint) -> None:
    binding = domain.add_binding(touchpoint=touchpoint, kind="contact", names=["delivery"])
    answer = owner_client.post(f"{address}{binding.pk}/delete/", follow=True, headers=ENGLISH)
    text = answer.content.decode()
    assert "A data connection of “Maksu” was deleted." in text
    undo = text.split('action="')[1:]
    path = next(part.split('"')[0] for part in undo if "/undo/" in part)
    owner_client.post(path)
    with scope(workspace=workspace):
        assert Binding.objects.get().names == ["delivery"]
    queue.work_off()


def test_the_page_costs_the_same_queries_at_one_and_three_bindings(
    received, owner_client, address, touchpoint
) -> None:
    counts = []
    for names in (["a"], ["b"], ["c"]):
        domain.add_binding(touchpoint=touchpoint, kind="event", names=names, rebuild=False)
        owner_client.get(address)
        with CaptureQueriesContext(connection) as queries:
            owner_client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12

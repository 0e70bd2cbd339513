"""The page of drivers: what it proposes, says, draws, refuses and gives as files."""

from __future__ import annotations

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from polku.analytics.models import SavedQuestion
from tests.decide.drivers.answered import satisfaction, tell


@pytest.fixture
def shop(store, workspace):
    tell(
        store,
        workspace,
        satisfaction(),
        metrics={"Recommend": "nps"},
        scales={"Recommend": (0, 10)},
    )
    return workspace


@pytest.fixture
def open_page(owner_client: Client, workspace):
    owner_client.cookies["django_language"] = "en"
    base = reverse("decide:drivers", kwargs={"workspace": workspace.slug})

    def opened(query="", **parameters):
        return owner_client.get(base + query, parameters)

    return opened


def chosen(*questions):
    return {"outcome": "nps|Recommend|||", "driver": [f"csat|{question}|||" for question in questions]}


def test_the_data_proposes_what_it_can_tell(shop, open_page):
    text = open_page().content.decode()
    # Of returns few were asked: with them three quarters of the answers would be lost.
    assert 'value="csat|Speed|||"' in text
    assert '<input type="hidden" name="driver" value="csat|Returns|||">' not in text
    assert "With “Recommend” goes most of all “Speed”" in text
    assert "It is also clearly weaker than the others." in text
    assert "From 240 answers of 240 people" in text
    assert "answers that were given together" in text
    assert "Importance is not causality" in text
    assert "drivers-field is-fix" in text
    # The same in the address, for whoever it is sent to.
    assert "outcome=nps%7CRecommend" in text


def test_ranks_that_do_not_differ_are_said(shop, open_page):
    text = open_page(**chosen("Service", "Choice", "Rooms")).content.decode()
    assert "goes most of all “Service”" in text
    assert "their importance does not differ: “Rooms” – “Choice”." in text
    tied = open_page(**chosen("Choice", "Rooms")).content.decode()
    assert "Which of “Rooms” and “Choice” goes most with “Recommend” cannot be told" in tied
    assert "The order of neighbours" not in tied
    alone = open_page(**chosen("Speed")).content.decode()
    assert "“Speed” accounts for" in alone
    assert "drivers-field" not in alone


def test_a_driver_that_costs_many_rows_is_named_with_a_way_out(shop, open_page):
    text = open_page(**chosen("Speed", "Service", "Returns")).content.decode()
    assert "Too few answers yet: 60 people have all of these, and at least 100 are needed." in text
    assert "Leave out “Returns”, which fewest have: then there are 240." in text
    assert "New survey" in text
    assert "drivers-field" not in text


def test_without_questions_it_says_what_to_do(workspace, open_page):
    text = open_page().content.decode()
    assert "Nothing was asked of customers yet" in text
    assert reverse("surveys:new", kwargs={"workspace": workspace.slug}) in text


def test_nothing_in_the_address_breaks_it(shop, open_page):
    for query in (
        "?outcome=nonsense&driver=|||||",
        "?outcome=again|99999999999999999999&driver=csat||||x",
        "?outcome=csat||||&driver=csat|Speed|||&driver=csat|Speed|||",
        "?outcome=nps||||999999999999999999999999",
        "?outcome=nps%00||||&driver=" + "x" * 5_000,
        "?do=drop:99&" + "&".join("driver=csat|Speed|||" for _ in range(80)),
        "?do=drop:000099&outcome=nps||||&driver=csat|Speed|||",
        "?outcome=||||order.on_time&driver=again|90",
        "?outcome=again|90&driver=csat|Speed|||",
        "?outcome=csat|Speed|nowhere|4|&driver=||||person.email",
    ):
        assert open_page(query).status_code in (200, 302), query


def test_it_is_exported_kept_and_opened_where_it_stands(shop, open_page, owner_client):
    explore = {"workspace": shop.slug, "kind": "drivers"}
    state = open_page(**chosen("Speed", "Service")).context["state"]
    file = owner_client.get(
        reverse("explore:export", kwargs={**explore, "file_format": "csv"}) + f"?{state}"
    ).content.decode("utf-8-sig")
    assert "Importance for “Recommend”" in file
    assert [line.split(",")[0] for line in file.splitlines()[2:4]] == ["Speed", "Service"]
    owner_client.post(reverse("explore:save", kwargs=explore), {"name": "Ours", "state": state})
    from django_scopes import scope

    with scope(workspace=shop):
        saved = SavedQuestion.objects.get()
    opened = owner_client.get(reverse("explore:open", kwargs={"workspace": shop.slug, "question": saved.pk}))
    assert opened.url.startswith(reverse("decide:drivers", kwargs={"workspace": shop.slug}))
    assert "<h2>Ours</h2>" in owner_client.get(opened.url).content.decode()
    # Explore lists its own pages only, and leads to where the others stand.
    index = owner_client.get(reverse("explore:index", kwargs={"workspace": shop.slug})).content.decode()
    assert "Ours" in index
    assert "/explore/drivers/" not in index
    led = owner_client.get(reverse("explore:question", kwargs=explore) + "?outcome=x")
    assert led.url.endswith("/numbers/drivers/?outcome=x")


def test_what_goes_with_nothing_is_no_finding(store, workspace, open_page):
    columns = satisfaction(120)
    random = np.random.default_rng(4)
    noise = {"Recommend": random.integers(0, 11, 120), "Speed": columns["Speed"], "Choice": columns["Choice"]}
    tell(store, workspace, noise, metrics={"Recommend": "nps"}, scales={"Recommend": (0, 10)})
    text = open_page(**chosen("Speed", "Choice")).content.decode()
    assert "no evidence that any of “Speed” and “Choice” goes with “Recommend”" in text
    assert "drivers-field" not in text
    assert "drivers-chart" not in text


def test_both_languages_say_the_same_figures(shop, open_page, owner_client):
    owner_client.cookies["django_language"] = "fi"
    with translation.override("fi"):
        text = open_page(**chosen("Speed", "Service")).content.decode()
    assert "kulkee vahvimmin yhdessä ”Speed”" in text
    assert "Korjaa ensin" in text
    for causal in ("johtuu", "aiheutt", "ansiosta"):
        assert causal not in text


def test_nobody_but_members_sees_it(shop, outsider, client):
    client.force_login(outsider)
    assert client.get(reverse("decide:drivers", kwargs={"workspace": shop.slug})).status_code == 404


def test_what_does_not_vary_is_named(store, workspace, open_page):
    columns = satisfaction(120)
    tell(
        store,
        workspace,
        {**columns, "Choice": np.full(120, 4.0)},
        metrics={"Recommend": "nps"},
        scales={"Recommend": (0, 10)},
    )
    text = open_page(**chosen("Speed", "Choice")).content.decode()
    assert "everybody answered the same to “Choice”" in text
    assert "Leave out “Choice”." in text

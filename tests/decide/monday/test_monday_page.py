"""The first page, its order, its empty states, and where a workspace opens."""

from __future__ import annotations

import pytest

from polku.journeys import domain
from tests.decide.acting.worlds_of_work import DONE_ON, draw_shop, finished, load_rows, rows_of_shop

PAGE = "/w/testikauppa/monday/"


@pytest.fixture(autouse=True)
def english(owner):
    owner.language = "en"
    owner.save()


@pytest.fixture
def shop(workspace, store):
    points = draw_shop(workspace)
    rows = rows_of_shop(
        shares={"Safari": (0.75, 0.35), "Chrome": (0.8, 0.8)},
        seed=11,
        per_day=10,
        days=(-30, 30),
        happy=(0.8, 0.5),
    )
    load_rows(store, workspace, rows)
    return points


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_it_tells_in_the_order_of_what_to_know(shop, owner, owner_client):
    domain.update_touchpoint(touchpoint=shop[0], assumed_feeling=0.9)
    finished(shop[0], owner, {"figure": "continued"}, done_on=DONE_ON)
    page = text_of(owner_client.get(PAGE))
    parts = [
        "monday-fresh",
        "monday-changed",
        "monday-fixes",
        "monday-map",
        "monday-surprises",
        "monday-finished",
    ]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)
    assert "Share that continued" in page
    assert "No evidence of change in" in page
    assert "being counted for the first time" in page
    assert "Korjaa maksu" in page
    assert "customer service" in page


def test_a_workspace_with_data_on_its_map_opens_there(shop, owner_client, workspace):
    assert owner_client.get("/", follow=True).redirect_chain[-1][0] == PAGE
    workspace.is_simulated = True
    workspace.save()
    map_page = f"/w/testikauppa/journeys/{shop[0].stage.journey_id}/"
    assert owner_client.get("/", follow=True).redirect_chain[-1][0] == map_page


def test_without_a_map_it_says_what_it_needs(owner_client, workspace):
    assert "Make the map" in text_of(owner_client.get(PAGE))


def test_a_map_without_data_says_in_each_part_what_would_fill_it(owner_client, workspace):
    domain.create_journey(workspace=workspace, name="Tyhjä", template="four-phases")
    page = text_of(owner_client.get(PAGE))
    assert "No data has been received yet." in page
    assert "Nothing can be compared yet" in page
    assert "None yet. When an action is marked as done" in page


def test_what_is_late_is_told(shop, owner, owner_client):
    domain.take_into_work(
        touchpoint=shop[0],
        name="Myöhässä",
        pain_key="",
        estimate=None,
        owner=owner,
        due_on=DONE_ON,
        metric={},
        actor=owner,
    )
    page = text_of(owner_client.get(PAGE))
    assert "Myöhässä" in page
    assert ">late<" in page


@pytest.mark.parametrize("wanted", ["x", "-1", "99999999999999999999", "0"])
def test_another_journey_is_the_first_one(shop, owner_client, wanted):
    assert owner_client.get(f"{PAGE}?journey={wanted}").status_code == 200

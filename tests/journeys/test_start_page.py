"""A workspace opens at the map that was open last."""

from __future__ import annotations

from polku.journeys.domain import create_journey


def test_a_workspace_without_a_journey_opens_at_the_list_that_says_what_to_do(owner_client):
    assert owner_client.get("/", follow=True).redirect_chain[-1][0] == "/w/testikauppa/journeys/"


def test_a_workspace_opens_at_the_map_that_was_open_last(owner_client, workspace):
    first = create_journey(workspace=workspace, name="Ensimmäinen", template="four-phases")
    second = create_journey(workspace=workspace, name="Toinen", template="nine-stages")
    assert owner_client.get("/", follow=True).redirect_chain[-1][0] == f"/w/testikauppa/journeys/{first.pk}/"
    assert owner_client.get(f"/w/testikauppa/journeys/{second.pk}/").status_code == 200
    assert owner_client.get("/", follow=True).redirect_chain[-1][0] == f"/w/testikauppa/journeys/{second.pk}/"

"""Saved questions stay within their bounds, whatever is posted."""

from __future__ import annotations

import html
import re

from django.test import Client
from django_scopes import scope

from polku.analytics.models import SavedQuestion

BASE = "/w/testikauppa/explore/"
STEPS = "step=event:a&step=event:b"


def posted(client: Client, address: str, **fields: str) -> str:
    response = client.post(f"{BASE}{address}", fields, follow=True, headers={"accept-language": "en"})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def test_what_no_address_can_hold_is_not_saved(store, owner_client, workspace):
    steps = "&".join(f"step=event:{'ä' * 200}{number}" for number in range(20))
    assert "too long to be saved" in posted(owner_client, "funnel/save/", name="Pitkä", state=steps)
    with scope(workspace=workspace):
        assert not SavedQuestion.objects.exists()


def test_an_undo_that_is_sent_again_changes_nothing(store, owner_client, workspace):
    posted(owner_client, "funnel/save/", name="Kassalle", state=STEPS)
    with scope(workspace=workspace):
        number = SavedQuestion.objects.get().pk
    page = posted(owner_client, f"{number}/delete/")
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    for _twice in range(2):
        assert "is back" in posted(owner_client, "restore/", token=found[1])
        with scope(workspace=workspace):
            assert SavedQuestion.objects.count() == 1

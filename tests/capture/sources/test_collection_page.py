"""The settings of data collection: own traffic, and counting without cookies."""

from __future__ import annotations

import re

import pytest
from django_scopes import scope

from polku.capture.models import CaptureSettings


def collection(workspace) -> CaptureSettings:
    with scope(workspace=workspace):
        return CaptureSettings.objects.get()


def test_own_traffic_and_cookieless_counting_are_kept_and_audited_without_addresses(shop, owner_client, read):
    address = f"/w/{shop.workspace.slug}/settings/collection/"
    form = {"own_addresses": "192.0.2.7/24\n 2001:db8::1 \n192.0.2.0/24", "is_cookieless": "on"}
    assert owner_client.post(address, form).status_code == 302
    kept = collection(shop.workspace)
    assert (kept.own_addresses, kept.is_cookieless) == (["192.0.2.0/24", "2001:db8::1"], True)
    text = read(address)
    assert "192.0.2.0/24" in text
    assert "This concerns visitors’ browsers, not what your own servers send." in text
    assert owner_client.post(address, form).status_code == 302
    ((action, details),) = shop.audit()
    assert action == "capture_settings.updated"
    assert details == {
        "changed": ["is_cookieless", "own_addresses"],
        "is_cookieless": True,
        "own_addresses": 2,
    }


def test_my_own_address_is_added_by_a_button(shop, owner_client, read):
    address = f"/w/{shop.workspace.slug}/settings/collection/"
    assert "Add my current address 127.0.0.1" in read(address)
    owner_client.post(address, {"own_addresses": "192.0.2.7", "add_address": "1"})
    assert collection(shop.workspace).own_addresses == ["192.0.2.7", "127.0.0.1"]
    assert "Your current address 127.0.0.1 is on the list." in read(address)


@pytest.mark.parametrize("wrong", ["example.com", "192.0.2.300", "0.0.0.0/0", "::/0", "1" * 30_000])
def test_what_is_no_address_is_refused_in_words(shop, owner_client, wrong):
    answer = owner_client.post(f"/w/{shop.workspace.slug}/settings/collection/", {"own_addresses": wrong})
    assert answer.status_code == 422
    assert "errorlist" in answer.content.decode()
    with scope(workspace=shop.workspace):
        assert list(CaptureSettings.objects.all()) == []


def test_the_tab_of_data_collection_stands_among_the_settings(shop, owner_client):
    address = f"/w/{shop.workspace.slug}/settings/collection/"
    assert f'href="{address}"' in owner_client.get(f"/w/{shop.workspace.slug}/settings/").content.decode()
    html = owner_client.get(address).content.decode()
    # The tab is the page's own, and no entry of the main navigation is.
    assert re.findall(r'<a href="([^"]*)" aria-current="page">', html) == [address]

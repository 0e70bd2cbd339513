"""The list of first steps: when it is shown, what it says, and putting it away."""

from __future__ import annotations

import pytest
from django.test import Client
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import AuditEntry, Membership
from polku.site import checklist

START = "/w/testikauppa/start/"
LIST = "/w/testikauppa/journeys/"


@pytest.fixture
def one_step():
    """Only a step that is done when there are two members, whatever the rooms have registered."""
    step = checklist.Step(
        key="colleagues",
        title="Kutsu kollegat",
        text="",
        url_name="accounts:members",
        is_done=lambda workspace: Membership.objects.count() > 1,
    )
    only = checklist.Steps({step.key: step})
    before = checklist.use_steps(only)
    yield only.by_key
    checklist.use_steps(before)


def as_member(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_strip_stands_where_the_workspace_opens_and_names_the_next_step(owner_client, workspace):
    page = owner_client.get(LIST).content.decode()
    assert 'class="checklist-strip"' in page
    assert f'href="{START}"' in page
    assert "checklist-strip" not in owner_client.get("/w/testikauppa/settings/").content.decode()


def test_a_step_is_ticked_off_when_it_is_done_and_then_the_strip_goes(owner_client, workspace, one_step):
    assert 'class="row is-done"' not in owner_client.get(START).content.decode()
    domain.invite_member(workspace=workspace, email="toveri@example.com", role="viewer", actor=None)
    assert 'class="row is-done"' in owner_client.get(START).content.decode()
    assert "checklist-strip" not in owner_client.get(LIST).content.decode()


def test_the_list_is_put_away_for_all_and_brought_back(owner_client, workspace, owner):
    assert owner_client.post(f"{START}dismiss/")["Location"] == START
    assert "checklist-strip" not in owner_client.get(LIST).content.decode()
    assert f'action="{START}show/"' in owner_client.get(START).content.decode()
    owner_client.post(f"{START}show/")
    assert "checklist-strip" in owner_client.get(LIST).content.decode()
    with scope(workspace=workspace):
        assert set(AuditEntry.objects.values_list("action", "actor")) == {
            ("checklist.dismissed", owner.pk),
            ("checklist.restored", owner.pk),
        }


def test_a_viewer_sees_no_step_that_they_may_not_do(workspace, teammate):
    client = as_member(teammate)
    assert "checklist-strip" not in client.get(LIST).content.decode()
    assert client.get(START).status_code == 200
    assert "<li" not in client.get(START).content.decode().split("<main")[1]


def test_a_simulated_workspace_has_no_strip(owner_client, workspace):
    workspace.is_simulated = True
    workspace.save()
    assert "checklist-strip" not in owner_client.get(LIST).content.decode()


def test_a_step_that_cannot_be_looked_up_does_not_take_the_page_with_it(owner_client, one_step):
    def fails(workspace):
        raise RuntimeError("the store is busy")

    one_step["broken"] = checklist.Step("broken", "Rikki", "", "accounts:settings", fails)
    page = owner_client.get(START).content.decode()
    assert "Rikki" in page
    assert 'class="row is-done"' not in page

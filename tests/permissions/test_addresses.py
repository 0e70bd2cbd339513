"""D1–D3, D7, D8 of the promised quality: who may open which address, and that looking changes nothing."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

from polku.accounts import domain as accounts
from polku.accounts.access import allows, require_permissions, workspace_view
from polku.accounts.models import User
from polku.analytics import QueryError, run
from tests.permissions.addresses import (
    ALL,
    BY_KEY,
    OF_WORKSPACES,
    PRIVATE,
    PUBLIC,
    WITHOUT_TOKEN,
    Address,
)

METHODS = ("get", "post")


def each(addresses: list[Address]):
    return pytest.mark.parametrize("address", addresses, ids=str)


def test_there_are_addresses_to_test():
    assert len(OF_WORKSPACES) > 20
    assert {address.permission for address in OF_WORKSPACES} >= {"view", "edit", "manage"}
    assert {address.route for address in ALL} >= PUBLIC | BY_KEY


@each(PRIVATE)
def test_a_stranger_is_sent_to_sign_in(ours, address):
    path = address.path(ours.workspace.slug, ours.numbers)
    answers = [getattr(Client(), method)(path) for method in METHODS]
    assert {response.status_code for response in answers} in ({302}, {302, 405})
    for response in answers:
        assert response.status_code == 405 or response["Location"].startswith("/accounts/login/")


@each(OF_WORKSPACES)
def test_an_outsider_does_not_learn_that_the_workspace_exists(ours, theirs, signed_in, address):
    client = signed_in(theirs.owner)
    path = address.path(ours.workspace.slug, ours.numbers)
    for method in METHODS:
        response = getattr(client, method)(path)
        unknown = getattr(client, method)(address.path("ei-ole", ours.numbers))
        assert response.status_code in (404, 405)
        assert response.status_code == unknown.status_code
        assert ours.mark not in response.getvalue().decode().replace(path, "")


@each(OF_WORKSPACES)
def test_a_role_opens_what_it_allows_and_nothing_else(ours, signed_in, everything, address):
    member = accounts.create_user(email="rooli@example.com")
    client = signed_in(member)
    path = address.path(ours.workspace.slug, ours.numbers)
    for role in ("viewer", "agent", "analyst", "editor"):
        accounts.set_member(workspace=ours.workspace, user=member, role=role, actor=None)
        is_allowed = allows(role, address.permission)
        before = {} if is_allowed else everything()
        codes = {getattr(client, method)(path).status_code for method in METHODS}
        if is_allowed:
            assert codes & {200, 302, 422}
            assert 403 not in codes
            return  # the higher roles may do it too, but the thing may be gone by now
        assert codes in ({403}, {403, 405})
        after = everything()
        assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


@each([address for address in OF_WORKSPACES if address.parameters])
def test_another_workspaces_number_is_not_found_and_stays_unchanged(
    ours, theirs, signed_in, everything, address
):
    client = signed_in(ours.owner)
    before = everything()
    for foreign in [*([parameter] for parameter in address.parameters), address.parameters]:
        numbers = ours.numbers | {parameter: theirs.numbers[parameter] for parameter in foreign}
        path = address.path(ours.workspace.slug, numbers)
        codes = set()
        for method in METHODS:
            response = getattr(client, method)(path, {"name": "kaapattu"})
            codes.add(response.status_code)
            assert theirs.mark not in response.getvalue().decode()
        assert codes in ({404}, {404, 405})
    assert everything() == before


@pytest.mark.thorough
@each(ALL)
def test_looking_changes_nothing(ours, signed_in, everything, settings, address):
    settings.DEMO_SIGN_IN = True
    settings.ALLOWED_HOSTS = ["*"]
    client = signed_in(ours.owner)
    before = everything()
    for method in ("get", "head", "options"):
        getattr(client, method)(
            address.path(ours.workspace.slug, ours.numbers), headers={"host": "localhost"}
        )
    after = everything()
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}


@pytest.mark.thorough
@each([each for each in ALL if not each.route.startswith("api/") and each.route not in WITHOUT_TOKEN])
def test_a_post_without_the_token_or_from_another_site_is_refused(ours, everything, address):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ours.owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.get("/account/")
    token = client.cookies["csrftoken"].value
    path = address.path(ours.workspace.slug, ours.numbers)
    before = everything()
    assert client.post(path).status_code == 403
    assert (
        client.post(path, headers={"x-csrftoken": token, "origin": "https://evil.example"}).status_code == 403
    )
    assert client.post(path, headers={"x-csrftoken": token, "origin": "null"}).status_code == 403
    assert everything() == before


FRAMED_BY_OURSELVES = {"w/<slug:workspace>/surveys/<int:survey>/preview/"}
"""The draft of a survey in a frame of its designer (decision 34)."""


@pytest.mark.thorough
@each(ALL)
def test_every_answer_carries_the_headers_that_keep_browsers_safe(ours, signed_in, address):
    response = signed_in(ours.owner).get(address.path(ours.workspace.slug, ours.numbers))
    policy = response["Content-Security-Policy"]
    assert "unsafe-" not in policy
    assert "default-src 'self'" in policy
    framed = address.route in FRAMED_BY_OURSELVES
    assert f"frame-ancestors '{'self' if framed else 'none'}'" in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == ("SAMEORIGIN" if framed else "DENY")
    assert response["Referrer-Policy"] == "same-origin"


@each(OF_WORKSPACES)
def test_no_page_shows_anothers_data(ours, theirs, signed_in, address):
    response = signed_in(ours.owner).get(address.path(ours.workspace.slug, ours.numbers))
    assert theirs.mark.encode() not in unpacked(response.getvalue())


def unpacked(content: bytes) -> bytes:
    """What a reader of a page or file sees: an XLSX file is a packed folder of texts."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        return b"".join(folder.read(name) for name in folder.namelist())


@pytest.mark.parametrize(
    "question",
    [
        {"kind": "trend", "select": {"event": "vieraan-tapahtuma"}},
        {"kind": "trend", "where": [{"property": "vieraan-ominaisuus", "op": "exists"}]},
        {"kind": "trend", "segment": "vieraan segmentti"},
        {"kind": "trend", "select": {"touchpoint": "vieraan piste"}},
        {"kind": "score", "metric": "nps", "group_by": ["touchpoint", "channel"]},
        {"kind": "funnel", "steps": [{"event": "vieraan-tapahtum"}]},
        {"kind": "trend", "select": {"touchpoint": "vieraan pist"}},
    ],
)
def test_no_question_or_suggestion_shows_anothers_data(ours, theirs, question):
    try:
        answer = str(run(ours.workspace, question))
    except QueryError as error:
        answer = f"{error.message} {error.suggestion}"
    asked = str(question)
    for secret in (
        "vieraan-tapahtuma",
        "vieraan-ominaisuus",
        "vieraan segmentti",
        "vieraan piste",
        "vieraan-kanava",
    ):
        assert secret in asked or secret not in answer


def test_anothers_journey_and_touchpoint_cannot_be_asked_by_number(ours, theirs):
    for question in (
        {"kind": "journey", "journey": theirs.numbers["journey"]},
        {"kind": "trend", "select": {"touchpoint": theirs.numbers["touchpoint"]}},
    ):
        with pytest.raises(QueryError):
            run(ours.workspace, question)


def test_a_view_without_a_wall_stops_the_program():
    def bare(request, workspace):
        return HttpResponse()

    guarded = workspace_view("view")(bare)
    require_permissions([path("w/<slug:workspace>/x/", guarded), path("open/", bare)])
    with pytest.raises(ImproperlyConfigured, match=r"w/<slug:workspace>/in/x/"):
        require_permissions([path("w/<slug:workspace>/", include(([path("in/x/", bare)], "inner")))])


def test_a_closed_account_loses_its_session(ours, signed_in):
    client = signed_in(ours.owner)
    User.objects.filter(pk=ours.owner.pk).update(is_active=False)
    assert client.get(f"/w/{ours.workspace.slug}/settings/").status_code == 302

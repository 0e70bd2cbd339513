"""Users, workspaces and members: what the domain functions promise."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django_scopes import scope

from polku.accounts import domain
from polku.accounts.models import AuditEntry, Membership, Role, User, Workspace
from polku.accounts.slugs import slug_of
from polku.eventstore.port import StoreError
from polku.jobs.models import Job


def actions(workspace: Workspace) -> list[tuple[str, str]]:
    with scope(workspace=workspace):
        return list(AuditEntry.objects.order_by("pk").values_list("action", "target"))


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Äänekosken Työkalu Oy", "aanekosken-tyokalu-oy"),
        ("Åbo Søster & Co.", "abo-soster-co"),
        ("  !!!  ", "workspace"),
        ("Магазин", "workspace"),
        ("a" * 200, "a" * 60),
    ],
)
def test_slugs_are_plain_letters(name, slug):
    assert slug_of(name) == slug


@pytest.mark.django_db
def test_a_workspace_comes_with_its_store_keys_owner_and_audit(store):
    user = domain.create_user(email="Omistaja@Example.COM", name="Omistaja")
    workspace, write_key, secret_key = domain.create_workspace(
        name="Retkikauppa", language="en", timezone="Europe/Stockholm", currency="sek", owner=user
    )
    assert (workspace.slug, workspace.timezone, workspace.currency) == (
        "retkikauppa",
        "Europe/Stockholm",
        "SEK",
    )
    assert store.state(workspace.key.hex).signals == 0
    assert write_key.startswith("pk_")
    assert secret_key.startswith("sk_")
    found = domain.find_api_key(secret_key)
    assert found is not None
    assert found.workspace == workspace
    with scope(workspace=workspace):
        assert list(Membership.objects.values_list("user__email", "role")) == [
            ("omistaja@example.com", "owner")
        ]
    assert [action for action, _ in actions(workspace)] == [
        "workspace.created",
        "api_key.created",
        "api_key.created",
    ]


@pytest.mark.django_db
def test_equal_names_get_different_slugs(store):
    slugs = [domain.create_workspace(name="Sama Nimi")[0].slug for _ in range(3)]
    assert slugs == ["sama-nimi", "sama-nimi-2", "sama-nimi-3"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 121),
        ("language", "sv"),
        ("timezone", "Europe/Helsinky"),
        ("currency", "€"),
    ],
)
def test_a_wrong_setting_is_named_and_leaves_nothing_behind(store, shelf, field, value):
    with pytest.raises(ValidationError) as caught:
        domain.create_workspace(**({"name": "Kauppa"} | {field: value}))
    assert list(caught.value.message_dict) == [field]
    assert not Workspace.objects.exists()
    assert list(shelf.folder.glob("[0-9a-f]*")) == []


@pytest.mark.django_db
def test_a_misspelled_time_zone_is_met_with_the_nearest(store):
    with pytest.raises(ValidationError, match="Europe/Helsinki"):
        domain.create_workspace(name="Kauppa", timezone="Europe/Helsinky")


@pytest.mark.django_db
def test_updating_records_which_settings_changed(workspace, owner):
    domain.update_workspace(
        workspace=workspace, changes={"name": "Testikauppa", "currency": "USD"}, actor=owner
    )
    workspace.refresh_from_db()
    assert (workspace.slug, workspace.currency) == ("testikauppa", "USD")
    with scope(workspace=workspace):
        entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.details) == (
        "workspace.updated",
        owner,
        {"changed": ["currency"]},
    )


@pytest.mark.django_db
def test_updating_to_what_is_there_records_nothing(workspace, owner):
    domain.update_workspace(workspace=workspace, changes={"name": workspace.name}, actor=owner)
    assert actions(workspace) == []


@pytest.mark.django_db
def test_deleting_takes_rows_jobs_and_store(workspace, owner, store):
    Job.objects.create(kind="x", workspace_id=workspace.pk)
    key = workspace.key.hex
    domain.delete_workspace(workspace=workspace, actor=owner)
    assert not Workspace.objects.exists()
    assert not Job.objects.exists()
    with pytest.raises(StoreError):
        store.state(key)
    with scope(workspace=None):
        assert AuditEntry.objects.values_list("action", "target").get() == (
            "workspace.deleted",
            "Testikauppa",
        )


@pytest.mark.django_db
def test_addresses_of_users_are_one_whatever_their_case():
    domain.create_user(email="aino@example.com")
    with pytest.raises(ValidationError) as caught:
        domain.create_user(email="AINO@Example.com")
    assert list(caught.value.message_dict) == ["email"]


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["", "aino", "aino@", "a b@example.com", "x" * 250 + "@example.com"])
def test_what_is_no_address_is_refused(email):
    with pytest.raises(ValidationError) as caught:
        domain.create_user(email=email)
    assert list(caught.value.message_dict) == ["email"]


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["lyhyt", "password123", "1234567890", "aino.virtanen"])
def test_weak_passwords_are_refused(password):
    with pytest.raises(ValidationError):
        domain.create_user(email="aino.virtanen@example.com", password=password)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_roles_change_and_are_recorded(workspace, owner, teammate):
    domain.set_member(workspace=workspace, user=teammate, role="editor", actor=owner)
    domain.set_member(workspace=workspace, user=teammate, role="editor", actor=owner)
    with scope(workspace=workspace):
        assert Membership.objects.get(user=teammate).role == Role.EDITOR
    assert actions(workspace) == [("member.role_changed", "katselija@example.com")]


@pytest.mark.django_db
def test_the_last_owner_stays(workspace, owner, teammate):
    with scope(workspace=workspace):
        mine = Membership.objects.select_related("workspace", "user").get(user=owner)
    with pytest.raises(ValidationError):
        domain.remove_member(membership=mine, actor=owner)
    with pytest.raises(ValidationError):
        domain.set_member(workspace=workspace, user=owner, role="viewer", actor=owner)
    domain.set_member(workspace=workspace, user=teammate, role="owner", actor=owner)
    domain.remove_member(membership=mine, actor=owner)
    with scope(workspace=workspace):
        assert list(Membership.objects.values_list("user__email", "role")) == [
            ("katselija@example.com", "owner")
        ]


@pytest.mark.django_db
def test_an_owner_whose_account_is_closed_does_not_count(workspace, owner, teammate):
    domain.set_member(workspace=workspace, user=teammate, role="owner", actor=owner)
    teammate.is_active = False
    teammate.save()
    with pytest.raises(ValidationError):
        domain.set_member(workspace=workspace, user=owner, role="viewer", actor=owner)


@pytest.mark.django_db
def test_a_removed_member_comes_back_in_the_old_role(workspace, owner, teammate):
    with scope(workspace=workspace):
        theirs = Membership.objects.select_related("workspace", "user").get(user=teammate)
    domain.remove_member(membership=theirs, actor=owner)
    for _ in range(2):
        domain.restore_member(workspace=workspace, user=teammate, role="viewer", actor=owner)
    with scope(workspace=workspace):
        assert Membership.objects.get(user=teammate).role == Role.VIEWER
    assert [action for action, _ in actions(workspace)] == ["member.removed", "member.added"]


@pytest.mark.django_db
def test_inviting_makes_a_user_without_a_password(workspace, owner):
    membership, is_new = domain.invite_member(
        workspace=workspace, email="Uusi@example.com", role="analyst", actor=owner
    )
    assert is_new
    assert membership.user.email == "uusi@example.com"
    assert not membership.user.has_usable_password()
    with pytest.raises(ValidationError) as caught:
        domain.invite_member(workspace=workspace, email="uusi@example.com", role="viewer", actor=owner)
    assert list(caught.value.message_dict) == ["email"]


@pytest.mark.django_db
def test_inviting_somebody_known_makes_no_second_user(workspace, owner, outsider):
    membership, is_new = domain.invite_member(
        workspace=workspace, email=outsider.email, role="viewer", actor=owner
    )
    assert (membership.user, is_new) == (outsider, False)


@pytest.mark.django_db
def test_a_new_password_is_set_and_recorded():
    user = domain.create_user(email="aino@example.com")
    domain.set_password(user=user, password="uusi-salasana-77")
    user.refresh_from_db()
    assert user.check_password("uusi-salasana-77")
    with pytest.raises(ValidationError):
        domain.set_password(user=user, password="lyhyt")
    with scope(workspace=None):
        assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
            "user.created",
            "user.password_set",
        ]

"""`polku user create`: somebody who may sign in."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import click
from django.urls import reverse
from django.utils.translation import gettext as _

from polku.accounts import domain
from polku.accounts.models import Role, User, Workspace
from polku.accounts.password_links import password_path
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, home, json_command, resolve_workspace
from polku.site.addresses import public_address


@operation("user_create")
def create_user(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    password = None if params["link"] else params["password"] or secrets.token_urlsafe(12)
    user = domain.create_user(email=params["email"], name=params["name"], password=password)
    for workspace in Workspace.objects.filter(pk__in=params["workspaces"]):
        domain.set_member(workspace=workspace, user=user, role=params["role"], actor=None)
    if params["link"]:
        return {"user": user.email, "link": public_address(home()) + password_path(user)}
    return {"user": user.email} if params["password"] else {"user": user.email, "password": password}


@operation("user_password")
def set_password(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    found = User.objects.filter(email__iexact=params["email"].strip()).first()
    if found is None:
        raise CommandError(_("There is no user %s.") % params["email"])
    password = params["password"] or secrets.token_urlsafe(12)
    domain.set_password(user=found, password=password)
    return {"user": found.email} if params["password"] else {"user": found.email, "password": password}


@operation("user_link")
def make_link(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    if not params["email"]:
        return {"link": first_owner_link(home())}
    found = User.objects.filter(email__iexact=params["email"].strip(), is_active=True).first()
    if found is None:
        raise CommandError(_("There is no user %s.") % params["email"])
    return {"user": found.email, "link": public_address(home()) + password_path(found)}


def first_owner_link(folder: Path) -> str:
    """A new link with which somebody becomes the first owner. Raises ValidationError where there are users."""
    path = reverse("accounts:first_owner", kwargs={"token": domain.create_owner_link()})
    return public_address(folder) + path


@click.group(help=_("Users: people who sign in to Polku."))
def user() -> None:
    """The group."""


@user.command(help=_("Make a user; without --password one is made and shown once."))
@click.argument("email")
@click.option("--name", default="", help=_("The user's own name."))
@click.option("--password", envvar="POLKU_PASSWORD", default="", help=_("Better given as POLKU_PASSWORD."))
@click.option(
    "--workspace", "workspaces", multiple=True, metavar="W", help=_("Make the user a member of it.")
)
@click.option("--role", type=click.Choice(Role.values), default=Role.OWNER.value, show_default=True)
@click.option(
    "--link", "with_link", is_flag=True, help=_("Print a link that sets the password, instead of making one.")
)
@json_command
def create(
    email: str, name: str, password: str, workspaces: tuple[str, ...], role: str, with_link: bool
) -> tuple[dict[str, Any], str]:
    result = call_owner(
        "user_create",
        {
            "email": email,
            "name": name,
            "password": password,
            "link": with_link,
            "role": role,
            "workspaces": [resolve_workspace(text).pk for text in workspaces],
        },
    )
    text = _("User %s may sign in now.") % result["user"]
    if "password" in result:
        text += "\n" + _("Password (shown only now): %s") % result["password"]
    if "link" in result:
        text += "\n" + _("Link to set the password (works once, for three days): %s") % result["link"]
    return result, text


@user.command(name="password", help=_("Set a new password; without --password one is made and shown once."))
@click.argument("email")
@click.option("--password", envvar="POLKU_PASSWORD", default="", help=_("Better given as POLKU_PASSWORD."))
@json_command
def password_command(email: str, password: str) -> tuple[dict[str, Any], str]:
    result = call_owner("user_password", {"email": email, "password": password})
    text = _("User %s has a new password; sessions of before have ended.") % result["user"]
    if "password" in result:
        text += "\n" + _("Password (shown only now): %s") % result["password"]
    return result, text


@user.command(
    help=_("Print a link that works once: for EMAIL to set a password, without it for the first owner.")
)
@click.argument("email", default="")
@json_command
def link(email: str) -> tuple[dict[str, Any], str]:
    result = call_owner("user_link", {"email": email})
    return result, str(result["link"])

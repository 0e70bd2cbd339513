"""`polku user create`: somebody who may sign in."""

from __future__ import annotations

import secrets
from typing import Any

import click
from django.utils.translation import gettext as _

from polku.accounts import domain
from polku.accounts.models import Role, User, Workspace
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, json_command, resolve_workspace


@operation("user_create")
def create_user(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    password = params["password"] or secrets.token_urlsafe(12)
    user = domain.create_user(email=params["email"], name=params["name"], password=password)
    for workspace in Workspace.objects.filter(pk__in=params["workspaces"]):
        domain.set_member(workspace=workspace, user=user, role=params["role"], actor=None)
    return {"user": user.email} if params["password"] else {"user": user.email, "password": password}


@operation("user_password")
def set_password(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    found = User.objects.filter(email__iexact=params["email"].strip()).first()
    if found is None:
        raise CommandError(_("There is no user %s.") % params["email"])
    password = params["password"] or secrets.token_urlsafe(12)
    domain.set_password(user=found, password=password)
    return {"user": found.email} if params["password"] else {"user": found.email, "password": password}


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
@json_command
def create(
    email: str, name: str, password: str, workspaces: tuple[str, ...], role: str
) -> tuple[dict[str, Any], str]:
    result = call_owner(
        "user_create",
        {
            "email": email,
            "name": name,
            "password": password,
            "role": role,
            "workspaces": [resolve_workspace(text).pk for text in workspaces],
        },
    )
    text = _("User %s may sign in now.") % result["user"]
    if "password" in result:
        text += "\n" + _("Password (shown only now): %s") % result["password"]
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

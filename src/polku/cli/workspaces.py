"""`polku workspace create`: a company's place, with its keys."""

from __future__ import annotations

from typing import Any

import click
from django.utils.translation import gettext as _

from polku.accounts import domain
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, json_command


@operation("workspace_create")
def create_workspace(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace, write_key, secret_key = domain.create_workspace(**params)
    return {"workspace": workspace.slug, "write_key": write_key, "api_key": secret_key}


@click.group(help=_("Workspaces: one company's data each."))
def workspace() -> None:
    """The group."""


@workspace.command(help=_("Make a workspace and print its two keys, which are shown only now."))
@click.argument("name")
@click.option("--language", type=click.Choice(["fi", "en"]), default="fi", show_default=True)
@click.option("--timezone", default="Europe/Helsinki", show_default=True)
@click.option("--currency", default="EUR", show_default=True)
@json_command
def create(name: str, language: str, timezone: str, currency: str) -> tuple[dict[str, Any], str]:
    result = call_owner(
        "workspace_create",
        {"name": name, "language": language, "timezone": timezone, "currency": currency},
    )
    text = (
        _("Workspace %(workspace)s\nWrite key (public)  %(write_key)s\nSecret API key      %(api_key)s")
        % result
    )
    return result, text

"""`polku journey create|export|import`: maps as commands and as JSON documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, json_command, resolve_workspace, workspace_option
from polku.journeys import domain
from polku.journeys.templates_catalog import journey_templates

_LARGEST = 5_000_000  # bytes of a document; the largest map allowed stays far below


@operation("journey_create")
def create_journey(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params.pop("workspace"))
    return {"journey": domain.create_journey(workspace=workspace, **params).pk}


@operation("journey_import")
def import_journey(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    return {"journey": domain.import_journey(workspace=workspace, document=params["document"]).pk}


@operation("journey_export")
def export_journey(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    return domain.export_journey(domain.find_journey(workspace=workspace, text=params["journey"]))


@click.group(help=_("Journeys: maps of stages and touchpoints."))
def journey() -> None:
    """The group."""


@journey.command(help=_("Make a journey from a template, in the workspace's language."))
@click.option(
    "--template",
    required=True,
    metavar="|".join(template.key for template in journey_templates()),
    help=_("The template."),
)
@click.option("--name", default="", help=_("The journey's name; the default is the template's."))
@click.option("--kind", type=click.Choice(["as-is", "to-be"]), default="as-is", show_default=True)
@workspace_option
@json_command
def create(template: str, name: str, kind: str, workspace_name: str) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    result = call_owner(
        "journey_create",
        {"workspace": workspace.pk, "template": template, "name": name, "kind": kind},
    )
    return result, _("Journey %s is there.") % result["journey"]


@journey.command("import", help=_("Make a journey from a JSON document; - reads standard input."))
@click.argument("file", type=click.File("rb"))
@workspace_option
@json_command
def import_file(file: Any, workspace_name: str) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    result = call_owner("journey_import", {"workspace": workspace.pk, "document": _read(file)})
    return result, _("Journey %s is there.") % result["journey"]


@journey.command(help=_("Write a journey, given by number or name, as a document."))
@click.argument("journey", metavar="JOURNEY")
@workspace_option
@click.option("--format", "file_format", type=click.Choice(["json"]), default="json", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=_("The file; the default is to print.")
)
@json_command
def export(
    journey: str, workspace_name: str, file_format: str, output: Path | None
) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    document = call_owner("journey_export", {"workspace": workspace.pk, "journey": journey})
    text = json.dumps(document, ensure_ascii=False, indent=2)
    if output is None:
        return document, text
    try:
        output.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise CommandError(
            _("%(file)s could not be written: %(why)s") % {"file": output, "why": error.strerror}
        ) from error
    return {"output": str(output)}, _("Written to %s.") % output


def _read(file: Any) -> Any:
    content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise CommandError(_("%s is too large to be a journey.") % file.name)
    try:
        return json.loads(content)
    except UnicodeDecodeError as error:
        raise CommandError(_("%s is not text in UTF-8.") % file.name) from error
    except RecursionError as error:
        raise CommandError(_("%s is not a journey: it is nested too deeply.") % file.name) from error
    except ValueError as error:
        raise CommandError(_("%(file)s is not JSON: %(why)s") % {"file": file.name, "why": error}) from error

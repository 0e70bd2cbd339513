"""`polku survey create|list|export|import`: surveys as commands and as JSON documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django_scopes import scope

from polku.accounts.models import Workspace
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, home, json_command, resolve_workspace, workspace_option
from polku.journeys.models import Touchpoint
from polku.site.addresses import public_address
from polku.surveys import domain, queries
from polku.surveys.models import Survey, SurveyLink
from polku.surveys.ready_made import ready_made_surveys

_LARGEST = 10_000_000  # bytes of a document; the largest survey allowed stays below


@operation("survey_create")
def create_survey(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    with scope(workspace=workspace):
        survey = domain.create_survey(
            workspace=workspace,
            template=params["template"],
            name=params["name"],
            touchpoint=_touchpoint(params["touchpoint"]),
        )
        domain.publish_survey(survey=survey)
        return _made(survey)


@operation("survey_import")
def import_survey(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    with scope(workspace=workspace):
        survey = domain.import_survey(workspace=workspace, document=params["document"])
        if params["publish"]:
            domain.publish_survey(survey=survey)
        return _made(survey)


@operation("survey_export")
def export_survey(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    with scope(workspace=workspace):
        return domain.export_survey(queries.find_survey(workspace=workspace, text=params["survey"]))


@operation("survey_list")
def list_surveys(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    with scope(workspace=workspace):
        return {
            "surveys": [
                {
                    **_made(row.survey),
                    "key": row.survey.key,
                    "name": row.survey.name,
                    "state": row.survey.state,
                    "anonymous": row.survey.is_anonymous,
                    "answers": row.answers,
                }
                for row in queries.list_surveys()
            ]
        }


def _made(survey: Survey) -> dict[str, Any]:
    link = queries.link_of(survey, SurveyLink.Kind.OPEN)
    return {"survey": survey.pk, "url": public_address(home()) + queries.path_of(link) if link else None}


def _touchpoint(text: str) -> Touchpoint | None:
    """By number or name, in the workspace of the scope."""
    if not text:
        return None
    rows = Touchpoint.objects.select_related("stage__journey__workspace")
    found = rows.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    found = found or rows.filter(name__iexact=text).first()
    if found is None:
        raise ValidationError(_("There is no touchpoint “%s”.") % text)
    return found


@click.group(help=_("Surveys: what customers are asked."))
def survey() -> None:
    """The group."""


@survey.command(help=_("Make a survey from a template and publish it."))
@click.option(
    "--template",
    required=True,
    metavar="|".join(ready_made.key for ready_made in ready_made_surveys()),
    help=_("The template."),
)
@click.option("--name", default="", help=_("The survey's name; the default is the template's."))
@click.option(
    "--touchpoint", default="", help=_("The touchpoint that its answers belong to: number or name.")
)
@workspace_option
@json_command
def create(template: str, name: str, touchpoint: str, workspace_name: str) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    result = call_owner(
        "survey_create",
        {"workspace": workspace.pk, "template": template, "name": name, "touchpoint": touchpoint},
    )
    return result, _("The survey is open at %s") % result["url"]


@survey.command("list", help=_("The surveys of a workspace, with their state and number of answers."))
@workspace_option
@json_command
def list_command(workspace_name: str) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    result = call_owner("survey_list", {"workspace": workspace.pk})
    states = dict(Survey.State.choices)
    lines = [
        f"{row['survey']}\t{row['key']}\t{states[row['state']]}\t{row['answers']}\t{row['name']}"
        for row in result["surveys"]
    ]
    return result, "\n".join(lines) or _("There is no survey yet.")


@survey.command("import", help=_("Make a survey from a JSON document; - reads standard input."))
@click.argument("file", type=click.File("rb"))
@click.option("--publish", is_flag=True, help=_("Publish it at once; without this it is a draft."))
@workspace_option
@json_command
def import_file(file: Any, publish: bool, workspace_name: str) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    result = call_owner(
        "survey_import", {"workspace": workspace.pk, "document": _read(file), "publish": publish}
    )
    return result, _("Survey %s is there.") % result["survey"]


@survey.command(help=_("Write a survey, given by number, key or name, as a JSON document."))
@click.argument("survey", metavar="SURVEY")
@workspace_option
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help=_("The file; the default is to print.")
)
@json_command
def export(survey: str, workspace_name: str, output: Path | None) -> tuple[dict[str, Any], str]:
    workspace = resolve_workspace(workspace_name)
    document = call_owner("survey_export", {"workspace": workspace.pk, "survey": survey})
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
        raise CommandError(_("%s is too large to be a survey.") % file.name)
    try:
        document = json.loads(content)
        json.dumps(document, ensure_ascii=False).encode()  # JSON can hold half a letter (\ud800), text cannot
        return document
    except UnicodeError as error:
        raise CommandError(_("%s is not text in UTF-8.") % file.name) from error
    except RecursionError as error:
        raise CommandError(_("%s is not a survey: it is nested too deeply.") % file.name) from error
    except ValueError as error:
        raise CommandError(_("%(file)s is not JSON: %(why)s") % {"file": file.name, "why": error}) from error

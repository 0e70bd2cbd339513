"""`polku query`: one question, the answer as JSON."""

from __future__ import annotations

import json
from typing import Any

import click
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.analytics import run
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, json_command, resolve_workspace, workspace_option

_LARGEST = 1_000_000  # characters


@operation("query")
def run_query(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    return dict(run(workspace, params["query"], sees_people=True))


@click.command(help=_("Ask a question given as a JSON file (or - for standard input)."))
@click.argument("file", type=click.File("r", encoding="utf-8"), default="-")
@workspace_option
@json_command
def query(file: Any, workspace_name: str) -> tuple[dict[str, Any], str]:
    try:
        text = file.read(_LARGEST + 1)
        document = json.loads(text)
    except UnicodeDecodeError as error:
        raise CommandError(_("The question is not UTF-8 text (byte %s).") % error.start) from error
    except (ValueError, RecursionError) as error:
        raise CommandError(_("The question is not valid JSON: %s") % error) from error
    if len(text) > _LARGEST:
        raise CommandError(_("The question is longer than a million characters."))
    if not isinstance(document, dict):
        raise CommandError(
            _('The question must be one JSON object, for example {"kind": "score", "metric": "nps"}.')
        )
    workspace = resolve_workspace(workspace_name)
    result = call_owner("query", {"workspace": workspace.pk, "query": document})
    return result, json.dumps(result, ensure_ascii=False, indent=2)

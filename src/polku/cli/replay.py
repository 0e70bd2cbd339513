"""`polku replay`: rows that could not be taken in, listed, mended, and taken in again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, Any

import click
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.capture.details import explain
from polku.capture.domain.rejected import mend_rejected, replay_rejected
from polku.capture.reasons import REJECTIONS
from polku.capture.sources.rejected_rows import as_json
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_owner, json_command, resolve_workspace, workspace_option
from polku.eventstore.registry import store

_LISTED_AT_ONCE = 100
_LONGEST_RAW = 65_536  # characters, as many as are kept of what came
_LONGEST_LINE = 8 * _LONGEST_RAW  # of NDJSON, whose escapes may take six characters each
_MOST_SENT = 1_000_000  # characters of JSON in one request to the server


@operation("rejected_list")
def list_rejected(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    rows = store().rejected(
        workspace.key.hex, reason=params["reason"], limit=params["limit"], offset=params["offset"]
    )
    return {"rows": as_json(rows)}


@operation("rejected_mend")
def mend(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    changes = [(change["id"], change["raw"]) for change in params["changes"]]
    return {"mended": mend_rejected(workspace=workspace, changes=changes, actor=None)}


@operation("replay")
def take_in_again(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    done = replay_rejected(
        workspace=Workspace.objects.get(pk=params["workspace"]),
        reason=params["reason"] or "",
        ids=params["ids"],
        most=None,
        actor=None,
    )
    return asdict(done)


@click.command(help=_("Take in again the rows that could not be taken in when they came."))
@workspace_option
@click.option("--list", "is_list", is_flag=True, help=_("Only print the rows that wait."))
@click.option(
    "--reason", type=click.Choice([*REJECTIONS]), help=_("Only the rows that wait for this reason.")
)
@click.option(
    "--mend",
    "mended",
    type=click.File("r", encoding="utf-8"),
    metavar="FILE",
    help=_('Rows with their new text, as NDJSON of {"id", "raw"}; these rows are taken in again.'),
)
@json_command
def replay(
    workspace_name: str, is_list: bool, reason: str | None, mended: IO[str] | None
) -> tuple[dict[str, Any], str]:
    if mended is not None and (is_list or reason):
        raise click.UsageError(_("--mend names its rows itself; leave out --list and --reason."))
    workspace = resolve_workspace(workspace_name).pk
    if is_list:
        rows = _all_rows(workspace, reason)
        return {"rows": rows}, "\n".join(map(_row_in_words, rows)) or _("No rows wait.")
    if mended is not None:
        return _mend(workspace, _changes(mended))
    done = call_owner("replay", {"workspace": workspace, "reason": reason, "ids": None})
    return done, _in_words(done)


def _mend(workspace: int, changes: dict[str, str]) -> tuple[dict[str, Any], str]:
    """Rows without a waiting row of their id change nothing; `mended` says how many had one."""
    count = 0
    for portion in _portions(changes):
        count += call_owner("rejected_mend", {"workspace": workspace, "changes": portion})["mended"]
    done = call_owner("replay", {"workspace": workspace, "reason": None, "ids": [*changes]})
    lines = [_in_words(done)]
    if count < len(changes):
        lines.append(
            _("Rows of the file that do not wait (any more): %(count)s.") % {"count": len(changes) - count}
        )
    return {"mended": count, **done}, "\n".join(lines)


def _changes(file: IO[str]) -> dict[str, str]:
    """New texts by row; of a row that comes twice the last one. Raises CommandError that names the line."""
    changes: dict[str, str] = {}
    number = 0
    try:
        while line := file.readline(_LONGEST_LINE):
            number += 1
            if line.strip():
                row, raw = _change(line, number)
                changes[row] = raw
    except UnicodeDecodeError as error:
        raise CommandError(_("The file is not UTF-8 text (after line %s).") % number) from error
    return changes


def _change(line: str, number: int) -> tuple[str, str]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise CommandError(
            _("Line %(line)s is not valid JSON: %(why)s") % {"line": number, "why": error}
        ) from error
    row, raw = (found.get("id"), found.get("raw")) if isinstance(found, dict) else (None, None)
    if not isinstance(row, str) or not isinstance(raw, str) or not re.fullmatch("[0-9a-f]{32}", row):
        raise CommandError(
            _('Line %s must be {"id": …, "raw": …} with the id that --list shows and the new text.') % number
        )
    if not raw or len(raw) > _LONGEST_RAW:
        raise CommandError(
            _("The new text of line %(line)s is empty or longer than %(most)s characters.")
            % {"line": number, "most": _LONGEST_RAW}
        )
    return row, raw


def _portions(changes: dict[str, str]) -> Iterator[list[dict[str, str]]]:
    """So much as goes into one request to the server."""
    portion: list[dict[str, str]] = []
    size = 0
    for row, raw in changes.items():
        length = len(json.dumps(raw)) + 60
        if portion and size + length > _MOST_SENT:
            yield portion
            portion, size = [], 0
        portion.append({"id": row, "raw": raw})
        size += length
    if portion:
        yield portion


def _all_rows(workspace: int, reason: str | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    while True:
        params = {
            "workspace": workspace,
            "reason": reason,
            "limit": _LISTED_AT_ONCE,
            "offset": len(rows),
        }
        found = call_owner("rejected_list", params)["rows"]
        rows += found
        if len(found) < _LISTED_AT_ONCE:
            return rows


def _row_in_words(row: dict[str, Any]) -> str:
    return f"{row['id']}  {row['received']}  {row['source']}  {row['reason']}: {explain(row['detail'])}\n  {row['raw']}"


def _in_words(done: dict[str, Any]) -> str:
    return (
        _(
            "%(replayed)s rows taken in again: %(accepted)s events new, %(repeated)s known already, "
            "%(still_rejected)s rows still cannot be taken in. Rows that wait: %(waiting)s."
        )
        % done
    )

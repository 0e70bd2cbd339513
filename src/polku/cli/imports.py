"""`polku import`: events, answers, contacts, orders, refunds, contracts, people and spend from files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.capture.imports import (
    ImportKind,
    ImportOptions,
    Reading,
    Staged,
    WrongUsage,
    load,
    parse_scale,
    stage,
    staging_folder,
)
from polku.cli.operations import Progress, operation
from polku.cli.runtime import (
    call_owner,
    home,
    json_command,
    progress_bar,
    resolve_workspace,
    workspace_option,
)

_METRICS = ("nps", "csat", "ces", "smiley", "recommend")


@operation("import_load")
def import_load(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    workspace = Workspace.objects.get(pk=params["workspace"])
    return load(workspace, Staged.from_json(params["staged"]), progress=progress)


@click.group(
    "import",
    help=_(
        "Import events, answers, contacts, orders, refunds, contracts, people or marketing spend from a CSV, TSV, XLSX "
        "or Parquet file."
    ),
)
def import_group() -> None:
    """The group."""


def _column(name: str, text: str, **extra: Any) -> Callable[[Any], Any]:
    return click.option(f"--{name}", metavar="COL", help=text, **extra)


def _several(option: str, name: str, text: str, metavar: str = "COL") -> Callable[[Any], Any]:
    return click.option(option, name, multiple=True, metavar=metavar, help=text)


_PROPERTIES = (
    _several("--property", "properties", _("A column to keep as a property; may be repeated.")),
    _column("channel", _("The column with the channel.")),
    _column("url", _("The column with the page address.")),
)


def _import_command(
    text: str, *options: Callable[[Any], Any], keeps_properties: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options every import has around its own, and the way from them to a result."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        command = json_command(function)
        shared = (
            click.argument("file", type=click.Path(path_type=Path)),
            workspace_option,
            *options,
            *(_PROPERTIES if keeps_properties else ()),
            click.option(
                "--sheet", metavar="NAME", help=_("The sheet of a workbook, where several have the columns.")
            ),
            click.option(
                "--timezone",
                metavar="TZ",
                help=_(
                    "The time zone of local times, for example Europe/Helsinki; the workspace's by default."
                ),
            ),
        )
        for option in reversed(shared):
            command = option(command)
        return import_group.command(name, help=text)(command)

    return decorate


_PERSON = _column("person", _("The column with the person's id."))
_ORDER = _column("order", _("The column with the order's id; through it the row joins its person."))
_NOBODY = click.option(
    "--nobody", is_flag=True, help=_("The rows are of nobody in particular: each is a person of its own.")
)
_TIME = _column("time", _("The column with the date and time."))
_TIME_REQUIRED = _column("time", _("The column with the date and time."), required=True)
_ID = click.option(
    "--id",
    "id",
    metavar="COL[,COL]",
    default="",
    help=_("The columns that name a row; without them its content does."),
)


@_import_command(
    _("Events: what people did. One row an event, or (--wide) one column of times a step."),
    _PERSON,
    _ORDER,
    _NOBODY,
    _column("event", _("The column with the event's name.")),
    _TIME,
    _several(
        "--wide",
        "wide",
        _("A column of times and the event it stands for; may be repeated."),
        metavar="COL=EVENT",
    ),
    _ID,
    _column("session", _("The column with the session's id.")),
    _column("value", _("The column with a value in the workspace's currency.")),
)
def events(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("events", given)


@_import_command(
    _("Answers to a survey: scores and comments."),
    click.option("--metric", type=click.Choice(_METRICS), required=True, help=_("What was asked.")),
    click.option("--scale", metavar="LOW-HIGH", help=_("The scale of the answers, for example 1-5.")),
    _column("score", _("The column with the score."), required=True),
    _TIME_REQUIRED,
    _PERSON,
    _ORDER,
    _NOBODY,
    _column("comment", _("The column with the comment.")),
    _ID,
    click.option("--touchpoint", metavar="NAME", help=_("The touchpoint that was asked about.")),
)
def scores(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("scores", given)


@_import_command(
    _("Orders: a later file for the same ids fills in or updates."),
    _column("id", _("The column with the order's id."), required=True),
    _PERSON,
    _TIME,
    _column("value", _("The column with the order's value, or the line's with --line.")),
    _column("status", _("The column with the order's state.")),
    _column("promised", _("The column with the promised day of delivery.")),
    _column("delivered", _("The column with the day of delivery.")),
    click.option("--line", "lines", is_flag=True, help=_("One row an order line: values are summed by id.")),
)
def orders(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("orders", given)


@_import_command(
    _("People: their ids and properties, as a CRM exports them."),
    _column("person", _("The column with the person's id."), required=True),
    _several("--alias", "aliases", _("A column with another id of the same person; may be repeated.")),
)
def people(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("people", given)


@_import_command(
    _("Contacts: calls, chats and messages to customer service."),
    _PERSON,
    _ORDER,
    _NOBODY,
    _TIME_REQUIRED,
    _column("reason", _("The column with the reason of contact."), required=True),
    _column("text", _("The column with what was asked or told.")),
    _ID,
)
def contacts(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("contacts", given)


@_import_command(
    _("Answers with several questions: one column a question, one row a response."),
    _several(
        "--question",
        "questions",
        _("A column and what it measured: nps, csat, ces, smiley, recommend or text; may be repeated."),
        metavar="COL[=METRIC]",
    ),
    click.option(
        "--scale", metavar="LOW-HIGH", help=_("The scale of csat and recommend, for example 1-5 or 0-10.")
    ),
    _TIME_REQUIRED,
    _PERSON,
    _ORDER,
    _NOBODY,
    _ID,
    click.option("--touchpoint", metavar="NAME", help=_("The touchpoint that was asked about.")),
)
def answers(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("answers", given)


@_import_command(
    _("Contracts: when each started and ended. A later file has the last word on the contracts in it."),
    _column("person", _("The column with the person's id."), required=True),
    _column("start", _("The column with the day on which the contract started."), required=True),
    _column("end", _("The column with the day on which it ended; empty while it goes on.")),
    click.option(
        "--id",
        "id",
        metavar="COL[,COL]",
        default="",
        help=_("The columns that name a contract; without them its person and start do."),
    ),
    _column("value", _("The column with what the contract is worth, for example a month.")),
)
def contracts(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("contracts", given)


@_import_command(
    _("Refunds: money given back for orders."),
    _column("order", _("The column with the order's id."), required=True),
    _TIME_REQUIRED,
    _column("value", _("The column with the money given back; its sign does not matter."), required=True),
    _column("reason", _("The column with the reason.")),
    _ID,
)
def refunds(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("refunds", given)


@_import_command(
    _("Marketing spend by day and source; the same day and source again replaces the amount."),
    _column("day", _("The column with the day."), required=True),
    _column("source", _("The column with where the money went: an advertiser, a network."), required=True),
    _column("amount", _("The column with the money spent, in the workspace's currency."), required=True),
    _column("medium", _("The column with the medium.")),
    _column("campaign", _("The column with the campaign.")),
    keeps_properties=False,
)
def spend(**given: Any) -> tuple[dict[str, Any], str]:
    return _run("spend", given)


def _run(kind: ImportKind, given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """Stage in this process, load in the one that owns the store. A wrong option ends in exit code 2."""
    try:
        options = _options(kind, given)
        workspace = resolve_workspace(given["workspace_name"])
        with staging_folder(home()) as folder:
            with progress_bar(_("Reading")) as progress:
                staged = stage(
                    kind,
                    given["file"],
                    options,
                    timezone=given["timezone"] or workspace.timezone,
                    folder=folder,
                    rejected_folder=home() / "rejected",
                    progress=progress,
                    reading=Reading(sheet=given["sheet"]),
                )
            with progress_bar(_("Loading")) as progress:
                result = call_owner(
                    "import_load", {"workspace": workspace.pk, "staged": staged.to_json()}, progress
                )
    except WrongUsage as error:
        raise click.UsageError(str(error)) from error
    return result, _in_words(result)


def _options(kind: ImportKind, given: dict[str, Any]) -> ImportOptions:
    taken = {
        name: value
        for name, value in given.items()
        if name not in ("file", "workspace_name", "sheet", "timezone", "id", "scale") and value
    }
    identifier = given.get("id") or ""
    if kind == "orders":
        taken["id"] = (identifier,)
    else:
        taken["id"] = tuple(part.strip() for part in identifier.split(",") if part.strip())
    if given.get("scale"):
        taken["scale"] = parse_scale(given["scale"])
    return ImportOptions(**taken)


def _in_words(result: dict[str, Any]) -> str:
    lines = [
        _("%(rows)s rows: %(accepted)s new, %(known)s known already, %(rejected)s rejected.") % result,
    ]
    recognised = result["recognised"]
    if "delimiter" in recognised:
        delimiter = {"\t": "TAB"}.get(recognised["delimiter"], recognised["delimiter"])
        lines.append(
            _("Recognised: delimiter “%(delimiter)s”, encoding %(encoding)s.")
            % {"delimiter": delimiter, "encoding": recognised["encoding"]}
        )
    if "sheet" in recognised:
        lines.append(
            _("Recognised: sheet “%(sheet)s”, header on row %(row)s.")
            % {"sheet": recognised["sheet"], "row": recognised["header_line"]}
        )
    for column, form in recognised.get("dates", {}).items():
        lines.append(_("Recognised: dates of “%(column)s” as %(form)s.") % {"column": column, "form": form})
    decimals = {"comma": _("decimal comma"), "point": _("decimal point")}
    for column, decimal in recognised.get("decimal", {}).items():
        lines.append(
            _("Recognised: %(decimal)s in “%(column)s”.") % {"column": column, "decimal": decimals[decimal]}
        )
    if recognised.get("newest_first"):
        lines.append(_("Recognised: newest first; the rows were taken from the last to the first."))
    if result["joined"]:
        lines.append(_("Joined through orders: %s.") % result["joined"])
    if result["ties"]:
        lines.append(_("At the same instant as another of the same person or order: %s.") % result["ties"])
    lines += [_("Note: %s") % warning for warning in result["warnings"]]
    if result["rejected_file"]:
        lines.append(_("Rejected rows, with line and reason: %s") % result["rejected_file"])
    return "\n".join(lines)

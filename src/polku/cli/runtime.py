"""What every command shares: `--json`, friendly errors, progress, and the way to the process that owns the store."""

from __future__ import annotations

import functools
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.capture.draining import drain
from polku.cli import loaded_operations
from polku.cli.control import connect
from polku.cli.errors import FRIENDLY, CommandError, message_of
from polku.cli.operations import Progress, run_operation
from polku.cli.owner import migrate, open_store, store_lock
from polku.cli.paths import socket_path
from polku.jobs import queue

logger = logging.getLogger(__name__)
_WAIT_FOR_OTHERS = 900.0  # seconds that a command waits for another command that owns the store


def json_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command `--json` and exit codes: 0 done, 1 the work failed, 2 wrong usage.

    The function returns (document, text): the document is printed with --json, else the text.
    """

    @click.option("--json", "as_json", is_flag=True, help=_("Print one JSON document."))
    @functools.wraps(function)
    def command(*args: Any, as_json: bool, **kwargs: Any) -> None:
        try:
            answer = function(*args, **kwargs)
        except FRIENDLY as error:
            click.echo(_("Error: %s") % message_of(error), err=True)
            sys.exit(1)
        except (KeyboardInterrupt, click.ClickException, click.exceptions.Exit):
            raise
        except Exception:
            logger.exception("a fault of the program")
            click.echo(_("Something went wrong in the program itself; the lines above tell where."), err=True)
            sys.exit(1)
        if answer is None:
            return
        document, text = answer
        click.echo(json.dumps(document, ensure_ascii=False) if as_json else text)

    return command


def home() -> Path:
    return Path(settings.POLKU_HOME)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    bar = click.progressbar(length=1000, label=label, file=sys.stderr)
    with bar:
        shown = 0

        def progress(done: int, total: int) -> None:
            nonlocal shown
            now = int(1000 * done / total) if total else 0
            if now > shown:
                bar.update(now - shown)
                shown = now

        yield progress


def _nothing(done: int, total: int) -> None:
    """No progress is shown."""


def call_owner(operation: str, params: dict[str, Any], progress: Progress | None = None) -> dict[str, Any]:
    """Run an operation in the process that owns the event store.

    Beside a running server that is the server; without one it is this process, under the home folder's lock.
    Raises CommandError with the reason in the reader's language.
    """
    progress = progress or _nothing
    deadline = time.monotonic() + _WAIT_FOR_OTHERS
    told = False
    while True:
        channel = connect(socket_path(home()))
        if channel is not None:
            with channel:
                return _ask_server(channel, operation, params, progress)
        with store_lock(home()) as held:
            if held:
                return _do_here(operation, params, progress)
        if time.monotonic() > deadline:
            raise CommandError(
                _("Another Polku command still works in this home folder; try again after it.")
            )
        if not told and time.monotonic() > deadline - _WAIT_FOR_OTHERS + 2:
            click.echo(_("Waiting for another Polku command in this home folder …"), err=True)
            told = True
        time.sleep(0.1)


def call_server(operation: str, params: dict[str, Any]) -> dict[str, Any] | None:
    """Run an operation in the running server; None where none runs. Raises CommandError as `call_owner` does."""
    channel = connect(socket_path(home()))
    if channel is None:
        return None
    with channel:
        return _ask_server(channel, operation, params, _nothing)


def _do_here(operation: str, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    loaded_operations.load()
    migrate()
    with open_store(home()):
        queue.recover()
        result = run_operation(operation, params, progress)
        queue.work_off()
        drain()
        return result


def _ask_server(channel: Any, operation: str, params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    request = {"operation": operation, "params": params, "language": get_language() or "en"}
    with suppress(ConnectionError), channel.makefile("rb") as answers:
        channel.sendall(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        for line in answers:
            if not line.endswith(b"\n"):
                break  # cut short by the server's end
            answer = json.loads(line)
            if "progress" in answer:
                progress(*answer["progress"])
            elif "result" in answer:
                return answer["result"]
            elif "error" in answer:
                raise CommandError(answer["error"])
            else:
                raise CommandError(_("The server failed at “%s”; its log tells why.") % answer.get("fault"))
    raise CommandError(
        _("The server stopped before it answered. What was asked is either done or not at all: ask again.")
    )


def resolve_workspace(text: str) -> Workspace:
    """The workspace of that slug, name or number. Raises CommandError that names those there are."""
    migrate()
    candidates = Workspace.objects.all()
    found = (
        candidates.filter(slug=text).first()
        or candidates.filter(name__iexact=text).first()
        or (candidates.filter(pk=int(text)).first() if text.isdecimal() else None)
    )
    if found is None:
        names = ", ".join(candidates.values_list("slug", flat=True).order_by("slug")[:10])
        raise CommandError(
            _("There is no workspace “%(text)s”. There are: %(names)s.") % {"text": text, "names": names}
            if names
            else _("There is no workspace yet; make one with: polku workspace create NAME")
        )
    return found


workspace_option = click.option(
    "--workspace",
    "workspace_name",
    required=True,
    metavar="W",
    help=_("The workspace: its short name or its name."),
)

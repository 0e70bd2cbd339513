"""`polku loader status|pause|resume`: the thread of the running server that brings the inbox into the event store."""

from __future__ import annotations

from typing import Any

import click
from django.utils.translation import gettext as _

from polku.accounts.models import Workspace
from polku.capture import front
from polku.cli.errors import CommandError
from polku.cli.operations import Progress, operation
from polku.cli.runtime import call_server, json_command


@operation("loader_status")
def tell_status(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    running = front.running()
    if running is None:
        return {"running": False}
    state = running.loader.state()
    slugs = {
        workspace.key.hex: workspace.slug for workspace in Workspace.objects.filter(key__in=[*state.troubles])
    }
    return {
        "running": state.is_alive,
        "paused": state.is_paused,
        "lag": round(state.lag, 3),
        "troubles": {slugs.get(key, key): reason for key, reason in state.troubles.items()},
    }


@operation("loader_pause")
def pause_loader(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    running = front.running()
    if running is None:
        raise CommandError(_no_server())
    if not running.loader.pause():
        raise CommandError(_("The loader pauses as soon as the transaction under way has ended."))
    return tell_status(params, progress)


@operation("loader_resume")
def resume_loader(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    running = front.running()
    if running is None:
        raise CommandError(_no_server())
    running.loader.resume()
    return tell_status(params, progress)


@click.group(help=_("The loader: brings what came in by the front door into the event store."))
def loader() -> None:
    """The group."""


@loader.command(help=_("Say whether the loader runs and how far behind it is."))
@json_command
def status() -> tuple[dict[str, Any], str]:
    found = call_server("loader_status", {})
    if found is None:
        return {"running": False}, _no_server()
    return found, _in_words(found)


@loader.command(help=_("Load nothing until resumed; signals are still taken in and wait in the inbox."))
@json_command
def pause() -> tuple[dict[str, Any], str]:
    found = _ask("loader_pause")
    return found, _in_words(found)


@loader.command(help=_("Load again after a pause."))
@json_command
def resume() -> tuple[dict[str, Any], str]:
    found = _ask("loader_resume")
    return found, _in_words(found)


def _ask(name: str) -> dict[str, Any]:
    found = call_server(name, {})
    if found is None:
        raise CommandError(_no_server())
    return found


def _no_server() -> str:
    return _("No server runs in this home folder, and so no loader. Start it with: polku up")


def _in_words(found: dict[str, Any]) -> str:
    if not found["running"]:
        return _("The loader does not run; the server’s log tells why.")
    lines = [_("The loader is paused.") if found["paused"] else _("The loader runs.")]
    if found["lag"]:
        lines.append(_("What waits longest came in %(seconds)s s ago.") % {"seconds": found["lag"]})
    else:
        lines.append(_("Nothing waits in the inbox."))
    lines += [f"{workspace}: {reason}" for workspace, reason in found["troubles"].items()]
    return "\n".join(lines)

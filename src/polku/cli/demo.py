"""`polku demo`: the simulated company, loaded and served."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from datetime import date, datetime
from typing import Any

import click
from django.conf import settings
from django.utils.translation import gettext as _

from polku.cli.addresses import note_address
from polku.cli.operations import Progress, operation
from polku.cli.runtime import home, json_command, progress_bar
from polku.cli.serving import address_of, bind, serve
from polku.demo import load_demo


@operation("demo_load")
def load(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    today = date.fromisoformat(params["today"]) if params.get("today") else None
    return {"workspace": load_demo(today=today, progress=progress).slug}


def _has_screen() -> bool:
    """Without a screen a browser would open as text in this very terminal, or not at all."""
    return sys.platform in {"darwin", "win32"} or any(
        os.environ.get(v) for v in ("DISPLAY", "WAYLAND_DISPLAY")
    )


@click.command(help=_("Load the simulated demo company and open its live map."))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-browser", is_flag=True, help=_("Do not open a browser."))
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help=_("The last day of the simulated data."))
@json_command
def demo(port: int, no_browser: bool, today: datetime | None) -> None:
    host = "127.0.0.1"
    listener = bind(host, port)
    settings.DEMO_SIGN_IN = True
    address = address_of(host, port)

    def prepare() -> None:
        with progress_bar(_("Loading the demo company")) as progress:
            load({"today": today.date().isoformat() if today else None}, progress)

    def ready() -> None:
        note_address(home(), address)
        click.echo(_("The demo is at %s (stop with Ctrl-C).") % address, err=True)
        if not no_browser and _has_screen():
            threading.Timer(1.0, webbrowser.open, [address]).start()

    serve(home(), listener, prepare=prepare, ready=ready)

"""`polku doctor`: what is wrong, and how to mend it."""

from __future__ import annotations

import json
import sys

import click
from django.utils.translation import gettext as _

from polku.cli.control import connect
from polku.cli.paths import socket_path
from polku.cli.runtime import home
from polku.installation.doctor import Finding, State, examine
from polku.site.addresses import public_address

_MARKS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗"}


@click.command(
    help=_("Look whether everything is in order, and say how to mend what is not. Changes nothing.")
)
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON document."))
def doctor(as_json: bool) -> None:
    findings = [_server(), *examine()]
    failed = any(found.state is State.FAILED for found in findings)
    if as_json:
        checks = [
            {"check": found.key, "state": found.state.value, "says": found.says, "mend": found.mend}
            for found in findings
        ]
        click.echo(json.dumps({"ok": not failed, "checks": checks}, ensure_ascii=False))
    else:
        for found in findings:
            click.echo(f"{_MARKS[found.state]} {found.says}")
            if found.mend:
                click.echo(f"    → {found.mend}")
    sys.exit(1 if failed else 0)


def _server() -> Finding:
    channel = connect(socket_path(home()))
    if channel is None:
        return Finding.warning(
            "server", _("No server runs in this home folder."), _("Start it with: polku up")
        )
    channel.close()
    return Finding.ok("server", _("The server runs at %s.") % public_address(home()))

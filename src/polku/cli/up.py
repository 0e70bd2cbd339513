"""`polku up`: serve."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from polku.accounts.domain import is_without_users
from polku.cli.addresses import note_address
from polku.cli.runtime import home, json_command
from polku.cli.serving import address_of, bind, serve
from polku.cli.users import first_owner_link


@click.command(help=_("Serve the console and the API until stopped."))
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@json_command
def up(host: str, port: int) -> None:
    listener = bind(host, port)

    def ready() -> None:
        note_address(home(), address_of(host, port))
        click.echo(_("Polku is at %s (stop with Ctrl-C).") % address_of(host, port), err=True)
        if is_without_users():
            link = first_owner_link(home())
            click.echo(
                _("Nobody uses it yet. Become its first owner (the link works once): %s") % link, err=True
            )

    serve(home(), listener, ready=ready)

"""The tree of commands. What each does stands in a file of its own."""

from __future__ import annotations

import click
from django.utils.translation import gettext as _

from polku import __version__
from polku.cli.backups import backup, restore
from polku.cli.demo import demo
from polku.cli.doctor import doctor
from polku.cli.imports import import_group
from polku.cli.journeys import journey
from polku.cli.loader import loader
from polku.cli.messages import message
from polku.cli.query import query
from polku.cli.replay import replay
from polku.cli.surveys import survey
from polku.cli.up import up
from polku.cli.upgrade import upgrade
from polku.cli.users import user
from polku.cli.workspaces import workspace


@click.group(
    help=_("Polku: a customer-journey map that measures itself."),
    epilog=_("--home DIR (or POLKU_HOME) is where everything lives; the default is ~/.polku."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="polku", message="%(prog)s %(version)s")
def polku() -> None:
    """The root of the tree."""


_COMMANDS = (demo, up, workspace, user, import_group, query, journey, survey, message, replay, loader)
_OF_THE_SERVER = (doctor, backup, restore, upgrade)
for command in (*_COMMANDS, *_OF_THE_SERVER):
    polku.add_command(command)

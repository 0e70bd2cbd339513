"""Run by a test in a process of its own: looks at what arrived, and is killed at each statement in turn.

Each try is a child that is killed with SIGKILL before its nth statement; the next goes on with what is on the disk.
Prints one JSON object: how many were killed, how many invitations there are, and how many different ones.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
PEOPLE, MOMENTS, MOST_TRIES = 1_100, 2, 200
NOON = datetime(2026, 6, 1, 9)


def in_child(work: Callable[[], object]) -> int:
    """Do it in a child; how that ended: 0, or minus the signal that killed it."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def prepare(home: Path) -> None:
    from django_scopes import scope

    from polku.accounts.models import Workspace
    from polku.cli.owner import migrate, open_store
    from tests.surveys.moments.shop import arrive, moment_on, open_survey

    migrate()
    workspace = Workspace.objects.create(name="Kauppa", slug="kauppa")
    with open_store(home) as store, scope(workspace=workspace):
        store.create(workspace.key.hex)
        for template in ("nps", "after-contact"):
            moment_on(open_survey(workspace, template), since=datetime(2026, 1, 1, tzinfo=UTC))
        arrive(store, workspace, *({"person": f"p{n}@example.com", "time": NOON} for n in range(PEOPLE)))


def look(home: Path, until: int) -> None:
    from django.db import connection

    from polku.accounts.models import Workspace
    from polku.cli.owner import open_store
    from polku.surveys.moments import looking

    statements = 0

    def count(execute, sql, params, many, context):
        nonlocal statements
        statements += 1
        if statements == until:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with open_store(home), connection.execute_wrapper(count):
        looking.look(Workspace.objects.get(), now=NOON.replace(tzinfo=UTC))


def tell(killed: int) -> None:
    from django_scopes import scopes_disabled

    from polku.surveys.models import Invitation, MomentDay

    with scopes_disabled():
        rows = list(Invitation.objects.values_list("moment", "email"))
        counted = sum(MomentDay.objects.filter(outcome="triggered").values_list("count", flat=True))
    told = {"killed": killed, "invitations": len(rows), "different": len(set(rows)), "counted": counted}
    print(json.dumps(told), flush=True)


def main() -> None:
    import django

    django.setup()
    home = Path(os.environ["POLKU_HOME"])
    assert in_child(lambda: prepare(home)) == 0
    killed = 0
    for until in range(1, MOST_TRIES):
        ended = in_child(lambda until=until: look(home, until))
        if ended == 0:
            break
        assert ended == -signal.SIGKILL, ended
        killed += 1
    tell(killed)


if __name__ == "__main__":
    main()

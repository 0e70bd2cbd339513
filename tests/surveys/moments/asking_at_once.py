"""Run by tests in a process of its own, on the database of its environment: many threads ask the same people at once.

Prints one JSON object: how many of the threads were let through, person by person.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")
ROUNDS, THREADS = 12, 8


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    from polku.accounts.models import Workspace
    from polku.cli.owner import migrate
    from polku.surveys.moments.fatigue import note_ask

    migrate()
    workspace = Workspace.objects.create(name="Kauppa", slug="kauppa")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    passed = [0] * ROUNDS
    begin = threading.Barrier(THREADS)
    counted = threading.Lock()
    errors: list[str] = []

    def work(number: int) -> None:
        try:
            for person in range(ROUNDS):
                begin.wait(30)
                # Each thread knows another id of theirs; all know the e-mail address, in an order of its own.
                ids = [f"p{person}@example.com", f"device-{person}-{number}"]
                refused = note_ask(
                    workspace=workspace,
                    ids=ids if number % 2 else reversed(ids),
                    survey=None,
                    metrics=["nps"],
                    at=at,
                )
                if refused is None:
                    with counted:
                        passed[person] += 1
        except Exception as error:
            errors.append(repr(error))
            begin.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    print(json.dumps({"database": connection.vendor, "passed": passed, "errors": errors}))


if __name__ == "__main__":
    sys.exit(main())

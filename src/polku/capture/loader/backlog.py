"""What of the inbox is not in the stores yet, workspace by workspace."""

from __future__ import annotations

import logging
import sqlite3

from polku.capture.inbox import Inbox
from polku.eventstore.port import EventStore
from polku.eventstore.streams import InboxPlace

logger = logging.getLogger(__name__)

Rows = list[tuple[int, bytes]]


class Backlog:
    """Each workspace's own store says how far it has come; that is asked once and then remembered.

    One thread reads and passes rows; `waiting` and `first_row` may be asked from any thread.
    """

    def __init__(self, inbox: Inbox, store: EventStore) -> None:
        self._inbox = inbox
        self._store = store
        self._places: dict[str, InboxPlace] = {}
        self._gone: set[str] = set()

    def waiting(self) -> dict[str, list[InboxPlace]]:
        """By workspace the last of its rows in each file where it has some to pass, the oldest file first."""
        found: dict[str, list[InboxPlace]] = {}
        for file in self._inbox.files():
            for workspace, last in self._in_file(file).items():
                place = self._places.get(workspace, InboxPlace())
                if workspace not in self._gone and (file, last) > (place.file, place.row):
                    found.setdefault(workspace, []).append(InboxPlace(file, last))
        return found

    def place(self, workspace: str) -> InboxPlace:
        """Up to where the workspace has come. Raises StoreError where its store cannot say."""
        known = self._places.get(workspace)
        if known is None:
            known = self._places[workspace] = self._store.inbox_place(workspace)
        return known

    def read(self, workspace: str, file: int, *, rows: int, most_bytes: int) -> Rows:
        """(number, payload) of the workspace's next rows in the file."""
        place = self.place(workspace)
        after = place.row if place.file == file else 0
        if place.file > file:
            return []
        try:
            found = self._inbox.rows(file, after, rows, workspace=workspace, most_bytes=most_bytes)
        except sqlite3.DatabaseError as error:
            if not self._put_aside(file, error):
                raise
            found = []
        return [(number, payload) for number, _workspace, payload in found]

    def pass_to(self, workspace: str, place: InboxPlace) -> None:
        self._places[workspace] = place

    def give_up(self, workspace: str) -> None:
        """Pass over whatever there is of a workspace that is no more."""
        self._gone.add(workspace)
        self._places.pop(workspace, None)

    def forget_place(self, workspace: str) -> None:
        """Ask the store again: a transaction may have ended in either way."""
        self._places.pop(workspace, None)

    def first_row(self, workspace: str, file: int) -> bytes | None:
        """The payload of the first row that the workspace has not passed in the file."""
        place = self._places.get(workspace, InboxPlace())
        after = place.row if place.file == file else 0
        found = self._inbox.rows(file, after, 1, workspace=workspace)
        return found[0][2] if found else None

    def let_go(self) -> None:
        """Delete the sealed files that everybody has passed, and tell the inbox how far the others are."""
        # Asked before what waits: a file that is sealed only in between may have got rows that nobody has passed.
        sealed = {file for file in self._inbox.files() if self._inbox.is_sealed(file)}
        waiting = self.waiting()
        for file in self._inbox.files():
            behind = [key for key, lasts in waiting.items() if any(last.file == file for last in lasts)]
            if not behind:
                last = max(self._in_file(file).values(), default=0)
                if not (file in sealed and self._drop(file)):
                    self._inbox.passed(file, last)
                continue
            places = [self._places.get(workspace, InboxPlace()) for workspace in behind]
            self._inbox.passed(file, min(place.row if place.file == file else 0 for place in places))

    def _drop(self, file: int) -> bool:
        try:
            return self._inbox.drop(file)
        except OSError as error:
            logger.error("a file of the inbox that is in the stores cannot be deleted: %s", error)
            return False

    def _in_file(self, file: int) -> dict[str, int]:
        """The last row of each workspace in the file."""
        try:
            return self._inbox.workspaces(file)
        except sqlite3.DatabaseError as error:
            if not self._put_aside(file, error):
                raise
            return {}

    def _put_aside(self, file: int, error: sqlite3.DatabaseError) -> bool:
        """Keep a sealed file that is damaged under another name, and say so; False where it may be read later."""
        is_damaged = (
            type(error) is sqlite3.DatabaseError
        )  # those that end by themselves have classes of their own
        aside = self._inbox.set_aside(file) if is_damaged else None
        if aside is not None:
            logger.error("a file of the inbox cannot be read (%s); it is kept as %s", error, aside)
        return aside is not None

"""The country of an address, where the owner provides a database (MaxMind's format); nothing is asked of a network."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import maxminddb
from django.utils.translation import gettext as _


class Countries:
    """Looks countries up in the file at `path`; without one no country is known.

    The file is opened at the first question (or by `problem`) and stays mapped until `close`. A file that is missing
    or broken never stops the way in: there is then no country, and `problem` says why.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._gate = threading.Lock()
        self._reader: maxminddb.Reader | None = None
        self._is_tried = path is None
        self._problem: str | None = None

    def problem(self) -> str | None:
        """One sentence for the log at start-up where the database cannot be used; None where all is well."""
        self._open()
        return self._problem

    def country_of(self, address: str) -> str:
        """ISO 3166 code in capitals, or "" where it is not known. The address is not kept."""
        reader = self._reader if self._is_tried else self._open()
        if reader is None:
            return ""
        try:
            found: Any = reader.get(address.partition("%")[0])
        except (ValueError, maxminddb.InvalidDatabaseError):  # no address, or a file damaged further in
            return ""
        return _code(found)

    def close(self) -> None:
        with self._gate:
            reader, self._reader = self._reader, None
            self._is_tried = True
        if reader is not None:
            reader.close()

    def _open(self) -> maxminddb.Reader | None:
        with self._gate:
            if not self._is_tried:
                try:
                    self._reader = maxminddb.open_database(str(self._path))
                except (OSError, maxminddb.InvalidDatabaseError) as error:
                    self._problem = _(
                        "The country database %(path)s (POLKU_COUNTRY_DATABASE) cannot be read, so countries are "
                        "not known: %(reason)s"
                    ) % {"path": self._path, "reason": error}
                self._is_tried = True
            return self._reader


def _code(record: Any) -> str:
    """The code in a record of any of the common databases: nested, or flat under `country_code` or `country`."""
    if not isinstance(record, dict):
        return ""
    for name in ("country", "registered_country", "country_code"):
        value = record.get(name)
        code = value.get("iso_code") if isinstance(value, dict) else value
        if isinstance(code, str) and len(code) == 2 and code.isascii() and code.isalpha():
            return code.upper()
    return ""

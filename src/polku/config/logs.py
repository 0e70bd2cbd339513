"""What the log must not hold: addresses with a secret in them open something for whoever reads the log."""

from __future__ import annotations

import logging
import re

_SECRET = re.compile(r"(?<=/)([^/?\s]{4})[^/?\s]{16,}")
"""A part of an address as long as the shortest of our tokens (128 random bits are 22 letters)."""


class WithoutSecrets(logging.Filter):
    """Cuts long parts of requested addresses to their beginning. Django logs the address of whatever it refuses, and
    some addresses are keys: the first owner's link, that of a new password, an invitation, a survey."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith("django.") and isinstance(record.args, tuple):
            record.args = tuple(
                _SECRET.sub(r"\1…", value) if isinstance(value, str) and value.startswith("/") else value
                for value in record.args
            )
        return True

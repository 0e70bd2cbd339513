"""What the log must not hold: addresses that open something for whoever reads it, and what customers wrote."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType

from django.db import OperationalError

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


_OF_THE_PROGRAM = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    NameError,
    OperationalError,
    OSError,
    RuntimeError,
    TypeError,
)
"""Faults that speak of the program and the machine. Others may quote what they met: a cell of a file, a row."""


class WithoutWhatWasHandled(logging.Formatter):
    """Tells where the program failed and how, without the values it failed on: a database quotes the row that it
    refuses, and a number that is none is somebody's answer."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return "\n".join(_told(ei[1])) if ei[1] is not None else ""


def _told(fault: BaseException) -> Iterator[str]:
    before = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    if before is not None:
        yield from _told(before)
        yield "\nand then:\n"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(fault.__traceback__)).rstrip("\n")
    name = f"{type(fault).__module__}.{type(fault).__qualname__}".removeprefix("builtins.")
    words = (
        str(fault).partition("\n")[0]
        if isinstance(fault, _OF_THE_PROGRAM)
        else "(not told: it may quote data)"
    )
    yield f"{name}: {words}"

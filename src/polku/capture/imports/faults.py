"""A fault of the program for the log: its name and where it arose. Its text may quote a cell of somebody's file."""

from __future__ import annotations

from pathlib import Path

_MOST = 8


def fault_of(error: BaseException) -> str:
    """`KeyError in mapping_json.py:12 < work.py:40`, the innermost place first, and what it followed from."""
    said = f"{type(error).__name__} in {_places(error)}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return f"{said}, from {fault_of(cause)}" if cause is not None and cause is not error else said


def _places(error: BaseException) -> str:
    places, trace = [], error.__traceback__
    while trace:
        places.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(places[: -_MOST - 1 : -1])

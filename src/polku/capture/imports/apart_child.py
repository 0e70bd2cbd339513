"""What the process apart does (see `apart`): the limits first, then one task, and not a word more."""

from __future__ import annotations

import errno
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from polku.capture.imports.faults import fault_of
from polku.capture.imports.mapping import Reading
from polku.capture.imports.mapping_json import mapping_from_json, to_json
from polku.capture.imports.problems import ImportProblem
from polku.eventstore.port import Progress

_TELLS_EVERY = 0.2  # seconds


def main() -> None:
    """Read the request from standard input, answer on standard output."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what a library prints is no answer
    request = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_our_parent, daemon=True).start()
    _limit(**request["limits"])

    def say(document: dict[str, Any]) -> None:
        answers.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")

    with translation.override(request["language"]):
        say(_answer(request, say))
    os._exit(0)  # threads that still read ahead need not be waited for


def _answer(request: dict[str, Any], say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    try:
        return {"result": TASKS[request["task"]](request["params"], _progress(say))}
    except ImportProblem as problem:
        return {"problem": str(problem)}
    except MemoryError:
        return {"problem": _too_much()}
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            return {"problem": _("There is no room on the server’s disk. Make room and try again.")}
        return _fault(error)
    except Exception as error:
        if type(error).__name__ in {"ArrowMemoryError", "OutOfMemoryException"}:
            return {"problem": _too_much()}
        return _fault(error)


def _too_much() -> str:
    return _("Reading the file needs more memory than one file may take. Divide it into smaller ones.")


def _fault(error: Exception) -> dict[str, Any]:
    """Its text may quote the file, and stays here."""
    return {"fault": fault_of(error)}


def _progress(say: Callable[[dict[str, Any]], None]) -> Progress:
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if done >= total or time.monotonic() - last >= _TELLS_EVERY:
            last = time.monotonic()
            say({"progress": [int(done), int(total)]})

    return progress


def _limit(*, seconds: int, memory: int, file: int) -> None:
    """Bounds that the system keeps, also where a library never comes back to Python."""
    for which, most in (
        (resource.RLIMIT_CPU, 2 * seconds),  # of two processors
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_FSIZE, file),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(which)
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with_our_parent() -> None:
    """Nothing more comes in until whoever started us has ended or no longer wants the answer."""
    sys.stdin.buffer.read()
    os._exit(1)


# ---- the tasks --------------------------------------------------------------------------------------------------


def _inspect(params: dict[str, Any], _progress: Progress) -> dict[str, Any]:
    """What a file's parts are. `reading`, `answers` where people said something of one part, `remembered` by form."""
    from polku.capture.imports.recognition import inspect

    remembered = {
        form: [mapping_from_json(mapping) for mapping in mappings]
        for form, mappings in params["remembered"].items()
    }
    reading = params.get("reading")
    found = inspect(
        Path(params["file"]),
        timezone=params["timezone"],
        reading=Reading(**reading) if reading is not None else None,
        answers=params.get("answers") or {},
        remembered=remembered.get,
    )
    return {"inspections": [to_json(inspection) for inspection in found]}


def _stage(params: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Read a part as decided and leave its batch in `folder`."""
    from polku.capture.imports.staging import stage

    mapping = mapping_from_json(params["mapping"])
    staged = stage(
        mapping.kind,
        Path(params["file"]),
        mapping.options,
        timezone=mapping.timezone,
        folder=Path(params["folder"]),
        rejected_folder=Path(params["rejected_folder"]),
        progress=progress,
        reading=mapping.reading,
        month_first=mapping.month_first,
        decimal=mapping.decimal,
    )
    return staged.to_json()


TASKS: dict[str, Callable[[dict[str, Any], Progress], dict[str, Any]]] = {
    "inspect": _inspect,
    "stage": _stage,
}

"""Files of strangers are read in a process of their own: with lower priority, bounded memory and a time limit.

A file may be made to take all memory or for ever, and a library that reads it may fall. In a process apart that is a
sentence on a page, and nobody else's page waits for the interpreter meanwhile (docs/decisions/0026).

One JSON line goes in: the task, its parameters, the language and the limits. Lines come out: `progress`, and at the end
`result`, `problem` (a sentence for people) or `fault` (of the program). The child ends when its standard input does, so
that it never outlives whoever started it.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import IO, Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polku.capture.imports.problems import ImportProblem
from polku.eventstore.port import Progress

logger = logging.getLogger(__name__)
_START = (
    "import os; os.nice(10); os.environ['DJANGO_SETTINGS_MODULE'] = 'polku.config.settings'; "
    "import django; django.setup(set_prefix=False); from polku.capture.imports.apart_child import main; main()"
)
"""The priority first: starting Python and its libraries is most of the work for a small file."""
_LONGEST_LINE = 64_000_000  # characters of an answer
_KEPT_COMPLAINTS = 4_000  # bytes of standard error that go to the log
_PATIENCE = 2.0  # seconds between the last word of a child and killing it


@dataclass(frozen=True)
class Limits:
    """What a child may take: seconds by the clock, bytes of memory, bytes of a file that it writes."""

    seconds: int = 600
    memory: int = 2_000_000_000
    file: int = 20_000_000_000


class ReadingFailed(ImportProblem):
    """The child took too long or too much, or broke down: the file is to blame until proven otherwise."""


def run_apart(
    task: str,
    params: dict[str, Any],
    *,
    limits: Limits | None = None,
    progress: Progress | None = None,
    stopping: Callable[[], bool] | None = None,
) -> dict[str, Any]:
    """Do one of `apart_child.TASKS` in a process of its own and return its result; plain JSON both ways.

    Raises ImportProblem as the task does, ReadingFailed where the child was ended. `stopping` is asked every moment;
    where it says so the child is ended, too.
    """
    limits = limits or Limits()
    request = {"task": task, "params": params, "language": get_language() or "en", "limits": asdict(limits)}
    with tempfile.TemporaryFile() as complaints:
        child = subprocess.Popen(
            [sys.executable, "-P", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        )
        try:
            with _Watch(child, limits.seconds, stopping) as watch:
                answer = _converse(child, request, progress)
            with suppress(subprocess.TimeoutExpired):  # it has said its last word, however slowly it goes
                child.wait(_PATIENCE)
        finally:
            _end(child)
        if answer is None and watch.is_too_late:
            raise ReadingFailed(
                _(
                    "Reading the file took more than %s minutes, so it was stopped. Divide the file into smaller ones."
                )
                % max(1, limits.seconds // 60)
            )
        if answer is None and watch.is_stopped:
            raise ReadingFailed(_("Reading the file was stopped."))
        if answer is None or "fault" in answer:
            _log(task, child.returncode, answer, complaints)
            raise ReadingFailed(
                _(
                    "The file could not be read. It may be damaged, or need more memory than one file may take."
                )
            )
    if "problem" in answer:
        raise ImportProblem(answer["problem"])
    return dict(answer["result"])


def _converse(
    child: subprocess.Popen[bytes], request: dict[str, Any], progress: Progress | None
) -> dict[str, Any] | None:
    """The child's last word; None where it ended without one. Its input stays open until then."""
    asks, answers = child.stdin, child.stdout
    if asks is None or answers is None:
        return None
    with suppress(BrokenPipeError):
        asks.write(json.dumps(request, ensure_ascii=False).encode() + b"\n")
        asks.flush()
    while line := answers.readline(_LONGEST_LINE):
        try:
            said = json.loads(line)
        except ValueError:  # cut short by its end
            return None
        if "progress" not in said:
            return dict(said)
        if progress:
            progress(*said["progress"])
    return None


class _Watch:
    """Ends the child when its time is over or when whoever started it is told to stop."""

    def __init__(
        self, child: subprocess.Popen[bytes], seconds: float, stopping: Callable[[], bool] | None
    ) -> None:
        self.is_too_late = self.is_stopped = False
        self._child, self._stopping = child, stopping
        self._until = time.monotonic() + seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="import-watch", daemon=True)

    def __enter__(self) -> _Watch:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.2):
            self.is_too_late = time.monotonic() >= self._until
            self.is_stopped = bool(self._stopping and self._stopping())
            if self.is_too_late or self.is_stopped:
                self._child.kill()
                return


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
        child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            with suppress(OSError):
                pipe.close()


def _log(task: str, code: int | None, answer: dict[str, Any] | None, complaints: IO[bytes]) -> None:
    """What a programmer needs to know; a traceback's last line may quote the file, so only its places are kept."""
    complaints.seek(0)
    said = complaints.read(_KEPT_COMPLAINTS).decode("utf-8", "replace").strip()
    where = [line.strip() for line in said.splitlines() if line.lstrip().startswith("File ")][-3:]
    logger.error(
        "reading a file apart (%s) ended with %s: %s %s",
        task,
        code,
        (answer or {}).get("fault", "no word"),
        " < ".join(where),
    )

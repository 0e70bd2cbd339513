"""A file as a stream of decompressed bytes, and pieces of it fetched again later."""

from __future__ import annotations

import gzip
import queue
import threading
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Literal

from django.utils.translation import gettext as _

from polku.capture.imports.problems import ImportProblem

CHUNK = 8 * 1024 * 1024
Form = Literal["plain", "gzip", "parquet"]


class Source:
    """A readable file of a known form. Raises ImportProblem where it cannot be read, with the reason."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.form: Form = _recognise(path)
        self.size = path.stat().st_size

    def chunks(self, size: int = CHUNK) -> Iterator[tuple[bytes, int]]:
        """Decompressed bytes in pieces, each with the number of bytes of the file that were read so far.

        Reading runs ahead in a thread of its own: decompressing lets others work meanwhile.
        """
        ahead: queue.Queue[tuple[bytes, int] | BaseException | None] = queue.Queue(maxsize=2)
        stop = threading.Event()

        def put(item: tuple[bytes, int] | BaseException | None) -> bool:
            while not stop.is_set():
                try:
                    ahead.put(item, timeout=0.1)
                    return True
                except queue.Full:
                    continue
            return False

        def read() -> None:
            try:
                with self.path.open("rb") as raw:
                    handle = self._decompressed(raw)
                    while piece := handle.read(size):
                        if not put((piece, raw.tell())):
                            return
                put(None)
            except BaseException as error:
                put(error)

        thread = threading.Thread(target=read, name="import-read", daemon=True)
        thread.start()
        try:
            while (item := ahead.get()) is not None:
                if isinstance(item, BaseException):
                    raise self._problem(item) from item
                yield item
        finally:
            stop.set()
            thread.join()

    def head(self, size: int) -> bytes:
        """The first `size` decompressed bytes, or fewer where the file is shorter."""
        try:
            with self.path.open("rb") as raw:
                return self._decompressed(raw).read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise self._problem(error) from error

    def fetch(self, spans: Iterable[tuple[int, int]]) -> Iterator[bytes]:
        """The bytes of each (offset, length); offsets must ascend."""
        try:
            with self.path.open("rb") as raw:
                handle = self._decompressed(raw)
                for offset, length in spans:
                    handle.seek(offset)
                    yield handle.read(length)
        except (OSError, EOFError, zlib.error) as error:
            raise self._problem(error) from error

    def _decompressed(self, raw: IO[bytes]) -> IO[bytes]:
        return gzip.GzipFile(fileobj=raw) if self.form == "gzip" else raw  # type: ignore[return-value]

    def _problem(self, error: BaseException) -> BaseException:
        if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
            return ImportProblem(
                _("%(file)s is a damaged gzip file (%(reason)s). Copy or export it again.")
                % {"file": self.path.name, "reason": error}
            )
        if isinstance(error, OSError):
            return ImportProblem(
                _("%(file)s cannot be read: %(reason)s.")
                % {"file": self.path.name, "reason": error.strerror or error}
            )
        return error


def _recognise(path: Path) -> Form:
    name = path.name
    if path.is_dir():
        raise ImportProblem(_("%s is a folder; name the file in it.") % name)
    if (
        path.exists() and not path.is_file()
    ):  # opening a pipe would wait for its writer; places are read twice
        raise ImportProblem(
            _("%s is a pipe or a device. Save what it gives as a file and import that.") % name
        )
    try:
        with path.open("rb") as handle:
            start = handle.read(8)
    except FileNotFoundError:
        raise ImportProblem(_("There is no file %s.") % path) from None
    except OSError as error:
        raise ImportProblem(
            _("%(file)s cannot be read: %(reason)s.") % {"file": name, "reason": error.strerror or error}
        ) from error
    if not start:
        raise ImportProblem(_("%s is empty.") % name)
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ImportProblem(
            _("%s is a spreadsheet or an archive. Save the sheet as CSV (UTF-8) and import that file.") % name
        )
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ImportProblem(_("%s is in UTF-16. Save it as CSV in UTF-8 and import that file.") % name)
    return "plain"

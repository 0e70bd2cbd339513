"""A file, or one part of it, as a stream of the bytes of its text, and pieces of it fetched again later."""

from __future__ import annotations

import gzip
import queue
import shutil
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, cast

from django.utils import translation
from django.utils.translation import gettext as _

from polku.capture.imports.archives import archive, damaged, is_workbook, members, open_member, shown
from polku.capture.imports.forms import START, Wide, form_of, wide_encoding
from polku.capture.imports.problems import ImportProblem
from polku.capture.imports.unpacking import AsUtf8, Gunzipped, Stream
from polku.capture.imports.workbook_limits import check_workbook
from polku.capture.imports.workbooks import Workbook

CHUNK = 8 * 1024 * 1024
SourceForm = Literal["text", "parquet", "workbook"]
_TROUBLE = (OSError, EOFError, zlib.error, zipfile.BadZipFile)


class Source:
    """A readable file of a known form; of an archive one file, `part` (it may be left out where there is one only).

    `name` is for people, `packing` says around what ("zip", "gzip") the content is packed, outermost first, and
    `wide` is set where the text is UTF-16, which is handed out as UTF-8. Closing removes what had to be unpacked.
    Raises ImportProblem where it cannot be read, with the reason.
    """

    def __init__(self, path: Path, part: str | None = None, *, folder: Path | None = None) -> None:
        _require_file(path)
        self.path = path
        self.part = part
        self.name = path.name
        self.size = path.stat().st_size
        self.packing: tuple[str, ...] = ()
        self.wide: Wide | None = None
        self.form: SourceForm = "text"
        self._folder = folder
        self._unpacked: IO[bytes] | None = None
        self._workbook: Workbook | None = None
        try:
            self._recognise()
        except _TROUBLE as error:
            self.close()
            raise self._problem(error) from error
        except ImportProblem:
            self.close()
            raise

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._workbook = None
        if self._unpacked is not None:
            self._unpacked.close()
            self._unpacked = None

    def chunks(self, size: int = CHUNK) -> Iterator[tuple[bytes, int]]:
        """Bytes of the text in pieces, each with the number of bytes of the file that were read so far.

        Reading runs ahead in a thread of its own: decompressing lets others work meanwhile.
        """
        ahead: queue.Queue[tuple[bytes, int] | BaseException | None] = queue.Queue(maxsize=2)
        stop = threading.Event()
        language = translation.get_language()  # a thread begins in the server's

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
                with translation.override(language), self._open() as (stream, raw):
                    while piece := stream.read(size):
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
        """The first `size` bytes of the text, or fewer where it is shorter."""
        try:
            with self._open() as (stream, _raw):
                return stream.read(size)
        except _TROUBLE as error:
            raise self._problem(error) from error

    def fetch(self, spans: Iterable[tuple[int, int]]) -> Iterator[bytes]:
        """The bytes of each (offset, length); offsets must ascend."""
        try:
            with self._open() as (stream, _raw):
                for offset, length in spans:
                    stream.seek(offset)
                    yield stream.read(length)
        except _TROUBLE as error:
            raise self._problem(error) from error

    def local(self) -> Path | IO[bytes]:
        """The content as something that can be read at any place: the file itself, or an unpacked copy without a
        name, which closing removes."""
        if not self.packing:
            return self.path
        if self._unpacked is None:
            self._unpacked = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by close
            try:
                with self._open() as (stream, _raw):
                    shutil.copyfileobj(cast(IO[bytes], stream), self._unpacked, CHUNK)
            except _TROUBLE as error:
                raise self._problem(error) from error
        self._unpacked.seek(0)
        return self._unpacked

    @property
    def format(self) -> str:
        """As in `csv.gz`: the content and around what it is packed."""
        content = {"text": "csv", "workbook": "xlsx", "parquet": "parquet"}[self.form]
        ends = {"gzip": "gz", "zip": "zip"}
        return ".".join([content, *(ends[packing] for packing in reversed(self.packing))])

    def workbook(self) -> Workbook:
        """The open workbook, of a source of that form."""
        if self._workbook is None:
            with self._opened() as (handle, opened):
                check_workbook(handle, opened, self.name)
            self._workbook = Workbook(self.local(), self.name)
        return self._workbook

    @contextmanager
    def _open(self) -> Iterator[tuple[Stream, IO[bytes]]]:
        """(the content, the file it comes from)."""
        with self.path.open("rb") as raw, self._unzipped(raw) as packed:
            stream: Stream = packed
            if "gzip" in self.packing:
                stream = Gunzipped(packed, self.name)
            if self.wide:
                stream = AsUtf8(stream, self.wide)
            yield stream, raw

    @contextmanager
    def _unzipped(self, raw: IO[bytes]) -> Iterator[IO[bytes]]:
        if "zip" not in self.packing:
            yield raw
            return
        with archive(raw, self.path.name) as opened, open_member(opened, str(self.part), self.name) as member:
            yield member

    def _recognise(self) -> None:
        """Look into one wrapping after the other until the content is known."""
        start = self._start()
        if not start:
            raise ImportProblem(_("%s is empty.") % self.name)
        form = form_of(start)
        if form == "zip" and not self.packing and not self._is_workbook():
            self._enter_archive()
            return self._recognise()
        if form == "gzip" and "gzip" not in self.packing:
            self.packing = (*self.packing, "gzip")
            return self._recognise()
        if form == "zip":
            if not self._is_workbook():
                raise ImportProblem(_("%s is an archive within an archive. Unpack it first.") % self.name)
            self.form = "workbook"
        elif form == "parquet":
            self.form = "parquet"
        elif form == "old-office":
            raise ImportProblem(
                _(
                    "%s is locked with a password or made by an old Excel (XLS). Save it without a password as "
                    "XLSX or CSV and import that file."
                )
                % self.name
            )
        elif form == "page":
            raise ImportProblem(
                _("%s is a web page or XML, whatever its name says. Save it as XLSX or CSV.") % self.name
            )
        elif form == "json":
            raise ImportProblem(_("%s is JSON. CSV, TSV, XLSX and Parquet can be imported.") % self.name)
        elif form in ("gzip", "other"):
            raise ImportProblem(
                _("%s is not a table. CSV, TSV, XLSX and Parquet can be imported.") % self.name
            )
        else:
            self.wide = wide_encoding(start)
        return None

    def _start(self) -> bytes:
        with self._open() as (stream, _raw):
            return stream.read(START)

    def _is_workbook(self) -> bool:
        with self._opened() as (_handle, opened):
            return is_workbook(opened)

    @contextmanager
    def _opened(self) -> Iterator[tuple[IO[bytes], zipfile.ZipFile]]:
        """The content as an archive, and what it stands in."""
        content = self.local()
        with (
            content.open("rb") if isinstance(content, Path) else nullcontext(content) as handle,
            archive(handle, self.name) as opened,
        ):
            yield handle, opened

    def _enter_archive(self) -> None:
        names = _names_in(self.path)
        if self.part is None:
            if len(names) > 1:
                listed = ", ".join(f"“{shown(name)}”" for name in names[:12])
                raise ImportProblem(
                    _("%(file)s holds several files: %(names)s. Import them one by one.")
                    % {"file": self.path.name, "names": listed}
                )
            (self.part,) = names
        if self.part not in names:
            raise ImportProblem(
                _("%(file)s holds no file “%(name)s”.") % {"file": self.path.name, "name": shown(self.part)}
            )
        self.name = f"{self.path.name}: {shown(self.part)}"
        self.packing = ("zip",)

    def _problem(self, error: BaseException) -> BaseException:
        if isinstance(error, zipfile.BadZipFile):
            return damaged(self.name, error)
        if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
            if "gzip" not in self.packing:
                return damaged(self.name, error)
            return ImportProblem(
                _("%(file)s is a damaged gzip file (%(reason)s). Copy or export it again.")
                % {"file": self.name, "reason": error}
            )
        if isinstance(error, OSError):
            return _unreadable(self.name, error)
        return error


def members_of(path: Path) -> list[str | None]:
    """The files of an archive, or [None] for a file that is none (a workbook, too, is one file).

    Raises ImportProblem where it cannot be read.
    """
    _require_file(path)
    try:
        with path.open("rb") as raw:
            if form_of(raw.read(START)) != "zip":
                return [None]
            with archive(raw, path.name) as opened:
                return [None] if is_workbook(opened) else [*members(opened, path.name)]
    except OSError as error:
        raise _unreadable(path.name, error) from error


def _unreadable(name: str, error: OSError) -> ImportProblem:
    return ImportProblem(
        _("%(file)s cannot be read: %(reason)s.") % {"file": name, "reason": error.strerror or error}
    )


def _names_in(path: Path) -> list[str]:
    with path.open("rb") as raw, archive(raw, path.name) as opened:
        return members(opened, path.name)


def _require_file(path: Path) -> None:
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
            empty = not handle.read(1)
    except FileNotFoundError:
        raise ImportProblem(_("There is no file %s.") % path) from None
    except OSError as error:
        raise _unreadable(name, error) from error
    if empty:
        raise ImportProblem(_("%s is empty.") % name)

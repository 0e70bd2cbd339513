"""Streams that turn what a file holds into the bytes of its text, with limits."""

from __future__ import annotations

import codecs
import gzip
from typing import IO, Protocol

from polku.capture.imports.archives import bomb, too_dense
from polku.capture.imports.forms import Wide

_PIECE = 1024 * 1024


class Stream(Protocol):
    """Bytes read one after the other; seeking goes forward only."""

    def read(self, size: int = -1, /) -> bytes: ...

    def seek(self, offset: int, /) -> int: ...


class Gunzipped:
    """The content of a gzip stream, until it is denser than any table."""

    def __init__(self, packed: IO[bytes], file: str) -> None:
        self._packed = packed
        self._begin = packed.tell()
        self._file = file
        self._gzip = gzip.GzipFile(fileobj=packed)

    def read(self, size: int = -1, /) -> bytes:
        piece = self._gzip.read(size)
        self._check()
        return piece

    def seek(self, offset: int, /) -> int:
        while (ahead := offset - self._gzip.tell()) > 0 and self.read(min(ahead, _PIECE)):
            pass
        return self._gzip.tell()

    def _check(self) -> None:
        if too_dense(self._gzip.tell(), self._packed.tell() - self._begin):
            raise bomb(self._file)


class AsUtf8:
    """UTF-16 as UTF-8, without the mark at its beginning. Half a pair of code units becomes bytes that are no
    UTF-8, so that the row they stand in is rejected and not the file."""

    def __init__(self, wide: Stream, encoding: Wide) -> None:
        self._wide = wide
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
        self._ready = b""
        self._position = 0
        self._begun = False

    def read(self, size: int = -1, /) -> bytes:
        while len(self._ready) < size:
            piece = self._wide.read(max(size - len(self._ready), 64))
            if not piece:
                break
            text = self._decoder.decode(piece)
            if not self._begun and text:
                self._begun, text = True, text.removeprefix("\ufeff")
            self._ready += text.encode("utf-8", "surrogatepass")
        taken, self._ready = self._ready[:size], self._ready[size:]
        self._position += len(taken)
        return taken

    def seek(self, offset: int, /) -> int:
        while (ahead := offset - self._position) > 0 and self.read(min(ahead, _PIECE)):
            pass
        return self._position

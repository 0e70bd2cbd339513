"""What websites load, served at addresses that never change: the tracker's /polku.js and /polku-vitals.js, and the
survey widget, /polku-surveys.js.

They are built by `npm run build` in frontend/ into the package and read once. Where they are not built, the address
answers with a script that says so in the browser's console, which is where whoever installs it looks.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
from pathlib import Path

from polku.site.assets import BUILT

FOLDER = BUILT / "tracker"
PATHS = {"/polku.js": "polku.js", "/polku-vitals.js": "polku-vitals.js"}
SERVED = {path: FOLDER / name for path, name in PATHS.items()} | {
    "/polku-surveys.js": BUILT / "widget" / "polku-surveys.js"
}
_HEADERS = {
    "content-type": "text/javascript; charset=utf-8",
    "x-content-type-options": "nosniff",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
_KEPT = "public, max-age=3600"  # a browser sees a new version within the hour
_NOT_BUILT = (
    b'console.error("Polku: this script is not built on this server. Run `make install` '
    b'(or `npm ci && npm run build` in frontend/).");\n'
)


def find(path: str, *, compressed: bool = True) -> tuple[bytes, dict[str, str]] | None:
    """The file at `path` and its headers (lower-case names), or None for any other path.

    `compressed` gives it in gzip; ask without for a client that does not accept that. The caller answers 304 where
    `if-none-match` holds the `etag`.
    """
    file = SERVED.get(path)
    if file is None:
        return None
    try:
        return _read(file, compressed)
    except OSError:
        return _NOT_BUILT, _HEADERS | {"cache-control": "no-store"}


@functools.cache
def _read(file: Path, compressed: bool) -> tuple[bytes, dict[str, str]]:
    content = file.read_bytes()
    headers = _HEADERS | {"cache-control": _KEPT, "vary": "accept-encoding"}
    tag = hashlib.sha256(content).hexdigest()[:20]
    if not compressed:
        return content, headers | {"etag": f'"{tag}"'}
    packed = gzip.compress(content, compresslevel=9, mtime=0)
    return packed, headers | {"etag": f'"{tag}-gzip"', "content-encoding": "gzip"}


def are_built() -> bool:
    """Whether the tracker's files are in the package."""
    return all((FOLDER / name).is_file() for name in PATHS.values())

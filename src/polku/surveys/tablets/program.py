"""The device's program: its files, and the service worker by which it starts without network."""

from __future__ import annotations

import functools
import hashlib
import json

from django.templatetags.static import static
from django.urls import reverse

from polku.site.assets import BUILT

_FOLDER = BUILT / "tablet"
_FILES = ("tablet.js", "tablet.css")


@functools.cache
def version() -> str:
    """Eight hex digits that follow from the files: another program has another one."""
    content = b"".join((_FOLDER / name).read_bytes() for name in (*_FILES, "worker.js"))
    return hashlib.sha256(content).hexdigest()[:8]


def addresses() -> dict[str, str]:
    """Of the files, by name; each version has its own."""
    return {name: f"{static(f'polku/built/tablet/{name}')}?{version()}" for name in _FILES}


def worker() -> str:
    """The script of the service worker, told what to keep. It is another script where any file is another, so that
    browsers see the change."""
    page = reverse("respond:tablet")
    kept = [page, reverse("respond:tablet_manifest"), static("polku/icon.svg"), *addresses().values()]
    told = json.dumps({"version": version(), "page": page, "files": kept})
    return f"self.polku = {told};\n{(_FOLDER / 'worker.js').read_text(encoding='utf-8')}"


def is_built() -> bool:
    return all((_FOLDER / name).is_file() for name in (*_FILES, "worker.js"))

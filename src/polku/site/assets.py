"""Where the built front end lies: Vite's manifest names each source's hashed file."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

BUILT = Path(__file__).resolve().parent / "static" / "polku" / "built"


@functools.cache
def manifest() -> dict[str, dict[str, object]]:
    """Vite's manifest: source path → {"file": built path, …}.

    Raises ImproperlyConfigured where the front end was not built.
    """
    try:
        return json.loads((BUILT / "manifest.json").read_text(encoding="utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(
            "The front end is not built. Run `make install` (or `npm ci && npm run build` in frontend/)."
        ) from error


def asset_url(source: str) -> str:
    """The address of the built file of `source`, a path below frontend/ such as "site/site.ts"."""
    try:
        return static(f"polku/built/{manifest()[source]['file']}")
    except KeyError:
        raise ImproperlyConfigured(f"frontend/{source} is not an entry of the front end's build.") from None

"""The picture in the README is the product as it is: this test takes it, `make screenshot` puts it in its place."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

pytestmark = pytest.mark.e2e
PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "live-map.png"


def _size(picture: bytes) -> tuple[int, int]:
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


def test_the_readmes_picture_is_of_the_live_map(visitor):
    visitor.sign_in(language="en")
    page = visitor.page
    page.locator("#map-live svg").first.wait_for()
    page.evaluate("document.fonts.ready.then(() => null)")
    taken = page.screenshot()
    assert _size(taken) == (1440, 900)
    if os.environ.get("POLKU_UPDATE_SCREENSHOT") == "1":
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(taken)
    assert _size(PICTURE.read_bytes()) == (1440, 900)
    # An empty or broken page compresses to almost nothing; the map does not.
    assert len(taken) > 60_000
    assert 0.5 < len(PICTURE.read_bytes()) / len(taken) < 2

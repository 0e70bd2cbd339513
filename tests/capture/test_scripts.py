"""The tracker's files: their size, and how they are served."""

from __future__ import annotations

import gzip
import re

import pytest

from polku.capture.front import scripts

BUDGET = 2_560  # bytes of gzip: 2.5 kB


def _built(name: str) -> bytes:
    file = scripts.FOLDER / name
    assert file.is_file(), "the tracker is not built: run `npm run build` in frontend/"
    return file.read_bytes()


def test_the_tracker_keeps_within_its_budget():
    content = _built("polku.js")
    assert content.startswith(b"(function(){")
    assert len(gzip.compress(content, compresslevel=9, mtime=0)) <= BUDGET


def test_the_scripts_ask_no_other_server_and_read_no_fingerprint():
    for name in scripts.PATHS.values():
        content = _built(name).decode()
        assert re.findall(r"https?://", content) == []
        assert (
            re.findall(r"screen\.|languages?\b|hardwareConcurrency|canvas|timezone|cookie\b", content) == []
        )


@pytest.mark.parametrize("path", ["/polku.js", "/polku-vitals.js"])
def test_a_script_is_served_compressed_and_kept_for_an_hour(path):
    found = scripts.find(path)
    assert found is not None
    content, headers = found
    assert gzip.decompress(content) == _built(path.strip("/"))
    tag = headers.pop("etag")
    assert re.fullmatch(r'"[0-9a-f]{20}-gzip"', tag)
    assert headers == {
        "content-type": "text/javascript; charset=utf-8",
        "content-encoding": "gzip",
        "cache-control": "public, max-age=3600",
        "vary": "accept-encoding",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
    }
    plain = scripts.find(path, compressed=False)
    assert plain is not None
    assert plain[0] == gzip.decompress(content)
    assert "content-encoding" not in plain[1]
    assert plain[1]["etag"] != tag


@pytest.mark.parametrize("path", ["/", "/polku.mjs", "/polku.js/", "/../polku.js", "polku.js"])
def test_other_paths_are_nobodys(path):
    assert scripts.find(path) is None


def test_the_library_in_the_vitals_is_named_with_its_licence():
    assert b"With web-vitals, copyright Google LLC, Apache-2.0." in _built("polku-vitals.js")

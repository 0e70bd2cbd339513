"""The widget's file: its size, and what must not be in it."""

from __future__ import annotations

import gzip
import re

from polku.capture.front import scripts

BUDGET = 15 * 1024  # bytes of gzip


def _built() -> bytes:
    file = scripts.SERVED["/polku-surveys.js"]
    assert file.is_file(), "the widget is not built: run `npm run build` in frontend/"
    return file.read_bytes()


def test_the_widget_keeps_within_its_budget():
    content = _built()
    assert content.startswith(b"(function(){")
    assert len(gzip.compress(content, compresslevel=9, mtime=0)) <= BUDGET


def test_it_needs_nothing_that_a_strict_policy_forbids_and_asks_no_other_server():
    content = _built().decode()
    assert (
        re.findall(
            r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write|<style", content
        )
        == []
    )
    assert (
        re.findall(r"document\.cookie|sessionStorage|indexedDB|screen\.|hardwareConcurrency", content) == []
    )
    assert set(re.findall(r"https?://[\w./]+", content)) == {"http://www.w3.org/2000/svg"}


def test_it_is_served_at_its_address_for_an_hour():
    found = scripts.find("/polku-surveys.js")
    assert found is not None
    content, headers = found
    assert gzip.decompress(content) == _built()
    assert headers["cache-control"] == "public, max-age=3600"
    assert headers["access-control-allow-origin"] == "*"

"""Titles of pages: the frame ends each with the program's name, so no page writes it itself."""

from __future__ import annotations

import re
from pathlib import Path

import polku

TEMPLATES = sorted(Path(polku.__file__).parent.glob("*/templates/**/*.html"))


def test_every_page_has_a_title_that_the_frame_ends(client, db):
    frames = {"base.html", "plain.html", "document.html"}
    unnamed, named_twice = [], []
    for path in TEMPLATES:
        text = path.read_text()
        if re.search(r'extends "site/(base|plain|document)\.html"', text) and path.name not in frames:
            titles = re.findall(r"{% block title %}(.*)", text)
            unnamed += [] if titles else [path.name]
            named_twice += [path.name for title in titles if "Polku" in title]
    assert (unnamed, named_twice) == ([], [])
    page = client.get("/accounts/login/", follow=True).content.decode()
    assert re.search(r"<title>[^<]+ · Polku</title>", page)

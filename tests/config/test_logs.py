"""The log tells what was refused, and not the secrets that stood in its address."""

from __future__ import annotations

import io
import logging

import pytest
from django.test import Client

from polku.accounts import domain


@pytest.fixture
def log():
    """What the program's own handler writes."""
    handler = next(each for each in logging.getLogger().handlers if each.name == "stderr")
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)


def test_the_link_of_the_first_owner_is_in_no_log(db, log):
    token = domain.create_owner_link()
    address = f"/first/{token}/"
    assert Client(enforce_csrf_checks=True).post(address).status_code == 403  # it works still
    assert Client().get(f"/first/{token[:-1]}/").status_code == 404
    told = f"/first/{token[:4]}…/"
    assert [line.rpartition(": ")[2] for line in log.getvalue().splitlines()] == [told, told]


def test_what_is_short_is_told_whole(db, log):
    assert Client().get("/w/kauppa/nowhere/12/").status_code == 404
    assert log.getvalue().endswith("Not Found: /w/kauppa/nowhere/12/\n")

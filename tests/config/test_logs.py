"""The log tells what was refused, and not the secrets that stood in its address."""

from __future__ import annotations

import io
import logging

import pytest
from django.db import transaction
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


def _log(fail) -> None:
    try:
        fail()
    except Exception:
        logging.getLogger("polku.jobs").exception("job %s failed", 7)


def _read_a_cell() -> None:
    float("mari@example.com")


def _quoted_on_the_way() -> None:
    try:
        _read_a_cell()
    except ValueError as error:
        raise TypeError("a number was expected") from error


def test_a_fault_tells_where_it_was_and_not_what_it_met(log):
    _log(_read_a_cell)
    told = log.getvalue()
    assert " ERROR polku.jobs job 7 failed\nTraceback (most recent call last):" in told
    assert "in _read_a_cell" in told
    assert told.endswith("ValueError: (not told: it may quote data)\n")
    assert "mari@example.com" not in told.replace('float("mari@example.com")', "")  # the program's own line


def test_a_chain_of_faults_keeps_all_its_places(log):
    _log(_quoted_on_the_way)
    told = log.getvalue()
    assert told.index("in _read_a_cell") < told.index("and then:") < told.rindex("in _quoted_on_the_way")
    assert told.endswith("TypeError: a number was expected\n")


def test_what_a_database_quotes_is_not_told(db, log):
    def insert_twice() -> None:
        for _time in range(2):
            with transaction.atomic():
                domain.create_user(email="mari@example.com")

    _log(insert_twice)
    assert "Traceback" in log.getvalue()
    assert "mari@example.com" not in log.getvalue().replace('email="mari@example.com"', "")

"""Countries from a database file of the owner's: real files made for the test, and files that are no such thing."""

from __future__ import annotations

import pytest
from mmdb_writer import MMDBWriter
from netaddr import IPSet

from polku.capture.enrichment.countries import Countries


@pytest.fixture
def database(tmp_path):
    writer = MMDBWriter(6, ipv4_compatible=True, database_type="Test-Country")
    writer.insert_network(IPSet(["192.0.2.0/24"]), {"country": {"iso_code": "FI"}})
    writer.insert_network(IPSet(["198.51.100.0/24"]), {"registered_country": {"iso_code": "se"}})
    writer.insert_network(IPSet(["2001:db8::/32"]), {"country_code": "NO"})
    writer.insert_network(IPSet(["203.0.113.0/24"]), {"country": "not a code"})
    path = tmp_path / "country.mmdb"
    writer.to_db_file(str(path))
    return path


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("192.0.2.1", "FI"),
        ("198.51.100.9", "SE"),
        ("2001:db8::7", "NO"),
        ("203.0.113.1", ""),
        ("10.0.0.1", ""),
        ("not an address", ""),
        ("", ""),
    ],
)
def test_country_of_an_address(database, address, country):
    countries = Countries(database)
    assert countries.country_of(address) == country
    assert countries.problem() is None
    countries.close()
    assert countries.country_of(address) == ""


def test_without_a_database_there_is_no_country_and_no_problem():
    countries = Countries(None)
    assert (countries.country_of("192.0.2.1"), countries.problem()) == ("", None)


@pytest.mark.parametrize("content", [None, b"", b"this is no database" * 1000])
def test_a_missing_or_broken_file_is_one_sentence_and_no_country(tmp_path, content):
    path = tmp_path / "country.mmdb"
    if content is not None:
        path.write_bytes(content)
    countries = Countries(path)
    assert countries.country_of("192.0.2.1") == ""
    problem = countries.problem()
    assert problem is not None
    assert "POLKU_COUNTRY_DATABASE" in problem
    assert str(path) in problem


def test_a_damaged_database_gives_no_country(database):
    content = bytearray(database.read_bytes())
    content[: len(content) // 2] = b"\xff" * (len(content) // 2)
    database.write_bytes(content)
    assert Countries(database).country_of("192.0.2.1") == ""

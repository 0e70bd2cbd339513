"""Rules for the company's own addresses: what can be written, what is refused, and what they take."""

from __future__ import annotations

import pytest

from polku.capture.enrichment.own_traffic import MOST_RULES, OwnAddresses, parse_rules


def test_rules_are_read_one_a_line_or_by_commas_and_kept_in_their_plain_form():
    text = "192.0.2.7\n 192.0.2.0/24, 2001:DB8::/32 \n\n192.0.2.7/32\n::ffff:198.51.100.0/120\n10.1.2.3/8"
    assert parse_rules(text) == [
        "192.0.2.7",
        "192.0.2.0/24",
        "2001:db8::/32",
        "198.51.100.0/24",
        "10.0.0.0/8",
    ]


@pytest.mark.parametrize(
    "wrong", ["palvelin", "192.0.2.300", "192.0.2.0/33", "1.2.3", "::1/129", "10.0.0.1-9"]
)
def test_what_is_no_address_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match="not an IP address") as raised:
        parse_rules(f"192.0.2.1\n{wrong}")
    assert wrong in str(raised.value)


@pytest.mark.parametrize("everything", ["0.0.0.0/0", "::/0"])
def test_a_rule_for_every_address_is_refused(everything):
    with pytest.raises(ValueError, match="every address"):
        parse_rules(everything)


def test_too_many_rules_are_refused():
    rules = "\n".join(f"10.0.{number // 256}.{number % 256}" for number in range(MOST_RULES + 1))
    with pytest.raises(ValueError, match=str(MOST_RULES)):
        parse_rules(rules)


@pytest.mark.parametrize(
    ("address", "is_own"),
    [
        ("192.0.2.7", True),
        ("192.0.2.8", False),
        ("198.51.100.255", True),
        ("198.51.101.0", False),
        ("::ffff:198.51.100.1", True),
        ("2001:db8:1::1", True),
        ("2001:db9::1", False),
        ("fe80::1%eth0", True),
        ("unix:", False),
        ("", False),
    ],
)
def test_addresses_are_compared_with_the_networks(address, is_own):
    own = OwnAddresses(["192.0.2.7", "198.51.100.0/24", "2001:db8::/32", "fe80::/10", "broken"])
    assert own.holds(address) is is_own


def test_without_rules_nothing_is_own_traffic():
    assert not OwnAddresses([])
    assert OwnAddresses([]).holds("192.0.2.1") is False

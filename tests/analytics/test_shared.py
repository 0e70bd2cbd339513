"""What a group has in common: what is tested, corrected and told."""

from __future__ import annotations

import pytest

from polku.analytics.shared import over_represented
from polku.eventstore.behaviour import PropertyShare
from polku.statistics import benjamini_hochberg, two_proportions


def test_every_value_tested_is_in_the_correction_and_only_the_commoner_ones_are_told():
    shares = [
        PropertyShare("platform", "mobile", 70, 60),
        PropertyShare("platform", "desktop", 30, 140),
        PropertyShare("city", "Oulu", 22, 40),
        PropertyShare("city", "Turku", 3, 2),  # too few have it
        PropertyShare("club", "yes", 100, 199),  # too few have it not
    ]
    got = over_represented(shares, inside=100, outside=200)
    differences = [two_proportions(successes=(row.outside, row.inside), n=(200, 100)) for row in shares[:3]]
    corrected = benjamini_hochberg(p_values=[difference.p or 0.0 for difference in differences])
    assert got.tested == 3
    assert [(row["value"], row["inside_share"], row["outside_share"]) for row in got.rows] == [
        ("mobile", 0.7, 0.3),
        ("Oulu", 0.22, 0.2),
    ]
    assert [row["p_adjusted"] for row in got.rows] == [corrected.adjusted[0], corrected.adjusted[2]]
    assert [row["clear"] for row in got.rows] == [True, False]
    assert got.rows[0]["ci"] == [differences[0].low, differences[0].high]


@pytest.mark.parametrize(("inside", "outside"), [(29, 1000), (1000, 29)])
def test_small_groups_are_not_compared(inside, outside):
    got = over_represented([PropertyShare("a", "b", 20, 20)], inside=inside, outside=outside)
    assert (got.rows, got.tested) == ([], 0)


def test_a_property_told_of_the_signal_and_of_its_order_or_person_counts_once():
    shares = [
        PropertyShare("person.region", "Lappi", 60, 40),
        PropertyShare("region", "Lappi", 60, 40),
        PropertyShare("order.region", "Lappi", 50, 40),
    ]
    got = over_represented(shares, inside=100, outside=100)
    assert [(row["property"], row["inside"]) for row in got.rows] == [("region", 60), ("order.region", 50)]


def test_at_most_twenty_are_told_the_clear_ones_first():
    shares = [PropertyShare("p", str(number), 200 + 4 * number, 200) for number in range(40)]
    got = over_represented(shares, inside=500, outside=500)
    assert (len(got.rows), got.tested) == (20, 40)
    assert [row["value"] for row in got.rows[:2]] == ["39", "38"]
    assert [row["clear"] for row in got.rows] == sorted((row["clear"] for row in got.rows), reverse=True)


def test_nothing_known_is_nothing_shared():
    assert over_represented([], inside=100, outside=100).rows == []

"""Nothing that is shown of an anonymous survey says what few people answered."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.surveys.honesty.suppression import K_DETAILS, K_SCORES, complemented, what_may_be_shown
from tests.examples import examples


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([40, 20, 12], [0, 1, 2]),
        ([40, 20, 4], [0]),  # 4 would be the total less the others: 20 is hidden too
        ([40, 20, 4, 3], [0, 1]),  # two are hidden, seven people together
        ([40, 20, 2, 1], [0]),  # two are hidden, but three people together are few
        ([40, 4], []),
        ([5, 5], [0, 1]),
        ([4, 4], []),
        ([40, 0, 20], [0, 2]),  # nobody is nobody's secret
    ],
)
def test_small_groups_take_the_next_smallest_with_them(sizes, shown):
    assert sorted(complemented(sizes, k=K_SCORES)) == shown


def _groupings(**given_codes):
    return {name: np.array(codes, dtype=np.int32) for name, codes in given_codes.items()}


def test_everybody_is_hidden_below_k_and_shown_from_k_on():
    four, five = _groupings(all=[0] * 4), _groupings(all=[0] * 5)
    assert what_may_be_shown(four, k=K_SCORES).whole is False
    assert what_may_be_shown(five, k=K_SCORES).whole is True
    assert what_may_be_shown(five, k=K_DETAILS).whole is False


def test_groups_of_two_groupings_never_differ_by_a_few_people():
    """Link 0 is everybody who answered in Finnish and three who did not: link less language would be the three."""
    language = [0] * 20 + [1] * 3 + [2] * 10
    link = [0] * 23 + [1] * 10
    alone = what_may_be_shown(_groupings(link=link), k=K_SCORES)
    assert alone.groups == {"link": frozenset({0, 1})}
    both = what_may_be_shown(_groupings(link=link, language=language), k=K_SCORES)
    assert both.groups["link"] == frozenset({0, 1})
    assert both.groups["language"] == frozenset()


def test_details_are_shown_only_of_what_shows_its_score():
    codes = _groupings(link=[0] * 30 + [1] * 12 + [2] * 6 + [3] * 4)
    scores = what_may_be_shown(codes, k=K_SCORES)
    details = what_may_be_shown(codes, k=K_DETAILS, within=scores)
    assert scores.groups == {"link": frozenset({0, 1})}
    assert details.groups == {"link": frozenset({0, 1})}
    few = what_may_be_shown(codes, k=K_DETAILS, within=what_may_be_shown(_groupings(link=[0] * 4), k=5))
    assert few.whole is False


def test_only_answers_that_count_are_counted():
    codes = _groupings(link=[0] * 10 + [1] * 10)
    of = np.array([True] * 10 + [False] * 7 + [True] * 3)
    assert what_may_be_shown(codes, k=K_SCORES, of=of).groups == {"link": frozenset()}


@st.composite
def crossed(draw):
    n = draw(st.integers(1, 60))
    names = ["month", "link", "language", "field"][: draw(st.integers(1, 4))]
    kinds = {name: draw(st.integers(1, 5)) for name in names}
    seed = draw(st.integers(0, 2**32 - 1))
    random = np.random.default_rng(seed)
    alike = draw(st.booleans())  # groupings that nearly say the same are the dangerous ones
    first = random.integers(0, kinds[names[0]], n)
    made = {}
    for name in names:
        other = random.integers(0, kinds[name], n)
        made[name] = np.where(random.random(n) < 0.85, first, other) if alike else other
    return {name: codes.astype(np.int32) for name, codes in made.items()}


@settings(max_examples=examples(250), deadline=None)
@given(crossed(), st.sampled_from([K_SCORES, K_DETAILS]))
def test_no_small_group_can_be_computed_from_what_is_shown(codes, k):
    """Said by the rank of matrices, person by person, and not as the program works it out: a figure of a few people
    can be computed where their row follows from the rows that are shown."""
    n = len(next(iter(codes.values())))
    shown = what_may_be_shown(codes, k=k)
    assert shown.whole is (n >= k)
    if not shown.whole:
        assert not any(shown.groups.values())
        return
    rows = [np.ones(n)]
    rows += [
        (codes[name] == group).astype(float) for name, groups in shown.groups.items() for group in groups
    ]
    assert all(row.sum() >= k for row in rows)
    known = np.linalg.matrix_rank(np.stack(rows))
    secrets = [codes[name] == group for name in codes for group in np.unique(codes[name])]
    secrets += [
        (codes[one] == a) & (codes[other] == b)
        for one, other in combinations(codes, 2)
        for a in np.unique(codes[one])
        for b in np.unique(codes[other])
    ]
    for secret in secrets:
        if 0 < secret.sum() < k:
            assert np.linalg.matrix_rank(np.stack([*rows, secret.astype(float)])) == known + 1


@settings(max_examples=examples(100), deadline=None)
@given(crossed())
def test_what_is_hidden_of_one_grouping_is_never_a_few_people(codes):
    shown = what_may_be_shown(codes, k=K_SCORES)
    for name, groups in shown.groups.items():
        hidden = ~np.isin(codes[name], list(groups))
        if shown.whole:
            assert hidden.sum() == 0 or hidden.sum() >= K_SCORES


@settings(max_examples=examples(100), deadline=None)
@given(crossed())
def test_details_never_show_more_than_scores(codes):
    scores = what_may_be_shown(codes, k=K_SCORES)
    details = what_may_be_shown(codes, k=K_DETAILS, within=scores)
    assert all(details.groups[name] <= scores.groups[name] for name in codes)

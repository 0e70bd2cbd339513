"""How much of the past a simulation goes through, and that it says so where that is not all."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from polku.eventstore.port import StoreError
from polku.surveys.models import Moment
from polku.surveys.moments.simulating import simulate_moment
from tests.surveys.moments.shop import DELIVERED, arrive, open_survey

pytestmark = pytest.mark.django_db
NEWEST = datetime(2026, 3, 15, 12)  # a Sunday


def test_what_is_too_much_is_cut_and_never_told_as_nothing(store, shop):
    """One a day: 31 of them before the four weeks and the week under way, because they may keep people from being
    asked."""
    arrive(
        store,
        shop,
        *({"person": f"p{n}@example.com", "time": NEWEST - timedelta(days=n)} for n in range(100)),
    )
    moment = Moment(workspace=shop, survey=open_survey(shop), trigger=DELIVERED, hours_from=0, hours_to=24)
    whole = simulate_moment(shop, moment, weeks=4)
    assert (whole.triggered, whole.is_cut) == (35, False)
    cut = simulate_moment(shop, moment, weeks=4, most=50)
    assert cut.is_cut
    assert 0 < cut.triggered < 35
    assert cut.first < cut.last < whole.last
    with pytest.raises(StoreError, match=r"rarer|harvinaisempi"):
        simulate_moment(shop, moment, weeks=4, most=20)

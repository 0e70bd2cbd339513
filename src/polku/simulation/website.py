"""What a shop's website tells with every visit: where it came from, how fast its first page was, what a search found.

None of it decides anything in the world: nobody leaves because a page was slow or a search found nothing.
"""

from __future__ import annotations

import numpy as np

from polku.simulation.population import Flags, Numbers, Texts
from polku.simulation.shopping import DIRECT
from polku.simulation.streams import stream

DIRECTLY = '"traffic_channel":"Direct"'
FROM_TRACKING = '"traffic_channel":"Email","traffic_source":"seurantaviesti","traffic_medium":"email"'
FROM_MONTHLY = '"traffic_channel":"Email","traffic_source":"kuukausi","traffic_medium":"email"'
# As the front door would say of the landing pages' addresses; by source as in `shopping`, then the campaign's.
_TRAFFIC = np.array(
    [
        '"traffic_channel":"Paid Search","traffic_source":"Google","traffic_medium":"cpc",'
        '"traffic_campaign":"retkeily"',
        '"traffic_channel":"Organic Search","traffic_source":"Google","traffic_medium":"organic"',
        '"traffic_channel":"Organic Social","traffic_source":"Instagram","traffic_medium":"social"',
        '"traffic_channel":"Email","traffic_source":"uutiskirje","traffic_medium":"email"',
        DIRECTLY,
        '"traffic_channel":"Paid Social","traffic_source":"Instagram","traffic_medium":"paid_social",'
        '"traffic_campaign":"kaamoksen-yo"',
    ],
    dtype=object,
)
_CAMPAIGN = len(_TRAFFIC) - 1
_MEDIAN_LOAD = np.array([2_100, 1_250, 1_750])
"""Milliseconds, by device."""


def traffic(source: Numbers, campaign: Flags, is_first: Flags) -> Texts:
    """JSON members that say where a visit came from; who comes back comes directly."""
    told: Texts = _TRAFFIC[np.where(is_first, np.where(campaign, _CAMPAIGN, source), DIRECT)]
    return told


def load_times(seed: int, trips: int, at: Numbers, device: Numbers, *, number: int) -> Texts:
    """A JSON member with the milliseconds that the first page of these trips' visit `number` took to load."""
    drawn = stream(seed, f"load times of visit {number}").normal(0, 0.45, trips)[at]
    tens = np.round(_MEDIAN_LOAD[device] * np.exp(drawn) / 10).astype(int)
    return np.array([f'"load_time":"{10 * each}"' for each in tens.tolist()], dtype=object)

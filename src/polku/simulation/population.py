"""The people: where they live, what they browse with, whether they are members, and the ids they are known by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from polku.simulation.catalogue import NORTH, PLACES, STORE_REGIONS

Texts = NDArray[np.object_]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Identity(IntEnum):
    """By which of a person's ids a signal comes."""

    CUSTOMER = 0
    PHONE = 1  # the cookies of their devices
    COMPUTER = 2
    TABLET = 3
    EMAIL = 4
    CARD = 5


DEVICES = np.array(["puhelin", "tietokone", "tabletti"], dtype=object)
_DEVICE_TYPES = ("phone", "computer", "tablet")  # as the front door calls them
PHONE, COMPUTER, TABLET = 0, 1, 2
BROWSERS = np.array(["Safari", "Chrome", "Edge", "Firefox", "Samsung Internet"], dtype=object)
SAFARI = 0
REGIONS = np.array(sorted({place.region for place in PLACES}), dtype=object)
LANGUAGES = np.array(["fi", "sv", "en"], dtype=object)
WEB_CHANNEL = np.array(["mobile", "web", "mobile"], dtype=object)
_ABOUT = np.array(
    [
        [
            [
                f'"device":"{device}","device_type":"{device_type}","browser":"{browser}","region":"{region}"'
                for region in REGIONS
            ]
            for browser in BROWSERS
        ]
        for device, device_type in zip(DEVICES, _DEVICE_TYPES, strict=True)
    ],
    dtype=object,
)


@dataclass(frozen=True)
class Population:
    """One element a person; `browser` is (people, 3) by device as in `DEVICES`."""

    place: Numbers
    region: Numbers
    north: Flags
    store: Numbers  # within reach: its number, or −1
    device: Numbers  # what they mostly use
    has_computer: Flags
    browser: Numbers
    language: Numbers
    returning: Flags
    member: Flags
    account: Flags
    signs_in: Flags  # (people, 3): has signed in on this device, so that its cookie is joined
    handles: Numbers  # (people, 6): numbers to make ids of

    def __len__(self) -> int:
        return len(self.place)

    def about(self, person: Numbers, device: Numbers) -> Texts:
        """JSON members that say what a signal from the web shop came from."""
        return _ABOUT[device, self.browser[person, device], self.region[person]]

    def on_iphone_safari(self, person: Numbers, device: Numbers) -> Flags:
        safari: Flags = (device == PHONE) & (self.browser[person, PHONE] == SAFARI)
        return safari

    def ids(self, person: Numbers, identity: Numbers) -> Texts:
        """The texts of ids, for example `K-204417`, `ck-8f03…`, `asiakas204417@example.com`, `KR-6104204417`."""
        made = np.empty(len(person), dtype=object)
        customer = self.handles[person, Identity.CUSTOMER]
        cookie = self.handles[person, identity.clip(0, 3)]
        for at, (which, number, token) in enumerate(
            zip(identity.tolist(), customer.tolist(), cookie.tolist(), strict=True)
        ):
            if which == Identity.CUSTOMER:
                made[at] = f"K-{number}"
            elif which == Identity.EMAIL:
                made[at] = f"asiakas{number}@example.com"
            elif which == Identity.CARD:
                made[at] = f"KR-6104{number}"
            else:
                made[at] = f"ck-{token:014x}"
        return made


def _browsers(rng: np.random.Generator, shares: list[float], count: int) -> Numbers:
    return rng.choice(len(BROWSERS), count, p=shares)


def populate(rng: np.random.Generator, count: int, *, newcomers: int) -> Population:
    """`count` people of whom the last `newcomers` came by an Instagram campaign: on the phone, unknown to us."""
    weights = np.array([place.weight for place in PLACES])
    place = rng.choice(len(PLACES), count, p=weights / weights.sum())
    region = np.searchsorted(REGIONS.astype(str), [place_.region for place_ in PLACES])[place]
    iphone = rng.random(count) < 0.5
    phone = np.where(
        iphone,
        _browsers(rng, [0.9, 0.1, 0, 0, 0], count),
        _browsers(rng, [0, 0.76, 0, 0.05, 0.19], count),
    )
    computer = _browsers(rng, [0.14, 0.55, 0.2, 0.11, 0], count)
    tablet = _browsers(rng, [0.6, 0.4, 0, 0, 0], count)
    new = np.arange(count) >= count - newcomers
    returning = (rng.random(count) < 0.42) & ~new
    member = returning & (rng.random(count) < 0.5)
    swedish = np.array([place_.swedish_share for place_ in PLACES])[place]
    tongue = rng.random(count)
    language = np.where(tongue < swedish, 1, np.where(tongue > 0.96, 2, 0))
    device = np.where(new, 0, rng.choice(3, count, p=[0.6, 0.32, 0.08]))
    has_computer = (device == 1) | (rng.random(count) < 0.62)
    signs_in = rng.random((count, 3)) < 0.88
    handles = np.empty((count, 6), dtype=np.int64)
    handles[:, 0] = 200_000 + rng.permutation(6 * count)[:count]
    handles[:, 1:] = rng.integers(2**52, 2**56, (count, 5))
    return Population(
        place=place,
        region=region,
        north=np.isin(REGIONS[region], NORTH),
        store=np.array([STORE_REGIONS.get(name, -1) for name in REGIONS[region]]),
        device=device,
        has_computer=has_computer,
        browser=np.stack([phone, computer, tablet], axis=1),
        language=language,
        returning=returning,
        member=member,
        account=member | (returning & (rng.random(count) < 0.6)),
        signs_in=signs_in,
        handles=handles,
    )

"""The register of people: who is known by which ids, and what the shop knows about them."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from polku.simulation.catalogue import PLACES
from polku.simulation.population import DEVICES, LANGUAGES, REGIONS, Flags, Identity, Population
from polku.simulation.schema import PEOPLE


def people_table(people: Population, joined: Flags, shown: dict[str, NDArray[Any]]) -> pa.Table:
    """Customers with the ids joined to them, then the visitors known by one cookie only.

    `joined` is (people, 6) by identity; `shown` are the signals' columns: only ids that occur are listed.
    """
    here = shown["person"] >= 0
    code = np.unique(shown["person"][here] * 8 + shown["identity"][here])
    person, identity = code // 8, code % 8
    texts = people.ids(person, identity)
    is_joined = joined[person, identity]
    customers = np.unique(person[is_joined])
    numbers = people.ids(customers, np.full(len(customers), Identity.CUSTOMER))

    aliases: dict[int, list[str]] = {}
    for owner, text in zip(person[is_joined].tolist(), texts[is_joined].tolist(), strict=True):
        if not text.startswith("K-"):
            aliases.setdefault(owner, []).append(text)
    strangers = np.flatnonzero(~is_joined)
    return pa.table(
        [
            pa.array([*numbers, *texts[strangers]], type=pa.string()),
            pa.array(
                [*(aliases.get(owner, []) for owner in customers.tolist()), *([] for _ in strangers)],
                type=pa.list_(pa.string()),
            ),
            pa.array(
                [
                    *(_customer(people, owner) for owner in customers.tolist()),
                    *(
                        _visitor(people, *pair)
                        for pair in zip(person[strangers].tolist(), identity[strangers].tolist(), strict=True)
                    ),
                ],
                type=pa.string(),
            ),
        ],
        schema=PEOPLE,
    )


def _customer(people: Population, person: int) -> str:
    return json.dumps(
        {
            "customer": "palaava" if people.returning[person] else "uusi",
            "loyalty": "true" if people.member[person] else "false",
            "device": DEVICES[people.device[person]],
            "region": REGIONS[people.region[person]],
            "city": PLACES[people.place[person]].name,
            "language": LANGUAGES[people.language[person]],
        },
        ensure_ascii=False,
    )


def _visitor(people: Population, person: int, identity: int) -> str:
    """What a cookie tells: less than an account does."""
    return json.dumps(
        {
            "customer": "palaava" if people.returning[person] else "uusi",
            "loyalty": "false",
            "device": DEVICES[max(identity - 1, 0)],
            "region": REGIONS[people.region[person]],
            "language": LANGUAGES[people.language[person]],
        },
        ensure_ascii=False,
    )

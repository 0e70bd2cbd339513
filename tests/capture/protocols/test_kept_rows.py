"""What is kept of a message that cannot be taken holds no IP address and no password."""

from __future__ import annotations

import pytest

from polku.capture.protocols import Request, find
from tests.capture.protocols.requests import RECEIVED, get, post


def kept(request: Request) -> list[str]:
    protocol = find(request.method, request.path)
    assert protocol is not None
    return [row.raw for row in protocol.decode(request).rejected]


@pytest.mark.parametrize("address", ["203.0.113.9", "2001:db8::9"])
def test_the_address_that_a_library_adds_is_left_out(address: str):
    event = '{"type":"track","userId":"u","context":{"ip" : "%s","page":{"url":"https://a.fi/ip"}}}'
    body = ('{"batch":[' + event % address + "]}").encode()
    assert kept(post("/v1/batch", body)) == [event % ""]


@pytest.mark.parametrize(
    ("query", "raw"),
    [
        ("idsite=pk_1&rec=0&cip=203.0.113.9&token_auth=secret&url=a", "idsite=pk_1&rec=0&url=a"),
        ("cip=203.0.113.9&rec=0", "rec=0"),
        ("rec=0&url=cip", "rec=0&url=cip"),
    ],
)
def test_the_address_and_the_token_of_a_hit_are_left_out(query: str, raw: str):
    assert kept(get("/matomo.php", query)) == [raw]


def test_the_address_and_the_token_of_a_hit_in_bulk_are_left_out():
    hits = ["?rec=0&cip=203.0.113.9", {"rec": 0, "cip": "203.0.113.9", "token_auth": "secret"}]
    assert kept(post("/matomo.php", {"requests": hits, "received": RECEIVED})) == ["rec=0", '{"rec":0}']

"""Seen from the system calls: no 2xx leaves the server before the data it stands for has been made safe."""

from __future__ import annotations

import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.lacking import lacking
from tests.robustness.sending import Crowd
from tests.robustness.shop import Shop

pytestmark = pytest.mark.robustness
CALLS = "fsync,fdatasync,write,writev,pwrite64,pwritev,pwritev2,read,recvfrom,recvmsg,sendto,sendmsg"
NUMBER = re.compile(rb"traced-\d+-\d+")

# 1234 5.678901 pwrite64(12</home/inbox/1.db-wal>, "…"..., 4096, 0) = 4096 <0.000021>
_CALL = re.compile(rb"(\d+) +(\d+\.\d+) (\w+)\((\d+)<(.*?)> *[,)](.*) = (-?\d+).* <(\d+\.\d+)>$")


@dataclass(frozen=True)
class Call:
    name: str
    target: bytes  # path of the file, or name of the socket
    content: bytes
    result: int
    begun: float
    ended: float


def _calls(trace: Path) -> list[Call]:
    """Every call in the order of its beginning; those that other threads interrupted are put together."""
    unfinished: dict[bytes, bytes] = {}
    found = []
    for line in trace.read_bytes().splitlines():
        thread = line.split(None, 1)[0]
        if line.endswith(b"<unfinished ...>"):
            unfinished[thread] = line.removesuffix(b"<unfinished ...>")
            continue
        resumed = re.match(rb"\d+ +\d+\.\d+ <\.\.\. \w+ resumed>(.*)", line)
        if resumed:
            line = unfinished.pop(thread, b"") + resumed.group(1)
        match = _CALL.match(line)
        if match:
            _thread, moment, name, _number, target, content, result, length = match.groups()
            begun = float(moment)
            found.append(Call(name.decode(), target, content, int(result), begun, begun + float(length)))
    return sorted(found, key=lambda call: call.begun)


def test_no_acknowledgement_before_its_data_is_safe(shop: Shop, tmp_path: Path):
    strace = shutil.which("strace")
    if strace is None:
        lacking("strace (`make system` installs it)")
    trace = tmp_path / "trace"
    shop.start(
        under=[str(strace), "-D", "-f", "-qq", "-yy", "-ttt", "-T", "-s", "16384"]
        + ["-e", f"trace={CALLS}", "-e", "signal=none", "-o", str(trace)]
    )
    with Crowd(shop.port, shop.write_key, connections=4, batch=1, repeats=0, name="traced") as crowd:
        while len(crowd.acknowledged) < 200:
            assert set(crowd.answers) <= {200}
            time.sleep(0.05)
    assert shop.stop() == 0

    calls = _calls(trace)
    asked: dict[bytes, tuple[bytes, float]] = {}  # number → connection, when it was read
    written: dict[bytes, tuple[bytes, float]] = {}  # number → file, when its last byte was written
    for call in calls:
        numbers = set(NUMBER.findall(call.content))
        for number in numbers:
            if call.target.startswith(b"TCP") and call.name in {"read", "recvfrom", "recvmsg"}:
                asked.setdefault(number, (call.target, call.ended))
            elif b"/inbox/" in call.target and "write" in call.name and number not in written:
                written[number] = (call.target, call.ended)
    synced: dict[bytes, list[Call]] = {}
    for call in calls:
        if call.name in {"fsync", "fdatasync"} and call.result == 0:
            synced.setdefault(call.target, []).append(call)
    answered: dict[bytes, list[float]] = {}
    for call in calls:
        if call.target.startswith(b"TCP") and b'"HTTP/1.1 200' in call.content:
            answered.setdefault(call.target, []).append(call.begun)

    acknowledged = {number.encode() for number in crowd.acknowledged}
    assert acknowledged <= asked.keys()
    early = []
    for number in acknowledged:
        connection, read = asked[number]
        answer = min(moment for moment in answered[connection] if moment > read)
        file, end = written.get(number, (b"", float("inf")))
        safe = min((sync.ended for sync in synced.get(file, []) if sync.begun >= end), default=float("inf"))
        if answer < safe:
            early.append((number, read, end, safe, answer))
    assert early == [], (
        f"{len(early)} of {len(acknowledged)} acknowledgements left before their data was safe"
    )

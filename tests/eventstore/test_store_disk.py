"""A disk that is full or fails: what was written stays, nothing is half written, and all goes on when it is well."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lacking import lacking

pytestmark = pytest.mark.contract

# In a process of its own: a limit on the size of files makes writing fail as a full disk does, and needs no root.
FULL = """
import pathlib, resource, sys, uuid
import django; django.setup()
from polku.eventstore.duckdb.store import DuckDBStore
from polku.eventstore.port import StoreError
from polku.eventstore.streams import InboxPlace
from tests.eventstore.streaming import stream_batch
KEYS = ["a" * 32, "b" * 32]
store = DuckDBStore(pathlib.Path(sys.argv[1]))
for key in KEYS:
    store.create(key)
def load(key, number):
    events = [{"id": uuid.uuid4(), "device": uuid.uuid4().hex, "properties": '{"a": "%s"}' % uuid.uuid4()}
              for _each in range(1000)]
    store.load_stream(key, stream_batch(events, place=InboxPlace(1, number)), rules=[])
"""
FULL_DISK = (
    FULL
    + """
resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, resource.RLIM_INFINITY))
taken = 0
refused = 0
while refused < 3:
    try:
        load(KEYS[0], taken + 1)
        taken += 1
    except StoreError:
        refused += 1
        assert store.state(KEYS[0]).signals == 1000 * taken, "what was there can be read meanwhile"
        assert store.inbox_place(KEYS[0]) == InboxPlace(1, taken)
assert taken > 0
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
for _each in range(5):
    taken += 1
    load(KEYS[0], taken)
load(KEYS[1], 1)
assert store.state(KEYS[0]).signals == 1000 * taken
store.close()
store = DuckDBStore(pathlib.Path(sys.argv[1]))
assert [store.state(key).signals for key in KEYS] == [1000 * taken, 1000]
assert store.inbox_place(KEYS[0]) == InboxPlace(1, taken)
store.close()
print("whole")
"""
)

# fsync and fdatasync fail while the file named by the environment exists.
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
static int fails(void) { const char *flag = getenv("FAILING"); return flag && access(flag, F_OK) == 0; }
int fsync(int fd) {
    if (fails()) { errno = EIO; return -1; }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
int fdatasync(int fd) {
    if (fails()) { errno = EIO; return -1; }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}
"""
FAILING_DISK = (
    FULL
    + """
import os
flag = pathlib.Path(os.environ["FAILING"])
load(KEYS[0], 1)
load(KEYS[1], 1)
flag.touch()
for key in (*KEYS, *KEYS):
    try:
        load(key, 2)
    except StoreError:
        continue
    raise AssertionError("a write was taken that is not on the disk")
assert [store.state(key).signals for key in KEYS] == [1000, 1000]
flag.unlink()
for key in KEYS:
    load(key, 2)
assert [store.state(key).signals for key in KEYS] == [2000, 2000]
store.close()
store = DuckDBStore(pathlib.Path(sys.argv[1]))
assert [(store.state(key).signals, store.inbox_place(key)) for key in KEYS] == [(2000, InboxPlace(1, 2))] * 2
store.close()
print("whole")
"""
)


def run(code: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=Path(__file__).parents[2],
        env=os.environ | environment,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_full_disk_harms_nothing_and_loading_goes_on_when_there_is_room(tmp_path):
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    assert run(FULL_DISK, tmp_path / "events") == "whole"


def test_a_disk_that_cannot_sync_takes_nothing_and_loading_goes_on_when_it_can(tmp_path):
    if shutil.which("gcc") is None:
        lacking("a C compiler (`make system` installs gcc)")
    (tmp_path / "shim.c").write_text(SHIM)
    shim = tmp_path / "shim.so"
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", shim, tmp_path / "shim.c", "-ldl"], check=True)
    flag = tmp_path / "failing"
    assert run(FAILING_DISK, tmp_path / "events", LD_PRELOAD=str(shim), FAILING=str(flag)) == "whole"

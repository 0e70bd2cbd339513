"""A shop's server, and ways to spoil the machine under it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.homes import NewHome
from tests.lacking import lacking
from tests.robustness.shop import Shop


@pytest.fixture
def shop(tmp_path: Path, new_home: NewHome) -> Iterator[Shop]:
    """Its workspace is there; its server is not started."""
    made = Shop(new_home(tmp_path / "home"))
    made.open()
    yield made
    if made.server is not None:
        made.kill()


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes the library of a C file beside this one, to be loaded into a process."""

    def make(source: str) -> Path:
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            lacking("a C compiler (`make system` installs gcc)")
        path = Path(__file__).with_name(source)
        library = tmp_path_factory.mktemp("faults") / f"{path.stem}.so"
        subprocess.run(
            [str(compiler), "-O2", "-shared", "-fPIC", "-o", str(library), str(path), "-ldl", "-lpthread"],
            check=True,
        )
        return library

    return make


@pytest.fixture(scope="session")
def faults(compiled: Callable[[str], Path]) -> Path:
    """The library of faults.c, to be loaded into a server."""
    return compiled("faults.c")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 96 MiB in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        lacking("the right to mount a small file system (root)")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)

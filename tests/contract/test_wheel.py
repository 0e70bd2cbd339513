"""The built wheel runs where Node is not installed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy of the sources alone, as a release is: nothing built is there yet."""
    folder, copy = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("copy")
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.run(
        listed, cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(copy)],
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A new virtual environment with the wheel and its locked requirements, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("clean") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(ROOT / "requirements.lock")], check=True, timeout=300)
    subprocess.run([*pip, "--no-deps", str(wheel)], check=True)
    return folder / "bin"


def test_the_wheel_holds_the_built_front_end_translations_templates_and_licence(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("site/static/polku/built/manifest.json") for name in names)
    for script in ("polku.js", "polku-vitals.js"):
        assert any(name.endswith(f"site/static/polku/built/tracker/{script}") for name in names)
    assert any(name.endswith(".woff2") for name in names)
    assert any(name.endswith("journeys/locale/fi/LC_MESSAGES/django.mo") for name in names)
    assert any(name.endswith("site/templates/site/base.html") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("node_modules" in name or name.startswith(("tests/", "frontend/")) for name in names)


def test_the_installed_wheel_serves_the_demo_without_node(installed, tmp_path):
    path = os.pathsep.join([str(installed), "/usr/sbin", "/sbin"])
    assert shutil.which("node", path=path) is None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [
            str(installed / "polku"),
            "--home",
            str(tmp_path / "home"),
            "demo",
            "--no-browser",
            "--port",
            str(port),
        ],
        cwd=tmp_path,
        env={"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"},
    )
    try:
        address = f"http://localhost:{port}"
        deadline = time.monotonic() + 90
        while True:
            try:
                page = urllib.request.urlopen(address, timeout=5).read().decode()
                break
            except (urllib.error.URLError, OSError):
                assert server.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server was not ready in time"
                time.sleep(0.1)
        assets = re.findall(r'(?:href|src)="(/static/polku/built/[^"]+)"', page)
        assert assets
        for asset in assets:
            assert urllib.request.urlopen(address + asset, timeout=5).status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0

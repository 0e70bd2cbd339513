"""The files for a server fit the program and each other, as far as that shows without a container engine."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.lacking import lacking

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
SETTINGS = set(
    re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/reference/settings.md").read_text(), flags=re.MULTILINE)
)


@pytest.fixture(scope="module")
def compose() -> dict:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def named(text: str) -> set[str]:
    """Names of settings that are given a value; the other two are compose.yaml's own."""
    return set(re.findall(r"\b(POLKU_[A-Z_]+|DATABASE_URL)[=:]", text)) - {"POLKU_DOMAIN", "POLKU_BACKUPS"}


def test_only_settings_that_there_are_are_set():
    for name in ("compose.yaml", "Dockerfile", "polku.service", "settings.example.env"):
        text = (DEPLOY / name).read_text()
        assert named(text) <= SETTINGS, name
    assert named((DEPLOY / "compose.yaml").read_text()) == {
        "POLKU_HOSTS",
        "POLKU_HTTPS",
        "POLKU_PROXIES",
        "POLKU_BACKUP_FOLDER",
    }


def test_what_compose_names_is_there(compose):
    polku, caddy = compose["services"]["polku"], compose["services"]["caddy"]
    assert (
        DEPLOY / polku["build"]["context"] / polku["build"]["dockerfile"]
    ).resolve() == DEPLOY / "Dockerfile"
    assert polku["env_file"] == "settings.env"
    used = {volume.split(":")[0] for service in (polku, caddy) for volume in service["volumes"]}
    assert {name for name in used if not name.startswith((".", "$"))} == set(compose["volumes"])
    assert "./Caddyfile" in used
    (subnet,) = compose["networks"]["inside"]["ipam"]["config"]
    assert polku["environment"]["POLKU_PROXIES"] == subnet["subnet"]
    assert "ports" not in polku, "only the proxy is reached from outside"


def test_the_image_and_the_unit_start_what_there_is():
    from polku.cli.commands import polku

    dockerfile, unit = (DEPLOY / "Dockerfile").read_text(), (DEPLOY / "polku.service").read_text()
    arguments = re.search(r'^CMD \["(.*)"\]$', dockerfile, flags=re.MULTILINE)[1].split('", "')
    started = re.search(r"^ExecStart=/opt/polku/bin/polku (.*)$", unit, flags=re.MULTILINE)[1].split()
    for name, *rest in (arguments, started):
        polku.commands[name].make_context(name, rest)  # raises for an option that there is not
    assert 'ENTRYPOINT ["polku"]' in dockerfile
    assert "reverse_proxy {$POLKU_UPSTREAM:polku:8000}" in (DEPLOY / "Caddyfile").read_text()


def test_scripts_and_the_unit_are_well_formed(tmp_path):
    subprocess.run(["sh", "-n", str(DEPLOY / "upgrade.sh")], check=True)
    assert (DEPLOY / "upgrade.sh").stat().st_mode & 0o111
    if shutil.which("systemd-analyze") is None:
        lacking("systemd-analyze (package systemd)")
    # Its program need not be on this machine.
    unit = tmp_path / "polku.service"
    unit.write_text((DEPLOY / "polku.service").read_text().replace("/opt/polku/bin/polku", "/bin/true"))
    done = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")

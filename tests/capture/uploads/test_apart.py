"""The process apart: bounded in time and memory, ended with its parent, and never heard of as a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.utils import translation

from polku.capture.imports import ImportProblem
from polku.capture.imports.apart import Limits, ReadingFailed, run_apart

pytestmark = pytest.mark.contract

_PARENT = """
import os
import django
django.setup()
from polku.capture.imports.apart import run_apart
run_apart("inspect", {"file": %r, "timezone": "UTC", "remembered": {}}, progress=print)
"""


def request(path: Path) -> dict:
    return {"file": str(path), "timezone": "Europe/Helsinki", "remembered": {}}


@pytest.fixture
def file(tmp_path) -> Path:
    path = tmp_path / "tapahtumat.csv"
    rows = "".join(f"a{n},Osto,2024-03-{n % 28 + 1:02} 12:00\n" for n in range(20_000))
    path.write_text("asiakas,tapahtuma,aika\n" + rows, encoding="utf-8")
    return path


def test_a_task_is_done_elsewhere_and_answers_in_the_readers_language(file, tmp_path):
    found = run_apart("inspect", request(file))["inspections"]
    assert [column["name"] for column in found[0]["columns"]] == ["asiakas", "tapahtuma", "aika"]
    (tmp_path / "tyhja.csv").touch()
    for language, text in (("fi", "tyhja.csv on tyhjä."), ("en", "tyhja.csv is empty.")):
        with translation.override(language), pytest.raises(ImportProblem, match=text):
            run_apart("inspect", request(tmp_path / "tyhja.csv"))


def test_time_and_memory_have_an_end(file):
    begun = time.monotonic()
    with pytest.raises(ReadingFailed):
        run_apart("inspect", request(file), limits=Limits(seconds=0))
    with pytest.raises(ImportProblem):
        run_apart("inspect", request(file), limits=Limits(memory=60_000_000))
    assert time.monotonic() - begun < 10


def test_it_ends_when_it_is_told_to_which_is_no_fault(file, caplog):
    with pytest.raises(ReadingFailed):
        run_apart("inspect", request(file), stopping=lambda: True)
    assert caplog.text == ""


def test_a_fault_of_the_program_is_logged_without_what_the_file_says(file, caplog):
    with pytest.raises(ReadingFailed):
        run_apart("stage", {"mapping": {"kind": "salaisuus"}, "file": str(file)})
    assert "KeyError in mapping_json.py" in caplog.text
    assert "salaisuus" not in caplog.text


def test_it_does_not_outlive_whoever_started_it(tmp_path):
    pipe = tmp_path / "tapahtumat.csv"
    rows = "".join(f"a{n},Osto,2024-03-{n % 28 + 1:02} 12:00\n" for n in range(300_000))
    pipe.write_text("asiakas,tapahtuma,aika\n" + rows, encoding="utf-8")
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "polku.config.settings"}
    with subprocess.Popen([sys.executable, "-c", _PARENT % str(pipe)], env=environment) as parent:
        child = _child_of(parent.pid)
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not _lives(child)


def _child_of(pid: int) -> int:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        if listed:
            return int(listed[0])
        time.sleep(0.01)
    raise AssertionError("no child was started")


def _lives(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except FileNotFoundError:
        return False

"""The tutorial's commands, run as they stand on the page, give the numbers that the page promises."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.contract
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def outputs(real_data, tmp_path_factory) -> list[str]:
    """What each block of the page printed, in order."""
    page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 9
    script = "set -euo pipefail\n" + "\necho ===\n".join(blocks)
    environment = os.environ | {
        "OLIST": str(real_data / "olist"),
        "POLKU_HOME": str(tmp_path_factory.mktemp("home")),
        "POLKU_LANGUAGE": "en",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = done.stdout.split("===\n")
    environment_query = {"kind": "journey", "journey": 1}
    made.append(
        subprocess.run(
            [sys.executable, "-m", "polku.cli", "query", "--workspace", "olist-tutorial"],
            env=environment, input=json.dumps(environment_query), capture_output=True, text=True, check=True,
        ).stdout
    )  # fmt: skip
    return made


def test_the_funnel_is_the_promised_one(outputs):
    assert [step["count"] for step in json.loads(outputs[6])["steps"]] == [8135, 7989, 6276, 5099]


def test_a_broken_promise_lowers_the_answers_as_promised(outputs):
    groups = {str(group["key"]["order.on_time"]).lower(): group for group in json.loads(outputs[7])["groups"]}
    assert (groups["false"]["n"], round(groups["false"]["mean"], 4)) == (344, 2.1744)
    assert (groups["true"]["n"], round(groups["true"]["mean"], 4)) == (4888, 4.2754)


def test_the_map_is_live_on_every_touchpoint(outputs):
    answer = json.loads(outputs[9])
    points = {point["name"]: point for stage in answer["stages"] for point in stage["touchpoints"]}
    assert list(points) == ["Purchase", "Approved", "Handed to carrier", "Delivered", "Reviewed"]
    assert points["Purchase"]["do"]["reached"]["value"] == 8016
    assert points["Reviewed"]["say"][0]["n"] == 8225
    assert round(points["Reviewed"]["say"][0]["mean"], 4) == 3.2716
    assert round(points["Reviewed"]["say"][0]["value"], 4) == 0.5517
    assert points["Reviewed"]["do"]["reached"]["basis"] == "answers_and_contacts"
    assert points["Delivered"]["do"]["promise"]["kept"]["n"] > 5000
    assert answer["surprises"][0]["name"] == "Reviewed"

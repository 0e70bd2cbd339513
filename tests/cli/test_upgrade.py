"""`polku upgrade` refuses where pip is not how Polku came here, and says what to do instead."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.utils import translation

from polku.cli.upgrade import upgrade


@pytest.mark.parametrize(
    ("environment", "told"),
    [({}, "git pull && make install"), ({"POLKU_CONTAINER": "1"}, "./upgrade.sh")],
    ids=["checkout", "container"],
)
def test_another_way_is_named(environment, told):
    with translation.override("en"):
        done = CliRunner().invoke(upgrade, [], env=environment)
    assert (done.exit_code, told in done.stderr) == (1, True)
    assert done.stdout == ""

"""The page of commands lists what there is."""

from __future__ import annotations

import re
from pathlib import Path

import click

from polku.cli.commands import polku

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/command-line.md"


def _leaves(group: click.Group, path: str) -> set[str]:
    found: set[str] = set()
    for name, command in group.commands.items():
        found |= (
            _leaves(command, f"{path} {name}") if isinstance(command, click.Group) else {f"{path} {name}"}
        )
    return found


def test_every_command_is_documented_and_nothing_else():
    text = PAGE.read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`polku .*?) \|", text, flags=re.MULTILINE)
    commands = re.findall(r"`(polku [^`]+)`", " ".join(rows))
    documented = {re.sub(r"( \[?[A-Z]+\]?)+$", "", command) for command in commands}
    assert documented == _leaves(polku, "polku")


def test_every_command_prints_json_on_request_and_has_help():
    def check(group: click.Group) -> None:
        for command in group.commands.values():
            assert command.help
            if isinstance(command, click.Group):
                check(command)
            else:
                assert "--json" in {option for parameter in command.params for option in parameter.opts}

    check(polku)

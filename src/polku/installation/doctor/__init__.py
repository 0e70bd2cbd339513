"""What is wrong with an installation, and how to mend it: read-only, beside a running server or without one."""

from __future__ import annotations

from polku.installation.doctor.checks import data, machine, server
from polku.installation.doctor.finding import Finding, State

CHECKS = (
    machine.home_folder,
    machine.disk,
    machine.memory,
    machine.clock,
    machine.built_pages,
    data.database,
    data.event_stores,
    data.inbox,
    data.jobs,
    data.users,
    server.addresses,
    server.mail,
    server.backups,
)


def examine() -> list[Finding]:
    """Every check in order. A check that fails itself is a finding too."""
    findings = []
    for check in CHECKS:
        try:
            findings.append(check())
        except Exception as error:
            findings.append(Finding.of_fault(check.__name__, error))
    return findings


__all__ = ["Finding", "State", "examine"]

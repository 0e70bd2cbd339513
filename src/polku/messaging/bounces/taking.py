"""A report put to use: the message it is about ends as it says, and an address that is gone is written to no more."""

from __future__ import annotations

from django_scopes import scopes_disabled

from polku.messaging import outcomes
from polku.messaging.bounces.reading import Report, read_report
from polku.messaging.models import Message


def take_report(raw: bytes) -> str:
    """Read a message that came back, in whole bytes, and keep what it says. Returns what it was, in a word: `bounce`
    (not delivered), `hard` (nor will any other), `complaint`, or `nothing`. Reading the same one again changes nothing.
    """
    report = read_report(raw)
    return keep_report(report) if report else "nothing"


def keep_report(report: Report) -> str:
    with scopes_disabled():
        message = Message.objects.select_related("workspace").filter(number=report.number).first()
    if message is None:
        return "nothing"
    if report.kind == "complaint":
        outcomes.complain(message)
        return "complaint"
    outcomes.bounce(message, report.status, is_hard=report.is_hard)
    return "hard" if report.is_hard else "bounce"

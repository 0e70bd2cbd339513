"""What mail servers send back, as they write it."""

from __future__ import annotations

from tests.messaging.real_smtp import Taken

_REPORT = """\
From: MAILER-DAEMON@mx.example.com
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="=_raja"

--=_raja
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.example.com.

--=_raja
{machine}

--=_raja
Content-Type: text/rfc822-headers

{headers}
--=_raja--
"""
_STATUS = """\
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Mon, 23 Nov 2026 12:00:00 +0200

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {diagnostic}"""
_FEEDBACK = """\
Content-Type: message/feedback-report

Feedback-Type: {feedback}
User-Agent: SomeGenerator/1.0
Version: 1"""


def delivery_report(
    taken: Taken,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "550 user unknown",
    to: str | None = None,
) -> bytes:
    """RFC 3464. `to` is the address it came back to; the message's own return path by default."""
    machine = _STATUS.format(
        recipient=taken.recipients[0], action=action, status=status, diagnostic=diagnostic
    )
    return _write(taken, "delivery-status", machine, taken.sender if to is None else to)


def complaint(taken: Taken, *, feedback: str = "abuse") -> bytes:
    """RFC 5965, sent to some address of the sender's."""
    return _write(taken, "feedback-report", _FEEDBACK.format(feedback=feedback), "abuse@polku.example")


def _write(taken: Taken, kind: str, machine: str, to: str) -> bytes:
    headers = "\n".join(f"{name}: {taken.message[name]}" for name in ("From", "To", "Message-ID"))
    return _REPORT.format(to=to, kind=kind, machine=machine, headers=headers).encode()

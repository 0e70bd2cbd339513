"""What an SMTP conversation's end means for the message that it was about."""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440))
"""Before each further attempt to deliver a message that the server put off."""
GIVEN_UP_AFTER = timedelta(days=3)
"""How old a message becomes that no server takes."""
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NO_SUCH_ADDRESS = {"0.0", "1.0", "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.1"}
"""Second and third digit of RFC 3463 that say the address is wrong or gone; 4.1 is how Microsoft says it."""


class Fate(StrEnum):
    LATER = "later"
    """The server put the message off."""
    NO_SERVER = "no_server"
    """Nothing is wrong with the message: no server takes any just now."""
    REFUSED = "refused"
    """This message is not taken; the address may be right."""
    NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class Refusal:
    fate: Fate
    code: str = ""
    """`550 5.1.1`, as far as the server said it."""


def refusal_of(error: BaseException) -> Refusal:
    """What the fault means. Never holds the server's words: they often repeat the address."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
            return _of_answer(int(code), _text(said), about_recipient=True)
        case smtplib.SMTPSenderRefused():
            # Whoever may not send in this name may not send any other message either.
            return Refusal(Fate.NO_SERVER, str(error.smtp_code))
        case smtplib.SMTPDataError():
            return _of_answer(error.smtp_code, _text(error.smtp_error), about_recipient=False)
        case smtplib.SMTPException() | OSError():
            return Refusal(Fate.NO_SERVER, str(getattr(error, "smtp_code", "")))
    # A fault of the program, which an upgrade may mend before the message is given up.
    return Refusal(Fate.LATER)


def _of_answer(code: int, said: str, *, about_recipient: bool) -> Refusal:
    enhanced = _ENHANCED.search(said)
    shown = f"{code} {enhanced[0]}" if enhanced else str(code)
    if 400 <= code < 500:
        return Refusal(Fate.LATER, shown)
    if enhanced:
        is_address = is_no_address(enhanced[0])
    else:
        is_address = code in (550, 551, 553)
    return Refusal(Fate.NO_ADDRESS if about_recipient and is_address else Fate.REFUSED, shown)


def is_no_address(status: str) -> bool:
    """Whether a status of RFC 3463 (`5.1.1`) says that the address is wrong or gone for good."""
    kind, _dot, rest = status.partition(".")
    return kind == "5" and rest in _NO_SUCH_ADDRESS


def _text(said: object) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)

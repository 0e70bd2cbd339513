"""What one check of the doctor found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _


class State(StrEnum):
    """`WARNING`: it works, and should be mended all the same."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """`says` is what is, `mend` what to do where that is not good; both in the reader's language."""

    key: str
    state: State
    says: str
    mend: str = ""

    @classmethod
    def ok(cls, key: str, says: str) -> Finding:
        return cls(key, State.OK, says)

    @classmethod
    def warning(cls, key: str, says: str, mend: str) -> Finding:
        return cls(key, State.WARNING, says, mend)

    @classmethod
    def failed(cls, key: str, says: str, mend: str) -> Finding:
        return cls(key, State.FAILED, says, mend)

    @classmethod
    def of_fault(cls, key: str, error: Exception) -> Finding:
        return cls(
            key,
            State.FAILED,
            _("It could not be looked at: %s")
            % (str(error).partition("\n")[0][:200] or type(error).__name__),
            _("Mend what the others say first; if this stays, it is a fault of the program."),
        )

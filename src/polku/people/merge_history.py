"""Merges as what happened: one message may tell an e-mail address and a phone number beside who used the device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from polku.eventstore.persons import Merge
from polku.eventstore.streams import IdKind, LinkReason

_TOLD = {LinkReason.IDENTIFY, LinkReason.EVENT}
_NAMES = {IdKind.EMAIL, IdKind.PHONE, IdKind.LOYALTY}


@dataclass(frozen=True)
class Happening:
    """What one message made: `main` and, the newest first, the names that it told of the same user or device."""

    main: Merge
    also: tuple[Merge, ...]
    is_about_device: bool

    @property
    def undone_together(self) -> tuple[Merge, ...]:
        """The merges to take back for it not to have happened, the newest first.

        Somebody else may have used the device, and the user keeps their own address. Without a device there is
        nothing but what was told.
        """
        return (self.main,) if self.is_about_device else (self.main, *self.also)


def what_happened(merges: Sequence[Merge], kinds: Mapping[str, str]) -> list[Happening]:
    """`merges` newest first, those together that one message made; `kinds` are those of ids (an IdKind).

    A message's merges follow each other, those by its names first, all with what it is about as `other`. What was
    taken back, and what files joined, stands for itself.
    """
    found: list[Happening] = []
    for merge in merges:
        last = found[-1] if found else None
        if last is not None and kinds.get(merge.alias) in _NAMES and _is_of(merge, last):
            found[-1] = Happening(last.main, (*last.also, merge), last.is_about_device)
        else:
            found.append(Happening(merge, (), kinds.get(merge.alias) not in _NAMES))
    return found


def _is_of(merge: Merge, happening: Happening) -> bool:
    main, before = happening.main, happening.also[-1] if happening.also else happening.main
    return (
        merge.merge == before.merge - 1
        and (merge.at, merge.reason, merge.other) == (main.at, main.reason, main.other)
        and merge.reason in _TOLD
        and merge.undone_at is None
        and main.undone_at is None
    )

"""What the rooms above show of a customer, and of a segment, on the pages of this room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from polku.accounts.models import Workspace
from polku.people.models import Segment
from polku.site.formats import Reader


@dataclass(frozen=True)
class ShownSection:
    """`template` is included with `section` = `content`."""

    template: str
    content: object


ReadPerson = Callable[[Workspace, int, Reader], object | None]
ReadSegment = Callable[[Workspace, Segment], object | None]

_of_people: list[tuple[int, str, ReadPerson]] = []
_of_segments: list[tuple[int, str, ReadSegment]] = []


def register_person_section(*, template: str, read: ReadPerson, order: int) -> None:
    """Show `template` beside a person's timeline wherever `read` (workspace, person, reader) gives something.

    It must be quick, for the page waits for it. Called when the program starts."""
    _of_people.append((order, template, read))


def register_segment_section(*, template: str, read: ReadSegment, order: int) -> None:
    """The same on a segment's page and in the list of segments."""
    _of_segments.append((order, template, read))


def person_sections(workspace: Workspace, person: int, reader: Reader) -> list[ShownSection]:
    """In order."""
    found = [
        (template, read(workspace, person, reader))
        for _order, template, read in sorted(_of_people, key=lambda each: each[:2])
    ]
    return [ShownSection(template, content) for template, content in found if content is not None]


def segment_sections(workspace: Workspace, segment: Segment) -> list[ShownSection]:
    """In order."""
    found = [
        (template, read(workspace, segment))
        for _order, template, read in sorted(_of_segments, key=lambda each: each[:2])
    ]
    return [ShownSection(template, content) for template, content in found if content is not None]

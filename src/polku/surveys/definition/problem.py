"""One thing that is wrong with a survey."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`place` is where in the JSON document (`questions[2].options[0].text`), `sentence` what to mend.

    What `is_blocking` keeps a survey from being published. What `is_unsound` is no survey at all (two questions of
    one key, more than the limits allow): no draft may hold it, and no document that does is taken in. `question` is the
    key of the question, empty where it is no question's.
    """

    place: str
    sentence: str
    is_blocking: bool = True
    question: str = ""
    is_unsound: bool = False

"""A feeling from −1 to +1, in words: five steps, as on a five-step scale of answers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

STEPS = (-1.0, -0.5, 0.0, 0.5, 1.0)
WORDS = (_("very negative"), _("negative"), _("neutral"), _("positive"), _("very positive"))


def step_of(feeling: float) -> int:
    """The nearest step, 1 (very negative) … 5 (very positive)."""
    return min(range(5), key=lambda step: abs(STEPS[step] - feeling)) + 1


def word_of(feeling: float) -> str:
    return str(WORDS[step_of(feeling) - 1])

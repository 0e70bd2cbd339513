"""What is kept of decisions."""

from polku.decide.models.goals import Goal
from polku.decide.models.losses import Dismissal, InputOverride, KeptLosses
from polku.decide.models.money import MoneyAnswers

__all__ = ["Dismissal", "Goal", "InputOverride", "KeptLosses", "MoneyAnswers"]

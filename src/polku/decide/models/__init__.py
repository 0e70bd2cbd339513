"""What is kept of decisions."""

from polku.decide.models.losses import Dismissal, InputOverride, KeptLosses
from polku.decide.models.money import MoneyAnswers

__all__ = ["Dismissal", "InputOverride", "KeptLosses", "MoneyAnswers"]

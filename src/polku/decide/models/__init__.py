"""What is kept of decisions."""

from polku.decide.models.alerts import Alert, AlertChoices, AlertReader, Watch
from polku.decide.models.customer_page import CustomerPage
from polku.decide.models.customers import KeptCustomers
from polku.decide.models.goals import Goal
from polku.decide.models.losses import Dismissal, InputOverride, KeptLosses
from polku.decide.models.monday import MondayChoice, MondayMailing
from polku.decide.models.money import MoneyAnswers

__all__ = [
    "Alert",
    "AlertChoices",
    "AlertReader",
    "CustomerPage",
    "Dismissal",
    "Goal",
    "InputOverride",
    "KeptCustomers",
    "KeptLosses",
    "MondayChoice",
    "MondayMailing",
    "MoneyAnswers",
    "Watch",
]

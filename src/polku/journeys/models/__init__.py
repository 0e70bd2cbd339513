"""What of journeys is kept in the relational store."""

from polku.journeys.models.acting import Action, Opportunity
from polku.journeys.models.maps import (
    Binding,
    Channel,
    Deletion,
    Journey,
    Lane,
    MeasurementCheck,
    Stage,
    Touchpoint,
    TouchpointQuestion,
)

__all__ = [
    "Action",
    "Binding",
    "Channel",
    "Deletion",
    "Journey",
    "Lane",
    "MeasurementCheck",
    "Opportunity",
    "Stage",
    "Touchpoint",
    "TouchpointQuestion",
]

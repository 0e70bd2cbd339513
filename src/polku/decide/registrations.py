"""What decisions give to the rooms below, through the registries those rooms own."""

from __future__ import annotations

from polku.decide.acting import registrations as acting
from polku.decide.alerting import registrations as alerting
from polku.decide.changing import registrations as changing
from polku.decide.customers import registrations as customers
from polku.decide.drivers import registrations as drivers
from polku.decide.fixing import registrations as fixing
from polku.decide.losing import registrations as losing
from polku.decide.monday import registrations as monday
from polku.decide.money import registrations as money
from polku.decide.perceived import registrations as perceived
from polku.decide.revenue import registrations as revenue


def register() -> None:
    """Called once, when the program starts."""
    money.register()
    monday.register()
    fixing.register()
    losing.register()
    acting.register()
    changing.register()
    alerting.register()
    revenue.register()
    customers.register()
    drivers.register()
    perceived.register()

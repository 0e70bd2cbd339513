"""Addresses below /w/<workspace>/ (config/urls.py), each part with those of its own."""

from __future__ import annotations

from polku.decide.acting.urls import urlpatterns as acting
from polku.decide.alerting.urls import urlpatterns as alerting
from polku.decide.changing.urls import urlpatterns as changing
from polku.decide.customers.urls import urlpatterns as customers
from polku.decide.drivers.urls import urlpatterns as drivers
from polku.decide.fixing.urls import urlpatterns as fixing
from polku.decide.losing.urls import urlpatterns as losing
from polku.decide.monday.urls import urlpatterns as monday
from polku.decide.money.urls import urlpatterns as money
from polku.decide.perceived.urls import urlpatterns as perceived
from polku.decide.revenue.urls import urlpatterns as revenue

app_name = "decide"
urlpatterns = [
    *money,
    *monday,
    *fixing,
    *losing,
    *acting,
    *changing,
    *alerting,
    *revenue,
    *customers,
    *drivers,
    *perceived,
]

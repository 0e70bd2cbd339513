"""The API and the health checks, at the top of all addresses."""

from django.urls import path

from polku.api.application import api
from polku.api.health import healthz, readyz

urlpatterns = [
    path("api/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

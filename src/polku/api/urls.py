"""The API and the health checks, at the top of all addresses."""

from django.urls import URLPattern, URLResolver, path

from polku.api.application import api
from polku.api.health import healthz, readyz

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
]

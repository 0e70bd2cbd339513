from __future__ import annotations

from django.urls import path

from polku.surveys.tablets import public_views as views

urlpatterns = [
    path("tablet/", views.tablet, name="tablet"),
    path("tablet/worker.js", views.worker, name="tablet_worker"),
    path("tablet/manifest.webmanifest", views.manifest, name="tablet_manifest"),
    path("tablet/pair", views.pair, name="tablet_pair"),
    path("tablet/setup", views.setup, name="tablet_setup"),
    path("tablet/answers", views.answers, name="tablet_answers"),
]

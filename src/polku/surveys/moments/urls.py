from __future__ import annotations

from django.urls import path

from polku.surveys.moments import views

urlpatterns = [
    path("<int:survey>/moments/", views.moments, name="moments"),
]

from __future__ import annotations

from django.urls import path

from polku.surveys.inviting import views

urlpatterns = [
    path("<int:survey>/collect/", views.collect, name="collect"),
]

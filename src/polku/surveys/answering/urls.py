from __future__ import annotations

from django.urls import path

from polku.surveys.answering import views

urlpatterns = [
    path("s/<str:token>", views.survey, name="survey"),
]

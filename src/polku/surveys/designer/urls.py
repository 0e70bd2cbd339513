from __future__ import annotations

from django.urls import path

from polku.surveys.designer import views

urlpatterns = [
    path("", views.survey_list, name="list"),
    path("<int:survey>/", views.design, name="design"),
]

from __future__ import annotations

from django.urls import path

from polku.surveys.onsite import public_views as views

urlpatterns = [
    path("polku-surveys/config", views.config, name="widget_config"),
    path("polku-surveys/show", views.show, name="widget_show"),
    path("polku-surveys/answer", views.answer, name="widget_answer"),
]

"""Addresses below /w/<workspace>/web/ (config/urls.py)."""

from django.urls import path

from polku.analytics.web import views

app_name = "web"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("now/", views.now, name="now"),
]

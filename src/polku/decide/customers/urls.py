"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from polku.decide.customers import views

urlpatterns: list[URLPattern] = [
    path("numbers/customers/", views.customers, name="customers"),
    path("numbers/customers/counted/", views.counted, name="customers-counted"),
    path("numbers/customers/groups/<slug:group>/", views.group, name="customer-group"),
    path(
        "numbers/customers/groups/<slug:group>/segment/", views.group_segment, name="customer-group-segment"
    ),
    path("numbers/customers/segments/<int:segment>/", views.segment, name="segment-value"),
]

from __future__ import annotations

from django.urls import path

from polku.surveys.tablets import views

urlpatterns = [
    path("tablets/", views.tablets, name="tablets"),
    path("tablets/restore/", views.tablet_restore, name="tablet_restore"),
    path("tablets/<int:tablet>/", views.tablet, name="tablet"),
    path("tablets/<int:tablet>/code/", views.tablet_code, name="tablet_code"),
    path("tablets/<int:tablet>/test/", views.tablet_test, name="tablet_test"),
    path("tablets/<int:tablet>/unpair/", views.tablet_unpair, name="tablet_unpair"),
    path("<int:survey>/tablets/", views.tablet_add, name="tablet_add"),
]

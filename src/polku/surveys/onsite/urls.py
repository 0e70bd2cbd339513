from __future__ import annotations

from django.urls import path

from polku.surveys.onsite import views

urlpatterns = [
    path("<int:survey>/web/", views.web_add, name="web_add"),
    path("<int:survey>/web/<int:web>/", views.web, name="web"),
    path("<int:survey>/web/<int:web>/preview/", views.web_preview, name="web_preview"),
    path("<int:survey>/web/<int:web>/delete/", views.web_delete, name="web_delete"),
    path("web/restore/", views.web_restore, name="web_restore"),
]

from __future__ import annotations

from django.urls import path

from polku.surveys.moments import views

urlpatterns = [
    path("limits/", views.fatigue, name="fatigue"),
    path("moments/restore/", views.moment_restore, name="moment_restore"),
    path("<int:survey>/moments/", views.moments, name="moments"),
    path("<int:survey>/moments/new/", views.moment_create, name="moment_create"),
    path("<int:survey>/moments/simulate/", views.moment_simulate, name="moment_simulate"),
    path("<int:survey>/moments/<int:moment>/", views.moment_edit, name="moment_edit"),
    path("<int:survey>/moments/<int:moment>/switch/", views.moment_switch, name="moment_switch"),
    path("<int:survey>/moments/<int:moment>/delete/", views.moment_delete, name="moment_delete"),
]

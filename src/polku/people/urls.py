"""Addresses below /w/<workspace>/ (config/urls.py)."""

from django.urls import path

from polku.people import views

app_name = "people"
urlpatterns = [
    path("segments/", views.segment_list, name="segments"),
    path("segments/new/", views.segment_create, name="create"),
    path("segments/count/", views.segment_count, name="count"),
    path("segments/restore/", views.segment_restore, name="restore"),
    path("segments/<int:segment>/", views.segment_edit, name="edit"),
    path("segments/<int:segment>/delete/", views.segment_delete, name="delete"),
]

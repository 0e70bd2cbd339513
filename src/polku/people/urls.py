"""Addresses below /w/<workspace>/ (config/urls.py)."""

from django.urls import path

from polku.people.views import joins, people, segments

app_name = "people"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:person>/", people.person, name="person"),
    path("people/<int:person>/merges/<int:merge>/undo/", people.unmerge, name="unmerge"),
    path("joins/", joins.joins, name="joins"),
    path("joins/unjoined/", joins.unjoined, name="unjoined"),
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.segment_create, name="create"),
    path("segments/count/", segments.segment_count, name="count"),
    path("segments/restore/", segments.segment_restore, name="restore"),
    path("segments/<int:segment>/", segments.segment_edit, name="edit"),
    path("segments/<int:segment>/delete/", segments.segment_delete, name="delete"),
]

"""Addresses below /w/<workspace>/ (config/urls.py)."""

from django.urls import path

from polku.people.views import joining, joins, people, segments

app_name = "people"
urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:person>/", people.person, name="person"),
    path("people/<int:person>/merges/<int:merge>/undo/", people.unmerge, name="unmerge"),
    path("joins/", joins.joins, name="joins"),
    path("joins/keys/accept/", joining.accept, name="key_accept"),
    path("joins/keys/decline/", joining.decline, name="key_decline"),
    path("joins/keys/stop/", joining.stop, name="key_stop"),
    path("joins/keys/restore/", joining.restore, name="key_restore"),
    path("joins/unjoined/", joins.unjoined, name="unjoined"),
    path("segments/", segments.segment_list, name="segments"),
    path("segments/new/", segments.segment_create, name="create"),
    path("segments/count/", segments.segment_count, name="count"),
    path("segments/restore/", segments.segment_restore, name="restore"),
    path("segments/<int:segment>/", segments.segment_edit, name="edit"),
    path("segments/<int:segment>/delete/", segments.segment_delete, name="delete"),
]

"""Addresses below /w/<workspace>/ (config/urls.py)."""

from __future__ import annotations

from django.urls import path, register_converter

from polku.capture.sources.origins import OriginConverter
from polku.capture.views import import_deletion, imports, install, rejected_rows, settings, sources

register_converter(OriginConverter, "origin")

app_name = "capture"
urlpatterns = [
    path("sources/", sources.source_list, name="sources"),
    path("sources/install/", install.install, name="install"),
    path("sources/install/events/", install.install_events, name="install_events"),
    path("sources/rows/restore/", rejected_rows.restore, name="rows_restore"),
    path("sources/<origin:origin>/", sources.source_page, name="source"),
    path("sources/<origin:origin>/edit/", sources.edit_source, name="source_edit"),
    path("sources/<origin:origin>/rows/", rejected_rows.rows, name="rows"),
    path("sources/<origin:origin>/rows/download/", rejected_rows.download, name="rows_download"),
    path("sources/<origin:origin>/rows/mend/", rejected_rows.mend, name="rows_mend"),
    path("sources/<origin:origin>/rows/replay/", rejected_rows.replay, name="rows_replay"),
    path("sources/<origin:origin>/rows/delete/", rejected_rows.delete, name="rows_delete"),
    path("import/", imports.imports, name="imports"),
    path("import/files/", imports.import_files, name="import_files"),
    path("import/restore/", import_deletion.restore, name="import_restore"),
    path("import/<int:upload>/", imports.import_review, name="import_review"),
    path("import/<int:upload>/reopen/", imports.import_reopen, name="import_reopen"),
    path("import/<int:upload>/delete/", import_deletion.delete, name="import_delete"),
    path("import/<int:upload>/rejected/<int:run>/", imports.import_rejected, name="import_rejected"),
    path("import/forms/restore/", imports.restore_mapping, name="restore_mapping"),
    path("import/forms/<int:mapping>/forget/", imports.forget_mapping, name="forget_mapping"),
    path("settings/collection/", settings.collection, name="collection"),
]

from __future__ import annotations

from django.urls import path

from polku.surveys.designer.views import designing, preview, surveys

urlpatterns = [
    path("", surveys.survey_list, name="list"),
    path("new/", surveys.survey_new, name="new"),
    path("undo/", surveys.undo, name="undo"),
    path("questions/undo/", designing.question_undo, name="question-undo"),
    path("<int:survey>/", designing.design, name="design"),
    path("<int:survey>/preview/", preview.preview, name="preview"),
    path("<int:survey>/question/", designing.question_save, name="question-save"),
    path("<int:survey>/question/add/", designing.question_add, name="question-add"),
    path("<int:survey>/question/move/", designing.question_move, name="question-move"),
    path("<int:survey>/question/copy/", designing.question_copy, name="question-copy"),
    path("<int:survey>/question/delete/", designing.question_delete, name="question-delete"),
    path("<int:survey>/part/", designing.part_save, name="part-save"),
    path("<int:survey>/publish/", surveys.publish, name="publish"),
    path("<int:survey>/state/", surveys.set_state, name="state"),
    path("<int:survey>/duplicate/", surveys.duplicate, name="duplicate"),
    path("<int:survey>/delete/", surveys.delete, name="delete"),
    path("<int:survey>/export/", surveys.export, name="export"),
]

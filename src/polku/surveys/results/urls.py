from __future__ import annotations

from django.urls import path

from polku.surveys.results.views import across, answers, comments, exports, page

urlpatterns = [
    path("results/", across.across, name="across"),
    path("results/tags/restore/", comments.tags_restore, name="tags-restore"),
    path("<int:survey>/results/", page.results, name="results"),
    path("<int:survey>/results/comments/", comments.comments, name="comments"),
    path("<int:survey>/results/tag/", comments.tag, name="tag"),
    path("<int:survey>/results/held/", answers.held, name="held"),
    path("<int:survey>/results/held/let-in/", answers.let_in_all, name="let-in-all"),
    path("<int:survey>/results/export/", exports.exports, name="exports"),
    path("<int:survey>/results/export/answers/", exports.answers_file, name="answers-file"),
    path("<int:survey>/results/export/results/", exports.results_file, name="results-file"),
    path("<int:survey>/results/answers/<int:response>/", answers.answer, name="answer"),
    path("<int:survey>/results/answers/<int:response>/tag/", answers.answer_tag, name="answer-tag"),
    path("<int:survey>/results/answers/<int:response>/judge/", answers.judge, name="judge"),
]

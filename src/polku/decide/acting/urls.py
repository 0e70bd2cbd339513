"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.decide.acting.views import lists, one, words

urlpatterns = [
    path("actions/", lists.actions, name="actions"),
    path("actions/new", lists.new_action, name="action-new"),
    path("actions/restore", one.restore, name="action-restore"),
    path("actions/customer-page", words.customer_page, name="customer-page"),
    path("actions/<int:action>/", one.action, name="action"),
    path("actions/<int:action>/change", one.change, name="action-change"),
    path("actions/<int:action>/state", one.change_state, name="action-state"),
    path("actions/<int:action>/words", words.words, name="action-words"),
]

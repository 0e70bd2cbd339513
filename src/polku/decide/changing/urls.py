"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import path

from polku.decide.changing import goal_views, views

urlpatterns = [
    path("numbers/changes/", views.changes_page, name="changes"),
    path("numbers/goals/new", goal_views.goal_new, name="goal-new"),
    path("numbers/goals/restore", goal_views.goal_restore, name="goal-restore"),
    path("numbers/goals/<int:goal>/delete", goal_views.goal_delete, name="goal-delete"),
]

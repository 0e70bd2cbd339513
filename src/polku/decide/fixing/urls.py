"""Addresses below /w/<workspace>/ (decide/urls.py)."""

from __future__ import annotations

from django.urls import URLPattern, path

from polku.decide.fixing.views import deciding, explaining, listing, sheets

_OF = "fix-first/<int:journey>/"

urlpatterns: list[URLPattern] = [
    path("fix-first/", listing.fix_first, name="fix-first"),
    path("fix-first/restore/", deciding.restore, name="fix-restore"),
    path(f"{_OF}counted/", listing.counted, name="fix-counted"),
    path(f"{_OF}derivation/", explaining.explain, name="fix-derivation"),
    path(f"{_OF}people/", explaining.people, name="fix-people"),
    path(f"{_OF}inputs/", explaining.change_input, name="fix-input"),
    path(f"{_OF}inputs/withdraw/", explaining.withdraw_input, name="fix-withdraw"),
    path(f"{_OF}take/", deciding.take, name="fix-take"),
    path(f"{_OF}dismiss/", deciding.dismiss, name="fix-dismiss"),
    path(f"{_OF}bring-back/", deciding.bring_back, name="fix-bring-back"),
    path(f"{_OF}sheet/", sheets.sheet, name="fix-sheet"),
    path(f"{_OF}fix-first.pdf", sheets.pdf, name="fix-pdf"),
]

"""Addresses below /w/<workspace>/explore/. Each page that is registered when they are read has its own."""

from django.urls import URLPattern, path

from polku.analytics.explore import exports, pages
from polku.analytics.explore.views import annotations, questions, saved

app_name = "explore"

urlpatterns: list[URLPattern] = [
    path("", saved.index, name="index"),
    path("restore/", saved.restore, name="restore"),
    path("<int:question>/", saved.open_question, name="open"),
    path("<int:question>/change/", saved.change, name="change"),
    path("<int:question>/delete/", saved.delete, name="delete"),
    path("<int:question>/place/", saved.place, name="place"),
    path("annotations/add/", annotations.add, name="annotation-add"),
    path("annotations/restore/", annotations.restore, name="annotation-restore"),
    path("annotations/<int:annotation>/delete/", annotations.delete, name="annotation-delete"),
]
for _page in pages.pages():
    _kind = {"kind": _page.kind}
    urlpatterns += [
        path(f"{_page.kind}/", questions.question, _kind, name=_page.kind),
        path(f"{_page.kind}/save/", saved.save, _kind, name=f"{_page.kind}-save"),
        *(
            path(
                f"{_page.kind}/export/{name}/",
                questions.export,
                {**_kind, "file_format": name},
                name=f"{_page.kind}-{name}",
            )
            for name in exports.FORMATS
        ),
    ]

"""Addresses below /w/<workspace>/explore/."""

from django.urls import path, register_converter

from polku.analytics.explore import exports, pages
from polku.analytics.explore.views import annotations, questions, saved


class KindConverter:
    """A kind of question that has a page."""

    regex = "[a-z_]+"

    def to_python(self, value: str) -> str:
        if pages.find(value) is None:
            raise ValueError("no page of that kind")
        return value

    def to_url(self, value: str) -> str:
        return value


class FormatConverter:
    """A format that answers can be exported in."""

    regex = "|".join(exports.FORMATS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(KindConverter, "kind")
register_converter(FormatConverter, "format")

app_name = "explore"

urlpatterns = [
    path("", saved.index, name="index"),
    path("restore/", saved.restore, name="restore"),
    path("<int:question>/", saved.open_question, name="open"),
    path("<int:question>/change/", saved.change, name="change"),
    path("<int:question>/delete/", saved.delete, name="delete"),
    path("<int:question>/place/", saved.place, name="place"),
    path("annotations/add/", annotations.add, name="annotation-add"),
    path("annotations/restore/", annotations.restore, name="annotation-restore"),
    path("annotations/<int:annotation>/delete/", annotations.delete, name="annotation-delete"),
    path("<kind:kind>/", questions.question, name="question"),
    path("<kind:kind>/save/", saved.save, name="save"),
    path("<kind:kind>/export/<format:file_format>/", questions.export, name="export"),
]

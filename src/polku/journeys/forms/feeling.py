"""The field of an assumed feeling: five steps in words, and a slider for what lies between them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from polku.journeys.feelings import STEPS, WORDS, step_of


class FeelingWidget(forms.Widget):
    """Radio buttons NAME_step ("" or 1–5) and a slider NAME. The step chosen rules; the slider refines within it,
    so that the field also works where no script keeps the two together."""

    template_name = "journeys/widgets/feeling.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        try:
            feeling = None if value in (None, "") else float(value)
        except ValueError:
            feeling = None
        chosen = None if feeling is None else step_of(feeling)
        context["widget"]["feeling"] = 0.0 if feeling is None else feeling
        context["widget"]["steps"] = [
            {"number": number, "value": value, "word": word, "checked": number == chosen}
            for number, (value, word) in enumerate(zip(STEPS, WORDS, strict=True), 1)
        ]
        context["widget"]["is_unknown"] = feeling is None
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        step = data.get(f"{name}_step")
        if step is None:
            return str(data[name]) if data.get(name) else None
        if step not in ("1", "2", "3", "4", "5"):
            return None
        try:
            fine = float(data.get(name, ""))
        except ValueError:
            fine = None
        if fine is not None and -1 <= fine <= 1 and step_of(fine) == int(step):
            return str(fine)
        return str(STEPS[int(step) - 1])

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_step" not in data

    def id_for_label(self, id_: str) -> str:
        return ""


class FeelingField(forms.FloatField):
    widget = FeelingWidget

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Assumed feeling"))
        super().__init__(min_value=-1, max_value=1, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}

    def prepare_value(self, value: Any) -> Any:
        return value

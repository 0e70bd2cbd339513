"""Forms that write only what their user changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError


class ChangesForm(forms.Form):
    """Carries along what it showed, so that saving it never puts back what a colleague changed meanwhile."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True

    def changes(self) -> dict[str, Any]:
        """The fields that the user changed, with their cleaned values."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """Show a domain's error beside the field it is about, or above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)

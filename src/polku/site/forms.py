"""How forms are drawn: one renderer, so that every field of the product looks and reads the same."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class PolkuFormRenderer(DjangoTemplates):
    """`{{ form }}` and `{{ field.as_field_group }}` with our label, help and error layout."""

    form_template_name = "site/forms/form.html"
    field_template_name = "site/forms/field.html"

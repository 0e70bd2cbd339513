"""Forms of signing in and of the settings pages. The rules are the domain's; forms only carry them."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import available_timezones

from allauth.account import forms as allauth_forms
from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from polku.accounts.models import ApiKey, Language, Role, Workspace


class SignInForm(allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label, password.label = _("E-mail address"), _("Password")
        login.widget = forms.EmailInput(attrs={"autocomplete": "email"})
        password.widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        password.help_text = ""


class ResetForm(allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["email"].widget = forms.EmailInput(attrs={"autocomplete": "email"})


class NewPasswordForm(allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_passwords(self)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
        _name_passwords(self)


class FirstPasswordForm(allauth_forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_passwords(self)


def _name_passwords(form: forms.Form) -> None:
    for name, label in (("password1", _("New password")), ("password2", _("New password again"))):
        form.fields[name].label = label
        form.fields[name].widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    form.fields["password1"].help_text = _("At least 10 characters, and not a common password.")


class FirstOwnerForm(forms.Form):
    company = forms.CharField(
        label=_("Your company"), max_length=120, help_text=_("The name of the first workspace.")
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 10 characters, and not a common password."),
    )


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("as in the browser")), *Language.choices]
    )


class WorkspaceForm(forms.Form):
    name = forms.CharField(label=_("Name of the workspace"), max_length=120)
    language = forms.ChoiceField(label=_("Language of its templates and reports"), choices=Language.choices)
    timezone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Days, weeks and months are cut in it."),
        choices=lazy(lambda: [(name, name) for name in sorted(available_timezones())], list)(),
    )
    currency = forms.CharField(
        label=_("Currency"), max_length=3, help_text=_("Three letters, for example EUR.")
    )
    cancelled_states = forms.MultipleChoiceField(
        label=_("Order states that count as cancelled or returned"),
        help_text=_("Orders in these states are left out of Buys and of promises kept."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    SETTINGS: ClassVar = ("name", "language", "timezone", "currency", "cancelled_states")

    def __init__(self, data: Any = None, *, workspace: Workspace, states: list[str]) -> None:
        super().__init__(data, initial={field: getattr(workspace, field) for field in self.SETTINGS})
        if states:
            self.fields["cancelled_states"].choices = [(state, state) for state in states]  # type: ignore[attr-defined]
        else:
            del self.fields["cancelled_states"]


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.VIEWER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class ApiKeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What uses the key, for example the web shop.")
    )
    kind = forms.ChoiceField(label=_("Kind of key"), choices=ApiKey.Kind.choices, widget=forms.RadioSelect)

"""The members of a workspace."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from polku.accounts import domain, queries
from polku.accounts.access import WorkspaceRequest, workspace_view
from polku.accounts.forms import MemberForm, RoleForm
from polku.accounts.models import Membership, Role, User
from polku.accounts.password_links import password_link
from polku.accounts.undo import posted_undo, undo_message
from polku.accounts.views.forms import add_errors

_RESTORE = "accounts:member_restore"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@workspace_view("manage")
def members(request: WorkspaceRequest) -> HttpResponse:
    """The list, and adding somebody. A new user's link to set a password is shown in this answer only."""
    form = MemberForm(request.POST if request.method == "POST" else None)
    link, invited = "", ""
    if request.method == "POST" and form.is_valid():
        try:
            membership, is_new = domain.invite_member(
                workspace=request.workspace, actor=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            add_errors(form, error)
        else:
            if not is_new:
                messages.success(request, _("%s is now a member.") % membership.user)
                return redirect("accounts:members", workspace=request.workspace.slug)
            link, invited = password_link(request, membership.user), membership.user.email
            form = MemberForm()
    context = {
        "form": form,
        "link": link,
        "invited": invited,
        "members": queries.members(),
        "roles": Role.choices,
    }
    return render(request, "accounts/members.html", context, status=422 if form.errors else 200)


@require_POST
@workspace_view("manage")
def change_role(request: WorkspaceRequest, member: int) -> HttpResponse:
    membership = get_object_or_404(Membership, pk=member)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        domain.set_member(
            workspace=request.workspace,
            user=membership.user,
            role=form.cleaned_data["role"],
            actor=request.user,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Saved."))
    return _back(request)


@require_POST
@workspace_view("manage")
def remove(request: WorkspaceRequest, member: int) -> HttpResponse:
    """Take a member out at once; the message offers to undo it for a day."""
    membership = get_object_or_404(Membership.objects.select_related("user", "workspace"), pk=member)
    try:
        domain.remove_member(membership=membership, actor=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _back(request)
    removed = {"workspace": request.workspace.pk, "user": membership.user.pk, "role": membership.role}
    undo_message(
        request,
        _("%s is no longer a member.") % membership.user,
        restore=_RESTORE,
        kept=removed,
    )
    return _back(request)


@require_POST
@workspace_view("manage")
def restore(request: WorkspaceRequest) -> HttpResponse:
    """Bring back the member whom the signed token names."""
    removed = posted_undo(request, restore=_RESTORE)
    if removed is None:
        return _back(request)
    user = User.objects.filter(pk=removed["user"]).first()
    if user is not None:
        domain.restore_member(
            workspace=request.workspace, user=user, role=removed["role"], actor=request.user
        )
        messages.success(request, _("%s is a member again.") % user)
    return _back(request)


def _back(request: WorkspaceRequest) -> HttpResponse:
    """To the list; somebody who removed themselves may not see it any more, so to the start."""
    still_owner = Membership.objects.filter(user=request.user, role=Role.OWNER).exists()
    if not still_owner:
        return redirect("accounts:home")
    return redirect("accounts:members", workspace=request.workspace.slug)

"""What changes users, workspaces, memberships and keys. Every change leaves an audit entry."""

from polku.accounts.domain.api_keys import create_api_key, find_api_key, restore_api_key, revoke_api_key
from polku.accounts.domain.audit import record_audit
from polku.accounts.domain.checklists import dismiss_checklist, show_checklist
from polku.accounts.domain.first_owner import (
    create_first_owner,
    create_owner_link,
    is_owner_link,
    is_without_users,
)
from polku.accounts.domain.members import invite_member, remove_member, restore_member, set_member
from polku.accounts.domain.users import create_user, set_password, update_user
from polku.accounts.domain.workspaces import create_workspace, delete_workspace, update_workspace

__all__ = [
    "create_api_key",
    "create_first_owner",
    "create_owner_link",
    "create_user",
    "create_workspace",
    "delete_workspace",
    "dismiss_checklist",
    "find_api_key",
    "invite_member",
    "is_owner_link",
    "is_without_users",
    "record_audit",
    "remove_member",
    "restore_api_key",
    "restore_member",
    "revoke_api_key",
    "set_member",
    "set_password",
    "show_checklist",
    "update_user",
    "update_workspace",
]

"""The start page, one's own account, and the settings of a workspace."""

from django.urls import path

from polku.accounts.views import (
    account,
    api_keys,
    audit,
    checklist,
    demo,
    first_owner,
    general,
    glossary,
    home,
    members,
    search,
)

app_name = "accounts"
urlpatterns = [
    path("", home.home, name="home"),
    path("demo/", demo.demo_sign_in, name="demo"),
    path("first/<str:token>/", first_owner.first_owner, name="first_owner"),
    path("account/", account.account, name="account"),
    path("w/", home.choose, name="choose"),
    path("w/<slug:workspace>/", home.open_workspace, name="open"),
    path("w/<slug:workspace>/start/", checklist.checklist, name="checklist"),
    path("w/<slug:workspace>/start/dismiss/", checklist.dismiss, name="checklist_dismiss"),
    path("w/<slug:workspace>/start/show/", checklist.show, name="checklist_show"),
    path("w/<slug:workspace>/search/", search.search, name="search"),
    path("w/<slug:workspace>/glossary/", glossary.glossary, name="glossary"),
    path("w/<slug:workspace>/settings/", general.general, name="settings"),
    path("w/<slug:workspace>/settings/members/", members.members, name="members"),
    path("w/<slug:workspace>/settings/members/restore/", members.restore, name="member_restore"),
    path("w/<slug:workspace>/settings/members/<int:member>/role/", members.change_role, name="member_role"),
    path("w/<slug:workspace>/settings/members/<int:member>/remove/", members.remove, name="member_remove"),
    path("w/<slug:workspace>/settings/keys/", api_keys.api_keys, name="api_keys"),
    path("w/<slug:workspace>/settings/keys/restore/", api_keys.restore, name="api_key_restore"),
    path("w/<slug:workspace>/settings/keys/<int:key>/revoke/", api_keys.revoke, name="api_key_revoke"),
    path("w/<slug:workspace>/settings/audit/", audit.audit, name="audit"),
]

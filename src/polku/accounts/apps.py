from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "polku.accounts"
    label = "accounts"

    def ready(self) -> None:
        from polku.accounts import first_steps, searching
        from polku.accounts.shell import member_may, workspace_links
        from polku.site import navigation

        navigation.use_accounts(allows=member_may, workspaces=workspace_links)
        first_steps.register()
        searching.register()

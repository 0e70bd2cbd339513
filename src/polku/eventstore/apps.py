from django.apps import AppConfig


class EventStoreConfig(AppConfig):
    name = "polku.eventstore"
    label = "eventstore"

    def ready(self) -> None:
        from polku.accounts.workspace_stores import use_stores
        from polku.eventstore.workspaces import StoresOfWorkspaces

        use_stores(StoresOfWorkspaces())

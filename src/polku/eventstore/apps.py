from django.apps import AppConfig


class EventStoreConfig(AppConfig):
    name = "polku.eventstore"
    label = "eventstore"

    def ready(self) -> None:
        from django.conf import settings

        from polku.accounts.workspace_stores import use_stores
        from polku.eventstore.nightly import compact_where_due
        from polku.eventstore.workspaces import StoresOfWorkspaces
        from polku.jobs import schedules

        use_stores(StoresOfWorkspaces())
        if settings.UPKEEP_AT is not None:
            schedules.register("compaction", at=settings.UPKEEP_AT, work=compact_where_due)

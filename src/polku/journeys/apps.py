from django.apps import AppConfig


class JourneysConfig(AppConfig):
    name = "polku.journeys"
    label = "journeys"

    def ready(self) -> None:
        from polku.journeys import registrations

        registrations.register()

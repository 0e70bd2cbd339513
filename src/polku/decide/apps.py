from django.apps import AppConfig


class DecideConfig(AppConfig):
    name = "polku.decide"
    label = "decide"

    def ready(self) -> None:
        from polku.decide import registrations

        registrations.register()

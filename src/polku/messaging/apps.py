from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "polku.messaging"
    label = "messaging"

    def ready(self) -> None:
        from polku.messaging import registrations

        registrations.register()

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    name = "polku.capture"
    label = "capture"

    def ready(self) -> None:
        from polku.capture import registrations

        registrations.register()

from django.apps import AppConfig


class InstallationConfig(AppConfig):
    name = "polku.installation"
    label = "installation"

    def ready(self) -> None:
        from polku.installation import registrations

        registrations.register()

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "polku.surveys"
    label = "surveys"

    def ready(self) -> None:
        from polku.surveys import registrations

        registrations.register()

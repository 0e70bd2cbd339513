from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "polku.people"
    label = "people"

    def ready(self) -> None:
        from polku.people import registrations

        registrations.register()

from django.apps import AppConfig


class EventStoreConfig(AppConfig):
    name = "polku.eventstore"
    label = "eventstore"

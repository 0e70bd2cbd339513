from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "polku.outbox"
    label = "outbox"

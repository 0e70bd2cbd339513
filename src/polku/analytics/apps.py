from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "polku.analytics"
    label = "analytics"

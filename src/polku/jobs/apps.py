from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "polku.jobs"
    label = "jobs"

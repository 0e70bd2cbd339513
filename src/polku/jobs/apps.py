from datetime import time

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "polku.jobs"
    label = "jobs"

    def ready(self) -> None:
        from polku.jobs import queue, schedules

        schedules.register("jobs.forget", at=time(4, 5), work=queue.forget_ended)

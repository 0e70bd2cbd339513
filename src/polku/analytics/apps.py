from django.apps import AppConfig


class AnalyticsConfig(AppConfig):
    name = "polku.analytics"
    label = "analytics"

    def ready(self) -> None:
        from polku.analytics import registrations
        from polku.analytics.kinds import (  # noqa: F401 - each registers its kind
            churn,
            clv,
            drivers,
            funnel,
            overview,
            paths,
            people,
            perceived_value,
            retention,
            revenue,
            score,
            trend,
            variants,
        )
        from polku.analytics.web import registrations as web

        registrations.register()
        web.register()

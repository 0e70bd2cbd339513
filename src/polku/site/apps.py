from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "polku.site"
    label = "polku_site"

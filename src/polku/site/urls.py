from django.urls import path

from polku.site import views

app_name = "site"
urlpatterns = [
    path("language/", views.set_language, name="language"),
    path("theme/", views.set_theme, name="theme"),
    path("keys/", views.set_keys, name="keys"),
]

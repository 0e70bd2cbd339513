"""The server's page among the settings of a workspace."""

from django.urls import path

from polku.installation.views import server

app_name = "installation"
urlpatterns = [
    path("settings/server/", server.server, name="server"),
    path("settings/server/message/", server.send_message, name="send_message"),
    path("settings/server/backup/", server.make_backup, name="make_backup"),
]

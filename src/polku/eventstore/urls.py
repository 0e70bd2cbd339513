from django.urls import path

from polku.eventstore.views import cancel

urlpatterns = [path("questions/cancel/", cancel, name="cancel-question")]

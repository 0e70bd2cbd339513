"""Every address of the console; the API and the health checks stand beside them."""

from django.urls import URLPattern, URLResolver, include, path

from polku.accounts.access import require_permissions
from polku.api.urls import urlpatterns as api_urls

handler400 = "polku.site.views.bad_request"
handler403 = "polku.site.views.forbidden"
handler404 = "polku.site.views.not_found"
handler429 = "polku.accounts.too_many.too_many_attempts"  # django-allauth's own limits
handler500 = "polku.site.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("polku.accounts.urls")),
    path("", include("polku.site.urls")),
    path("", include("polku.eventstore.urls")),
    path("", include("polku.messaging.public_urls")),
    path("", include("polku.surveys.public_urls")),
    path("", include("polku.decide.public_urls")),
    path("accounts/", include("polku.accounts.sign_in_urls")),
    path("w/<slug:workspace>/", include("polku.journeys.urls")),
    path("w/<slug:workspace>/explore/", include("polku.analytics.explore.urls")),
    path("w/<slug:workspace>/web/", include("polku.analytics.web.urls")),
    path("w/<slug:workspace>/", include("polku.people.urls")),
    path("w/<slug:workspace>/", include("polku.messaging.urls")),
    path("w/<slug:workspace>/surveys/", include("polku.surveys.urls")),
    path("w/<slug:workspace>/", include("polku.decide.urls")),
    path("w/<slug:workspace>/", include("polku.capture.urls")),
    path("w/<slug:workspace>/", include("polku.installation.urls")),
    *api_urls,
]
require_permissions(urlpatterns)

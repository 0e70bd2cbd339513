"""The server's entry point."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")

from django.core.asgi import get_asgi_application

django = get_asgi_application()

from polku.capture.front.application import CaptureApplication  # noqa: E402 - Django must be set up first
from polku.eventstore.middleware import EndsWithItsClient  # noqa: E402
from polku.site.static_files import with_static_files  # noqa: E402

application = CaptureApplication(with_static_files(EndsWithItsClient(django)))

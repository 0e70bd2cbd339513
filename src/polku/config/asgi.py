"""The server's entry point."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "polku.config.settings")

import django

django.setup(set_prefix=False)

from polku.capture.front.application import CaptureApplication  # noqa: E402 - Django must be set up first
from polku.config.pages import Pages  # noqa: E402
from polku.eventstore.middleware import EndsWithItsClient  # noqa: E402
from polku.site.static_files import with_static_files  # noqa: E402

application = CaptureApplication(with_static_files(EndsWithItsClient(Pages())))

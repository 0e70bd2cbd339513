"""Questions to a workspace's signals: one Query object, asked alike by pages, the API and the command line."""

from polku.analytics.errors import QueryError
from polku.analytics.lately import answer_lately, run_lately
from polku.analytics.questions import run

__all__ = ["QueryError", "answer_lately", "run", "run_lately"]

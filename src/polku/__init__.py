"""Polku: a customer-journey map that measures itself."""

import os

__version__ = "0.1.0"

# NumPy's linear algebra would divide even a sum of products among threads that wait for each other in a loop: beside
# other work that takes ten times as long as one thread. It looks at this when it is imported first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

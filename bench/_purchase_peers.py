"""Run in a peer's environment: fit BG/NBD to the customers of a file, and print what it took and found as JSON.

python _purchase_peers.py lifetimes|pymc-marketing FILE (rows: frequency, recency, age)
"""

from __future__ import annotations

import json
import sys
import time
import warnings

warnings.simplefilter("ignore")


def fit_lifetimes(file: str) -> dict[str, float]:
    import numpy as np
    from lifetimes import BetaGeoFitter

    x, recency, age = np.loadtxt(file, delimiter=",").T
    fitter = BetaGeoFitter()
    fitter.fit(x, recency, age)  # the first time it compiles
    begun = time.perf_counter()
    fitter = BetaGeoFitter()
    fitter.fit(x, recency, age)
    seconds = time.perf_counter() - begun
    found = {name: float(fitter.params_[name]) for name in ("r", "alpha", "a", "b")}
    # What it reports is of scaled times and one customer; ours is of the times as they are, and of all.
    logarithms = np.log([found[name] for name in ("r", "alpha", "a", "b")])
    likelihood = -len(x) * float(
        BetaGeoFitter._negative_log_likelihood(logarithms, x, recency, age, np.ones(len(x)), 0)
    )
    return {"seconds": seconds, "log_likelihood": likelihood, **found}


def fit_marketing(file: str) -> dict[str, float]:
    import numpy as np
    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel

    x, recency, age = np.loadtxt(file, delimiter=",").T
    customers = pd.DataFrame({"customer_id": np.arange(len(x)), "frequency": x, "recency": recency, "T": age})
    begun = time.perf_counter()
    model = BetaGeoModel(data=customers)
    model.fit(method="map", progressbar=False)
    seconds = time.perf_counter() - begun
    summary = model.fit_summary()
    return {"seconds": seconds, **{name: float(summary[name]) for name in ("r", "alpha", "a", "b")}}


if __name__ == "__main__":
    fit = {"lifetimes": fit_lifetimes, "pymc-marketing": fit_marketing}[sys.argv[1]]
    print(json.dumps(fit(sys.argv[2])))

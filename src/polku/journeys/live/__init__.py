"""The live map: what customers do, say, feel, contact about and buy at each touchpoint of a journey.

`plan` (what is counted) and `signals` (what from, as arrays) are turned into numbers by `lanes`, `answers` and
`changes`; `reading` asks the store and remembers; `structure` reads what people wrote; `assembling` joins both.
"""

from polku.journeys.live.kind import journey_kind

__all__ = ["journey_kind"]

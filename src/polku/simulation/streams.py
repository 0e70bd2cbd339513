"""Random numbers that do not disturb each other.

Each part of the world has a stream of its own, so that switching one truth off changes what follows from it and
nothing else: a comparison of two worlds is paired.
"""

from __future__ import annotations

from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray


def stream(seed: int, part: str) -> np.random.Generator:
    """The generator of the part called `part` in the world with this seed."""
    return np.random.default_rng([seed, crc32(part.encode())])


class Draws:
    """What `chosen` ones of `total` things draw: each draws the same, whichever others are chosen with it.

    So an order keeps its fate when a truth elsewhere lets fewer or more orders happen. Takes the place of a
    generator where the size asked for is the number chosen.
    """

    def __init__(self, generator: np.random.Generator, total: int, chosen: NDArray[np.int64]) -> None:
        self._generator, self._total, self._chosen = generator, total, chosen

    def random(self, count: int) -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = self._of_chosen(self._generator.random(self._total), count)
        return drawn

    def uniform(self, low: float, high: float, count: int) -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = low + (high - low) * self.random(count)
        return drawn

    def normal(self, mean: Any, spread: Any, count: int) -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = mean + spread * self._of_chosen(
            self._generator.standard_normal(self._total), count
        )
        return drawn

    def exponential(self, mean: float, count: int) -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = mean * self._of_chosen(
            self._generator.standard_exponential(self._total), count
        )
        return drawn

    def gamma(self, shape: float, scale: float, count: int) -> NDArray[np.float64]:
        drawn: NDArray[np.float64] = scale * self._of_chosen(
            self._generator.standard_gamma(shape, self._total), count
        )
        return drawn

    def geometric(self, chance: Any, count: int) -> NDArray[np.int64]:
        drawn: NDArray[np.int64] = (
            np.ceil(np.log1p(-self.random(count)) / np.log1p(-chance)).clip(1).astype(np.int64)
        )
        return drawn

    def choice(self, options: int, count: int, p: Any) -> NDArray[np.int64]:
        drawn: NDArray[np.int64] = np.searchsorted(
            np.cumsum(p)[: options - 1], self.random(count), side="right"
        )
        return drawn

    def _of_chosen(self, drawn: Any, count: int) -> Any:
        if count != len(self._chosen):
            raise ValueError(f"{len(self._chosen)} things draw, not {count}")
        return drawn[self._chosen]


Random = np.random.Generator | Draws

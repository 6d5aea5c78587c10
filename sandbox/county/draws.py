"""Random numbers addressed by name and record: no state, so any record can be made alone.

A value depends only on (seed, name, record, extra). Two processes, or two pages asked in another
order, therefore give the same bytes, and a page never needs the records before it.
"""

import zlib

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_MASK = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15


def _mix(value: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Finalizer of splitmix64: every input bit reaches every output bit."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


class Draws:
    """Draws of one county. `ids` and `extra` are integers or integer arrays (record, day...)."""

    def __init__(self, seed: int) -> None:
        self._seed = (seed * _GOLDEN) & _MASK

    def bits(self, name: str, ids: npt.ArrayLike, extra: npt.ArrayLike = 0) -> npt.NDArray:
        """64 random bits for each record."""
        key = np.uint64((self._seed + zlib.crc32(name.encode()) * 0xD1342543DE82EF95) & _MASK)
        values = np.atleast_1d(np.asarray(ids)).astype(np.uint64) * np.uint64(_GOLDEN)
        values = _mix(values + key)
        more = np.atleast_1d(np.asarray(extra)).astype(np.uint64)
        if not more.any():
            return values
        # Where extra is 0 the value stays what it is without: a day's change touches no neighbour.
        return np.where(more, _mix(values + more * np.uint64(0xC2B2AE3D27D4EB4F)), values)

    def uniform(self, name: str, ids: npt.ArrayLike, extra: npt.ArrayLike = 0) -> Floats:
        """Floats in [0, 1)."""
        return (self.bits(name, ids, extra) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, name: str, ids: npt.ArrayLike, extra: npt.ArrayLike = 0) -> Floats:
        """Standard normal (Box-Muller)."""
        radius = np.sqrt(-2.0 * np.log(1.0 - self.uniform(name, ids, extra)))
        return radius * np.cos(2.0 * np.pi * self.uniform(name + "/angle", ids, extra))

    def integers(
        self, name: str, ids: npt.ArrayLike, low: int, high: int, extra: npt.ArrayLike = 0
    ) -> Ints:
        """Integers in [low, high)."""
        span = self.uniform(name, ids, extra) * (high - low)
        return low + span.astype(np.int64)

    def choice(
        self, name: str, ids: npt.ArrayLike, weights: list[float], extra: npt.ArrayLike = 0
    ) -> Ints:
        """Index into `weights`, drawn in proportion to them."""
        edges = np.cumsum(weights) / np.sum(weights)
        drawn = np.searchsorted(edges, self.uniform(name, ids, extra), side="right")
        return np.minimum(drawn, len(weights) - 1)

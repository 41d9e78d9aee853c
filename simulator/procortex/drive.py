"""The drive over time: which Poisson streams and which currents act in a step.

Kernels know one set of weights and one current for each population. Between steps at which something changes they run on; at such a
step the host hands them the next set. So stimuli and currents over time cost nothing where there are none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Drive:
    """Poisson streams and currents of n populations; steps count from 1.

    Attributes
    ----------
    poisson_weight, poisson_start, poisson_stop
        (n, n_inputs) weight units; a stream sends spikes in the steps from its start until before its stop.
    dc
        (n,) constant current (pA).
    current_start, current
        (n_segments,) and (n, n_segments) pA on top of `dc`, each segment from its start to that of the next one.
    P20
        Membrane potential per constant current in one step (mV/pA).
    """

    poisson_weight: NDArray[np.int32]
    poisson_start: NDArray[np.int64]
    poisson_stop: NDArray[np.int64]
    dc: NDArray[np.float64]
    current_start: NDArray[np.int64]
    current: NDArray[np.float64]
    P20: float

    @cached_property
    def changes(self) -> NDArray[np.int64]:
        """Steps, ascending, before which something changes."""
        used = self.poisson_weight != 0
        return np.unique(np.concatenate([self.current_start, self.poisson_start[used], self.poisson_stop[used]]))

    def weights(self, step: int) -> NDArray[np.int32]:
        """(n, n_inputs) weight units of the streams that send spikes in a step, 0 where one does not."""
        active = (self.poisson_start <= step) & (step < self.poisson_stop)
        return np.where(active, self.poisson_weight, 0).astype(np.int32)

    def drift(self, step: int) -> NDArray[np.float64]:
        """(n,) membrane potential gained from the current in a step (mV)."""
        segment = int(np.searchsorted(self.current_start, step, side="right")) - 1
        return self.P20 * (self.dc + (self.current[:, segment] if segment >= 0 else 0.0))

    def pieces(self, first_step: int, n_steps: int) -> Iterator[tuple[int, int, bool]]:
        """Cut steps into pieces of constant drive: first step, number of steps, and whether the drive is another than before it."""
        end = first_step + n_steps
        inner = self.changes[np.searchsorted(self.changes, first_step, side="right") : np.searchsorted(self.changes, end)]
        starts = [first_step, *inner.tolist()]
        place = int(np.searchsorted(self.changes, first_step))
        at_start = place < len(self.changes) and int(self.changes[place]) == first_step
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            yield start, stop - start, start > first_step or at_start

r"""What exactly a statistic means: the variants of the published codes, by name.

All three share the window of this project, half-open in integer steps: ``t_min / dt <= step < t_sim / dt``. The published codes
differ from it and from each other at single steps of its ends (Schmidt: both ends excluded; Knight: rates exclude ``t_min`` and
have no upper end; Elephant: both ends included), which moves one step in 100,000.

==================================  ============  ============  ============
\                                   schmidt2018   knight2021    elephant
==================================  ============  ============  ============
rate of a population                over all recorded neurons, silent ones included
LvR: R (ms)                         2             2             5
LvR of neurons with 1 or 2 spikes   0             0             left out
LvR of silent neurons               0             left out      left out
correlation, bins                   1 ms, spike counts
correlation, neurons                indices from the first one that ever spikes to 3000 above it; of these, the first 2000
                                    that spike in the window (Elephant leaves the choice to its caller: the same is taken)
correlation, undefined pairs        0             0             left out
==================================  ============  ============  ============

Rates and LvR depend on the window's length (a neuron of 0.3 spikes/s has less than 3 spikes in most windows of 2 s): compare
statistics of equal windows only.
"""

from __future__ import annotations

from dataclasses import dataclass

from procortex.utilities.errors import InputError

CANDIDATES = 3001
MAX_CORRELATED = 2000


@dataclass(frozen=True)
class Definition:
    """One variant of the statistics.

    Attributes
    ----------
    refractory_ms
        R of the LvR (ms).
    short_as_zero, silent_as_zero
        Whether neurons with 1 or 2 spikes, or without any, count with LvR = 0; else they are left out.
    undefined_as_zero
        Whether pairs without a defined correlation count as 0; else they are left out.
    """

    name: str
    refractory_ms: float
    short_as_zero: bool
    silent_as_zero: bool
    undefined_as_zero: bool


DEFINITIONS: dict[str, Definition] = {
    definition.name: definition
    for definition in (
        Definition("schmidt2018", 2.0, short_as_zero=True, silent_as_zero=True, undefined_as_zero=True),
        Definition("knight2021", 2.0, short_as_zero=True, silent_as_zero=False, undefined_as_zero=True),
        Definition("elephant", 5.0, short_as_zero=False, silent_as_zero=False, undefined_as_zero=False),
    )
}

DEFAULT = "knight2021"
"""The definition of the published NEST and GeNN values, of the stored distributions and of comparisons."""


@dataclass(frozen=True)
class Window:
    """Half-open window of time steps, ``first_step <= step < end_step``, at a resolution `dt` (ms)."""

    first_step: int
    end_step: int
    dt: float

    @classmethod
    def between(cls, t_min: float, t_sim: float, dt: float) -> Window:
        """Window from `t_min` to `t_sim` (ms).

        Raises
        ------
        InputError
            If nothing lies between them.
        """
        window = cls(round(t_min / dt), round(t_sim / dt), dt)
        if not 0 <= window.first_step < window.end_step:
            raise InputError(f"--t-min {t_min:g} ms lies outside the simulation of {t_sim:g} ms; give a time from 0 to less than {t_sim:g}")
        return window

    @property
    def duration_ms(self) -> float:
        """Length of the window (ms)."""
        return (self.end_step - self.first_step) * self.dt

"""Parameters of the stabilisation."""

from __future__ import annotations

import math
from dataclasses import dataclass

from procortex.utilities.errors import InputError

SILENT_6E = 0.7
"""kappa at which the drive of 6E vanishes."""


@dataclass(frozen=True)
class StabilisationParameters:
    """Parameters of Schuecker, Schmidt et al. (2017), who stabilised another working point than that of the later simulations.

    Attributes
    ----------
    g
        Inhibitory relative to excitatory weight.
    rate_ext
        Rate of an external synapse (spikes/s).
    fac_nu_ext_TH
        Factor on the external in-degree of 23E and 5E in TH.
    kappa_start, kappa_target
        Ends of the scan. At the target no transition to high activity may be left. The paper aims at 1.2; with the exact unstable fixed
        points 1.3 gives changes of the published size, and a ground state that holds in simulations (docs/decisions/0003).
    kappa_step
        Step of the scan.
    dt, T
        Step and end of the relaxation in pseudo-time. Where trajectories cross a separatrix depends a little on the step; a fifth of the
        usual one comes close to a continuous time.
    max_iterations
        Largest number of changes of the in-degrees. The paper shows four.
    """

    g: float = -16.0
    rate_ext: float = 8.0
    fac_nu_ext_TH: float = 1.2
    kappa_start: float = 1.0
    kappa_target: float = 1.3
    kappa_step: float = 0.01
    dt: float = 0.02
    T: float = 50.0
    max_iterations: int = 10

    def __post_init__(self) -> None:
        """Refuse what makes no stabilisation.

        Raises
        ------
        InputError
            With one line for each parameter that is out of range.
        """
        span = self.kappa_target - self.kappa_start
        expected = {
            "g": (self.g <= 0, "0 or less"),
            "rate_ext": (self.rate_ext >= 0, "0 or more"),
            "fac_nu_ext_TH": (self.fac_nu_ext_TH >= 0, "0 or more"),
            "kappa_start": (self.kappa_start >= SILENT_6E, f"at least {SILENT_6E:g}"),
            "kappa_target": (span > 0, f"more than kappa_start ({self.kappa_start:g})"),
            "kappa_step": (0 < self.kappa_step <= span, "more than 0, and at most the way from kappa_start to kappa_target"),
            "dt": (0 < self.dt <= 1, "more than 0, at most 1"),
            "T": (self.T > 0, "more than 0"),
            "max_iterations": (self.max_iterations >= 0, "0 or more"),
        }
        findings = []
        for name, (right, what) in expected.items():
            value = getattr(self, name)
            if not (right and math.isfinite(value)):
                findings.append(f"stabilisation: {name}: is {value:g}, expected {what}")
        if findings:
            raise InputError("\n".join(findings))

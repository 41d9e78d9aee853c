"""Parameters of the anatomy."""

from __future__ import annotations

from dataclasses import dataclass

from procortex.utilities.errors import InputError


@dataclass(frozen=True)
class AnatomyParameters:
    """Parameters that change neuron numbers or in-degrees; names and defaults of the multi-area model.

    Attributes
    ----------
    surface
        Cortical surface that is modelled of each area (mm^2).
    av_indegree_V1
        Synapses per neuron in V1, which set the density of synapses everywhere: the mean of Cragg (1967) and O'Kusky and Colonnier
        (1982).
    fac_nu_ext_5E, fac_nu_ext_6E
        Factors on the external in-degree of 5E and 6E.
    fac_nu_ext_TH
        Further factor on the external in-degree of 23E and 5E in TH, which lacks the input to layer 4.
    E_specificity
        Whether 93 % of the synapses of feedback connections have excitatory targets.
    corrections
        Names of the corrections to apply (`model.corrections.registry`); those of other stages have no effect here.
    """

    surface: float = 1.0
    av_indegree_V1: float = 3950.0
    fac_nu_ext_5E: float = 1.125
    fac_nu_ext_6E: float = 1.41666667
    fac_nu_ext_TH: float = 1.2
    E_specificity: bool = True
    corrections: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        findings = [
            f"{name} is {getattr(self, name)}; expected a positive number"
            for name in ("surface", "av_indegree_V1")
            if not getattr(self, name) > 0
        ]
        findings += [
            f"{name} is {getattr(self, name)}; expected 0 or more"
            for name in ("fac_nu_ext_5E", "fac_nu_ext_6E", "fac_nu_ext_TH")
            if not getattr(self, name) >= 0
        ]
        if findings:
            raise InputError("\n".join(findings))

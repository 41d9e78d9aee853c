"""The corrections by name: what the published model does, what the corrected form is, and which stage it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Stage = Literal["curation", "anatomy", "network"]


@dataclass(frozen=True)
class Correction:
    """One departure of the published model from its own description or from its data.

    Attributes
    ----------
    stage
        Where it acts: ``curation`` (from the raw sources to the tables), ``anatomy`` (from the tables to neurons and in-degrees) or
        ``network`` (down-scaling).
    published, corrected
        What the published model does, and what stands in its place.
    """

    stage: Stage
    published: str
    corrected: str


CORRECTIONS: Mapping[str, Correction] = {
    "m121_label": Correction(
        "curation",
        "The laminar data of monkey M121's injection into V1 carry the name of the injection into V4 (M121RH), and are taken for it.",
        "They count for V1 (M121LH).",
    ),
    "zero_padding": Correction(
        "curation",
        "The SLN of a source that only some of an area's injections label is averaged with zeros for the others.",
        "The mean over the injections that label the source. (An FLN without label is a measured 0 and stays one.)",
    ),
    "sln_fit": Correction(
        "curation",
        "The coefficients that predict the SLN are those where the optimiser stopped, before it had converged.",
        "The maximum of the likelihood.",
    ),
    "traced_external": Correction(
        "curation",
        "The fraction of labelled neurons outside the model is predicted from distances, also where tracing measured it.",
        "For the 11 areas with injections, what the tracing found outside the model's areas.",
    ),
    "spiny_stellate_layer": Correction(
        "curation",
        "The dendrites of the spiny stellate cells ss4(L2/3) receive their synapses in layer 2/3, where their axons end.",
        "They receive them in layer 4, where their dendrites are.",
    ),
    "absent_layer_thickness": Correction(
        "anatomy",
        "Layer 4 of TH has a thickness although TH has no layer 4: the other layers are thinner, and lateral synapses fall into it.",
        "It has none; the other layers share the total.",
    ),
    "series_sign": Correction(
        "anatomy",
        "For areas of 100 mm² and more a series with a wrong sign computes ln(1 + c) / ln(1 + 1/M).",
        "ln(1 − c) / ln(1 − 1/M), as for smaller areas.",
    ),
    "log_cancellation": Correction(
        "anatomy",
        "For smaller areas ln(1 − 1/M) is evaluated literally, which loses up to four digits.",
        "It is evaluated as log1p(−1/M).",
    ),
    "synapse_rounding": Correction(
        "anatomy",
        "The microcircuit's numbers of synapses are rounded to whole numbers before they are scaled to the areas.",
        "They are not rounded.",
    ),
    "absent_sources": Correction(
        "anatomy",
        "TH's share of intrinsic synapses is divided among all source populations, 4E and 4I too, which it lacks: a quarter is lost.",
        "It is divided among the populations that exist.",
    ),
    "weight_spread": Correction(
        "network",
        "Down-scaling makes the weights stronger by 1 / sqrt(K_scaling) but not their standard deviation.",
        "It scales both, so that the relative spread stays.",
    ),
}
"""Every correction by name, in the order in which they act."""


def at_stage(names: tuple[str, ...], stage: Stage) -> frozenset[str]:
    """Select the corrections that act at one stage."""
    return frozenset(name for name in names if CORRECTIONS[name].stage == stage)

"""Rows of the five tables, column by column, in the order of the files.

The names of the sources are those of `model.tables.document`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import create_model

from model.tables.axes import LAYERS
from model.tables.columns import (
    AREA,
    DENSITY_SOURCES,
    EVIDENCE,
    FRACTION,
    NOT_NEGATIVE,
    NUMBER,
    PATTERN,
    POSITIVE,
    PROBABILITY,
    TEXT,
    THICKNESS_SOURCES,
    AreaName,
    DensitySource,
    Evidence,
    LayerName,
    PopulationName,
    Row,
    ThicknessSource,
    Values,
    choice,
    column,
    one_of,
)
from procortex.formats.populations import LAYER_POPULATIONS

ARCHITECTURAL_TYPE = Values("a whole number from 1 to 8", {"ge": 1, "le": 8})
BARBAS = "Barbas lab, in Hilgetag et al. (2016)"
LAMINAR_DENSITY = "NeuN put on the Nissl scale; mean of the areas of the same type where there is none"
LAMINAR_THICKNESS = (
    "mean over studies of the share of the total; layer 4 else from the overall density, the others from the mean over areas; "
    "normalised to the total"
)
CELLS = "Potjans & Diesmann (2014)"


def _layer_density(layer: str) -> Any:
    return column(NOT_NEGATIVE, f"Neurons in layer {layer}.", "1/mm³", source=BARBAS, method=LAMINAR_DENSITY)


def _layer_thickness(layer: str) -> Any:
    return column(
        NOT_NEGATIVE, f"Thickness of layer {layer}.", "mm", source="about 30 studies, in Schmidt et al. (2018)", method=LAMINAR_THICKNESS
    )


def _for_populations(prefix: str, kind: Any, describe: Callable[[str], Any]) -> dict[str, Any]:
    return {f"{prefix}{name}": (kind, describe(name)) for name in LAYER_POPULATIONS}


class _AreaBase(Row):
    area: AreaName = column(AREA, "Area of the parcellation FV91.", source="Felleman & Van Essen (1991)")
    architectural_type: int = column(
        ARCHITECTURAL_TYPE,
        "Architectural type, from 1 (least differentiated) to 8.",
        source="Hilgetag et al. (2016), Table 4",
        method="MIP and MDP, which the source leaves open: that of their neighbours",
    )
    hierarchy: float = column(
        FRACTION, "Level in the hierarchy.", source="Reid et al. (2009), Fig. 4", method="MIP and MDP: 0.5; used by figures only"
    )
    surface_mm2: float = column(POSITIVE, "Cortical surface of the whole area.", "mm²", source="Caret atlas, in Schmidt et al. (2018)")
    density_overall: float = column(
        POSITIVE,
        "Neurons in the whole depth.",
        "1/mm³",
        source=BARBAS,
        method="see density_source",
    )
    density_23: float = _layer_density("2/3")
    density_4: float = _layer_density("4")
    density_5: float = _layer_density("5")
    density_6: float = _layer_density("6")
    density_source: DensitySource = column(
        choice(*DENSITY_SOURCES),
        "Where density_overall comes from.",
        source=BARBAS,
        method="nissl: counted; neun: NeuN put on the Nissl scale by a line through areas with both; type_mean: mean over the type",
    )
    thickness_mm: float = column(
        POSITIVE, "Total thickness, layer 1 included.", "mm", source="Hilgetag et al. (2016), Table 4", method="see thickness_source"
    )
    thickness_source: ThicknessSource = column(
        choice(*THICKNESS_SOURCES),
        "Where thickness_mm comes from.",
        source="Hilgetag et al. (2016)",
        method="measured; or regression on the decadic logarithm of density_overall",
    )
    thickness_1: float = _layer_thickness("1")
    thickness_23: float = _layer_thickness("2/3")
    thickness_4: float = _layer_thickness("4")
    thickness_5: float = _layer_thickness("5")
    thickness_6: float = _layer_thickness("6")
    external_fln: float = column(
        NOT_NEGATIVE,
        "FLN of all cortical areas outside the model together, before normalisation.",
        source="CoCoMac",
        method="sum of the distance rule (fln_intercept, fln_slope) over the areas that CoCoMac connects and whose distance is known",
    )


def _neurons(population: str) -> Any:
    return column(
        NOT_NEGATIVE,
        f"Neurons of {population} in the whole area.",
        source=CELLS,
        method="surface × thickness × density of the layer × share of the sign in the layer of the microcircuit; a real number",
        derived=True,
    )


AreaRow: type[Row] = create_model(
    "AreaRow",
    __base__=_AreaBase,
    __doc__="One of the 32 areas.",
    **_for_populations("neurons_", float | None, _neurons),
)


class ConnectionRow(Row):
    """One ordered pair of different areas."""

    target: AreaName = column(AREA, "Area that receives.", source="Felleman & Van Essen (1991)")
    source: AreaName = column(AREA, "Area that sends.", source="Felleman & Van Essen (1991)")
    evidence: Evidence = column(
        choice(*EVIDENCE),
        "What shows that the connection exists; `none`: there is no connection.",
        source="CoCoMac; Markov et al. (2014a)",
        method="cocomac: a laminar pattern or a confirming study; tracing: FLN above 0 alone",
    )
    distance_mm: float = column(POSITIVE, "Median distance between the voxels of the two areas.", "mm", source="CoCoMac")
    fln_measured: float | None = column(
        FRACTION,
        "Fraction of labelled neurons, measured.",
        source="Markov et al. (2014a)",
        method="mean over injections, mapped from M132 by overlap of the areas; empty without data",
        optional=True,
    )
    fln_predicted: float = column(
        FRACTION,
        "Fraction of labelled neurons by the distance rule.",
        source="Ercsey-Ravasz et al. (2013)",
        method="exp(fln_intercept + fln_slope × distance_mm); counts where the connection exists and fln_measured is empty",
    )
    fln_normalised: float | None = column(
        FRACTION,
        "Share of the target area's labelled neurons that the source area has.",
        source="Schmidt et al. (2018)",
        method="fln_measured, else fln_predicted, scaled so that an area's rows and its external_fln sum to "
        "1 − fln_intrinsic − fln_subcortical",
        derived=True,
    )
    sln_measured: float | None = column(
        FRACTION,
        "Fraction of supragranular neurons among the labelled ones, measured.",
        source="Markov et al. (2014b)",
        method="mean over injections, mapped from M132 by overlap, weighted by FLN; empty without data",
        optional=True,
    )
    sln_predicted: float = column(
        FRACTION,
        "Fraction of supragranular neurons from the densities of both areas.",
        source="Markov et al. (2014b); Schmidt et al. (2018)",
        method="Φ(sln_intercept + sln_slope × ln(density_overall of target / of source)); counts where the connection exists and "
        "sln_measured is empty",
    )
    source_pattern: str | None = column(
        PATTERN,
        "Strength in layers 1 to 6 of origin: 0 absent, 1 to 3 weak to strong, X present, ? unknown.",
        source="CoCoMac",
        method="empty without data",
        optional=True,
    )
    target_pattern: str | None = column(
        PATTERN, "The same for the layers of termination.", source="CoCoMac", method="empty without data", optional=True
    )


def _probability(source: str) -> Any:
    return column(PROBABILITY, f"Probability of a connection from a neuron of {source}.", source=f"{CELLS}, Table 5")


class _PopulationBase(Row):
    population: PopulationName = column(choice(*LAYER_POPULATIONS), "Target population.", source=CELLS)
    neurons_per_mm2: float = column(POSITIVE, "Neurons below one square millimetre.", "1/mm²", source=CELLS)


PopulationRow: type[Row] = create_model(
    "PopulationRow",
    __base__=_PopulationBase,
    __doc__="One population of the microcircuit below 1 mm².",
    **_for_populations("probability_", float, _probability),
)


def _receives(population: str) -> Any:
    return column(
        FRACTION,
        f"Probability that a synapse of this layer belongs to a neuron of {population}.",
        source="Binzegger et al. (2004), in Izhikevich & Edelman (2008)",
        method="cortico-cortical synapses of each cell type in the layer, weighted by the populations' shares in V1; rows sum to 1",
    )


class _LayerBase(Row):
    layer: LayerName = column(choice(*LAYERS), "Layer of the synapse; 23 stands for layers 2 and 3.", source="Binzegger et al. (2004)")


LayerRow: type[Row] = create_model(
    "LayerRow",
    __base__=_LayerBase,
    __doc__="One layer of an area that has all layers.",
    **_for_populations("", float, _receives),
)

CONSTANTS: dict[str, tuple[str, str]] = {
    "fln_intrinsic": ("", "Markov et al. (2011): mean labelled fraction within the injected area"),
    "fln_subcortical": ("", "Markov et al. (2011): labelled fraction below cortex"),
    "fln_intercept": ("", "fit of ln FLN over the distance; data of Markov et al. (2014a)"),
    "fln_slope": ("1/mm", "fit of ln FLN over the distance; data of Markov et al. (2014a)"),
    "sln_intercept": ("", "beta-binomial probit fit of SLN over the log ratio of densities; data of Markov et al. (2014b)"),
    "sln_slope": ("", "beta-binomial probit fit of SLN over the log ratio of densities; data of Markov et al. (2014b)"),
    "sln_overdispersion": ("", "beta-binomial probit fit of SLN over the log ratio of densities; data of Markov et al. (2014b)"),
}
"""Unit and source of each constant."""


class ConstantRow(Row):
    """One constant; the two fits are what the predictions of `connections.csv` were computed with, and what figures draw."""

    name: Annotated[str, one_of(tuple(CONSTANTS))] = column(choice(*CONSTANTS), "Name.", source="this project")
    value: float = column(NUMBER, "Value.", "column unit", source="column source")
    unit: str | None = column(TEXT, "Unit of the value; empty for pure numbers.", source="this project", optional=True)
    source: str = column(TEXT, "Where the value comes from.", source="this project")

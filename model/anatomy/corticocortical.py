"""Synapses between areas: how many, from which layers, onto which populations.

Schmidt et al. (2018a), "Cortico-cortical connectivity", type III; layers of termination after Felleman and Van Essen (1991).
"""

from __future__ import annotations

import xarray as xr

from model.anatomy.patterns import PATTERN_LAYERS, PRESENT, UNKNOWN, LaminarPatterns
from model.anatomy.supragranular import FEEDBACK, FEEDFORWARD, LATERAL
from model.tables.axes import AREA_LIST, LAYERS, Frame, Numbers
from procortex.formats.populations import LAYER_POPULATIONS

TERMINATION_LAYERS = {FEEDFORWARD: ("4",), FEEDBACK: ("1", "2", "3", "5", "6"), LATERAL: PATTERN_LAYERS}
"""Layers in which connections of each class end."""

EXCITATORY_TARGETS_OF_FEEDBACK = 0.93
"""Fraction of the synapses of feedback connections that has excitatory targets."""


def over_area_pairs(table: Frame) -> xr.DataArray:
    """Give a table [target, source] the dimensions of area pairs."""
    return xr.DataArray(table.loc[AREA_LIST, AREA_LIST].to_numpy(), coords={"target_area": AREA_LIST, "source_area": AREA_LIST})


def source_fractions(patterns: LaminarPatterns, supragranular: xr.DataArray, neurons: Frame) -> xr.DataArray:
    """Compute which fraction of a connection's synapses each population of the source area sends.

    Parameters
    ----------
    patterns
        Laminar patterns of CoCoMac.
    supragranular
        Completed SLN; (target_area, source_area), NaN without connection.
    neurons
        Neurons of areas x populations, which divide the infragranular part where no pattern does.

    Returns
    -------
    xarray.DataArray
        (target_area, source_area, source_population) over 23E, 5E, 6E; sums to 1 where a connection exists.
    """
    pattern = patterns.source
    known = pattern.notnull().all("pattern_layer")
    upper = (pattern.sel(pattern_layer=["1", "2", "3"]) != 0).any("pattern_layer")
    lower = pattern.sel(pattern_layer=["5", "6"])
    # The pattern overrules the SLN where it leaves only one of the two; a pattern without upper layers comes first.
    fraction = supragranular.where(~known | (lower != 0).any("pattern_layer"), 1.0).where(~known | upper, 0.0)

    strength = (10.0**lower).where(lower != 0, 0.0)
    by_pattern = (strength / strength.sum("pattern_layer")).fillna(0.0)  # 0 / 0 where the lower layers send nothing
    numbers = xr.DataArray(neurons.loc[AREA_LIST, ["5E", "6E"]].to_numpy(), coords={"source_area": AREA_LIST, "pattern_layer": ["5", "6"]})
    split = by_pattern.where(known, numbers / numbers.sum("pattern_layer"))
    infragranular = ((1 - fraction) * split).rename(pattern_layer="source_population").assign_coords(source_population=["5E", "6E"])
    supra = fraction.expand_dims(source_population=["23E"])
    joined: xr.DataArray = xr.concat([supra, infragranular], "source_population")
    return joined.transpose("target_area", "source_area", "source_population")


def target_fractions(patterns: LaminarPatterns, classes: xr.DataArray, thickness: Frame) -> xr.DataArray:
    """Compute which fraction of a connection's synapses lies in each layer of the target area.

    Parameters
    ----------
    patterns
        Laminar patterns of CoCoMac.
    classes
        Class of each connection by its SLN; (target_area, source_area).
    thickness
        Thickness (mm) of areas x layers; the layers share in its proportion where no pattern says more.

    Returns
    -------
    xarray.DataArray
        (target_area, source_area, layer); sums to 1 where a connection exists.
    """
    ends: xr.DataArray = xr.concat([_ends_in(classes, layer).astype(float) for layer in PATTERN_LAYERS], "pattern_layer")
    ends = ends.assign_coords(pattern_layer=list(PATTERN_LAYERS))

    pattern = patterns.target
    resolved = pattern.where((pattern != UNKNOWN) | (ends == 0), PRESENT)
    strength = (10.0**resolved).where(resolved > 0, 0.0)
    by_pattern = _merge_layers_2_and_3(strength / strength.sum("pattern_layer"))

    depth = xr.DataArray(thickness.loc[AREA_LIST, list(LAYERS)].to_numpy(), coords={"target_area": AREA_LIST, "layer": list(LAYERS)})
    in_class = ends.sel(pattern_layer=["1", "2", "4", "5", "6"]).rename(pattern_layer="layer").assign_coords(layer=list(LAYERS))
    below = (depth * in_class).where(depth.layer != "1", 0.0)
    # Connections that reach layer 1 have half of their synapses there.
    in_layer_1 = 0.5 * in_class.sel(layer="1", drop=True)
    by_thickness = ((1 - in_layer_1) * below / below.sum("layer")).where(depth.layer != "1", in_layer_1)
    known = pattern.notnull().all("pattern_layer")
    return by_pattern.where(known, by_thickness).transpose("target_area", "source_area", "layer")


def corticocortical_synapses(
    synapses: Numbers, labelled: Frame, sources: xr.DataArray, targets: xr.DataArray, cell_bodies: xr.DataArray
) -> xr.DataArray:
    """Compute the synapses between the populations of different areas.

    Parameters
    ----------
    synapses
        All synapses in each modelled patch.
    labelled
        Normalised FLN [target, source]; NaN without connection.
    sources, targets
        What `source_fractions` and `target_fractions` give.
    cell_bodies
        P(population | layer); (target_area, layer, target_population).

    Returns
    -------
    xarray.DataArray
        (target_area, target_population, source_area, source_population); source populations are 23E, 5E, 6E.
    """
    total = over_area_pairs(labelled.mul(synapses, axis=0))
    onto = xr.dot(targets, cell_bodies, dim="layer")
    synapses_between: xr.DataArray = (total * onto * sources).fillna(0.0)
    return synapses_between.transpose("target_area", "target_population", "source_area", "source_population")


def with_feedback_specificity(synapses: xr.DataArray, classes: xr.DataArray) -> xr.DataArray:
    """Move synapses of feedback connections onto excitatory targets, where a connection has targets of both kinds.

    Parameters
    ----------
    synapses
        What `corticocortical_synapses` gives.
    classes
        Class of each connection; (target_area, source_area).

    Returns
    -------
    xarray.DataArray
        Synapses, with the same number for each pair of areas and 93 % of a feedback connection's on excitatory populations.
    """
    excitatory = xr.DataArray([name.endswith("E") for name in LAYER_POPULATIONS], coords={"target_population": list(LAYER_POPULATIONS)})
    over_populations = ["target_population", "source_population"]
    total = synapses.sum(over_populations)
    share = (synapses.where(excitatory, 0.0).sum(over_populations) / total).fillna(0.0)
    both = (classes == FEEDBACK) & (share > 0) & (share < 1)
    wanted = EXCITATORY_TARGETS_OF_FEEDBACK
    factor = (wanted / share).where(excitatory, (1 - wanted) / (1 - share)).where(both, 1.0)
    moved: xr.DataArray = synapses * factor
    return moved.transpose(*synapses.dims)


def _ends_in(classes: xr.DataArray, layer: str) -> xr.DataArray:
    return classes.isin([name for name, layers in TERMINATION_LAYERS.items() if layer in layers])


def _merge_layers_2_and_3(fractions: xr.DataArray) -> xr.DataArray:
    merged = fractions.assign_coords(pattern_layer=["1", "23", "23", "4", "5", "6"]).groupby("pattern_layer").sum()
    return merged.rename(pattern_layer="layer").sel(layer=list(LAYERS))

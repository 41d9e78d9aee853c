"""One area with ever fewer of the others simulated, beside each other; van Albada et al. (2020), Fig. 3."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from analysis.figures.catalogue import MOST_SUBSETS
from analysis.figures.raster import raster, shown
from analysis.figures.style import WIDTH_IN, panel_letter
from procortex.formats.populations import AREAS, split_label
from procortex.formats.spike_meta import SpikeMeta, read_meta
from procortex.utilities.errors import InputError

NAME = "subset-rasters"
PREFERRED = "V1"


def draw(inputs: Sequence[Path], state: str | None) -> Figure:
    """Rasters of V1, or of the first area that all simulations share; from the fewest areas simulated to the most.

    Parameters
    ----------
    inputs
        Spike data sets of simulations of different areas.
    state
        Takes no part: spikes do not say which state they are of.

    Raises
    ------
    InputError
        If there are fewer than two or too many, they share no area, or all simulate the same areas.
    """
    if not 2 <= len(inputs) <= MOST_SUBSETS:
        raise InputError(f"{NAME}: {len(inputs)} inputs; it draws 2 to {MOST_SUBSETS} spike data sets, each with other areas simulated")
    metas = {path: read_meta(path) for path in inputs}
    areas = {path: simulated_areas(meta) for path, meta in metas.items()}
    if len(set(areas.values())) < 2:
        raise InputError(f"{inputs[0]}: the same areas are simulated in all inputs; {NAME} draws simulations that differ in them")
    area = shared_area([recorded_areas(meta) for meta in metas.values()])
    if area is None:
        raise InputError(f"{inputs[0]}: the inputs share no recorded area; {NAME} draws one area, first of all {PREFERRED}")
    ordered = sorted(inputs, key=lambda path: len(areas[path]))
    figure = Figure(figsize=(WIDTH_IN * (0.06 + 0.94 * min(1.0, len(ordered) / 3)), 3.0))
    for axes, letter, path in zip(figure.subplots(1, len(ordered), squeeze=False)[0], "ABCDEF", ordered, strict=False):
        panel_letter(axes, letter)
        raster(axes, path, metas[path], area, shown(path, metas[path])[1])
        axes.set_title(panel_title(area, areas[path]))
    return figure


def simulated_areas(meta: SpikeMeta) -> tuple[str, ...]:
    """Areas of a simulation, in model order."""
    return tuple(dict.fromkeys(split_label(label)[0] for label in meta.populations))


def recorded_areas(meta: SpikeMeta) -> tuple[str, ...]:
    """Areas of which spikes were recorded, in model order."""
    return tuple(dict.fromkeys(split_label(label)[0] for label, neurons in meta.recorded.items() if neurons > 0))


def shared_area(areas: Sequence[Sequence[str]]) -> str | None:
    """Choose the area to draw: V1, or the first that stands in all lists; None if none does."""
    shared = [area for area in areas[0] if all(area in others for others in areas)]
    return PREFERRED if PREFERRED in shared else next(iter(shared), None)


def panel_title(area: str, simulated: Sequence[str]) -> str:
    """Say how many areas input from outside stands for."""
    replaced = len(AREAS) - len(simulated)
    return f"{area}, {replaced} area{'s' * (replaced != 1)} replaced"

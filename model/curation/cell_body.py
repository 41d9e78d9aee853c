"""Where the cell bodies are whose dendrites receive the cortico-cortical synapses of a layer.

Binzegger et al. (2004), after Izhikevich and Edelman (2008); Schmidt et al. (2018a), "Mapping of synaptic locations".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from model.tables.axes import LAYERS, POPULATIONS, Frame, Numbers


@dataclass(frozen=True)
class CellBodies:
    """Populations that receive the synapses of each layer.

    Attributes
    ----------
    cat_fractions, model_fractions
        Fraction of the neurons that each population has in the data of Binzegger et al. (cat), and in the model's V1.
    synapses
        Cortico-cortical synapses in each layer for one neuron of V1.
    probability
        P(population | layer of the synapse); layers x populations.
    """

    cat_fractions: Numbers
    model_fractions: Numbers
    synapses: Numbers
    probability: Frame


def cell_bodies(cell_types: Frame, neurons_v1: Numbers, corrections: frozenset[str] = frozenset()) -> CellBodies:
    """Compute where the cell bodies are, in an area that has all layers.

    Parameters
    ----------
    cell_types
        See `model.curation.raw.read_cell_types`.
    neurons_v1
        Neurons of V1 by population.
    corrections
        ``spiny_stellate_layer`` leaves the synapses of a cell type whose row names no layer in the layer of its cell bodies.
    """
    place = cell_layer_of if "spiny_stellate_layer" in corrections else synapse_layer_of
    table = cell_types.assign(
        population=[population_of(cell_type) for cell_type in cell_types["cell_type"]],
        synapse_layer=[place(*row) for row in zip(cell_types["cell_type"], cell_types["layer"], strict=True)],
        share=cell_types.groupby("cell_type")["cells"].transform("first"),
    )
    table = table[table["population"] != "1I"]
    cells = table.drop_duplicates("cell_type").groupby("population")["share"].sum().loc[POPULATIONS]
    cat, model = cells / cells.sum(), neurons_v1 / neurons_v1.sum()
    synapses = table["corticocortical"] / 100 * table["synapses"] * table["share"] / 100 * table["population"].map(model / cat)
    weight = table.assign(weight=synapses).pivot_table(index="synapse_layer", columns="population", values="weight", aggfunc="sum")
    weight = weight.reindex(index=list(LAYERS), columns=POPULATIONS).fillna(0.0)
    return CellBodies(cat, model, weight.sum(axis=1), weight.div(weight.sum(axis=1), axis=0))


def population_of(cell_type: str) -> str:
    """Name the population of a cell type of Binzegger et al.: basket cells (b, nb) are inhibitory; the first digits name the layer."""
    name = re.sub(r"\(.*\)", "", cell_type)
    return re.sub(r"\D", "", name) + ("I" if "b" in name else "E")


def cell_layer_of(cell_type: str, layer: str) -> str:
    """Layer of a row's synapses: its own entry, else that of the cell type's cell bodies."""
    return re.sub(r"\D", "", layer or re.sub(r"\(.*\)", "", cell_type))


def synapse_layer_of(cell_type: str, layer: str) -> str:
    """Layer of a row's synapses: its own entry, else that in the cell type's brackets, else the cell type's layer.

    The brackets of ``ss4(L2/3)`` name the layer of its axon, so that these synapses belong to layer 4; the original puts them into
    layer 23, and so do we unless `cell_layer_of` is asked.
    """
    bracket = re.search(r"\((.*)\)", cell_type)
    return re.sub(r"\D", "", layer or (bracket[1] if bracket else cell_type))

"""The anatomy file of a state: what `contracts.anatomy` describes, from the anatomy and its tables."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

from contracts.anatomy import AREA_PAIR, COCOMAC, LAYERS, NO_EVIDENCE, PAIR, TRACING
from model.anatomy import Anatomy
from model.anatomy.supragranular import FEEDBACK_BELOW, FEEDFORWARD_ABOVE
from model.configuration import Parameters
from model.network.assemble import full_scale_circuit
from model.network.overrides import PairFactors
from model.tables.tables import Tables
from procortex.formats.populations import AREAS

EVIDENCE = {"none": NO_EVIDENCE, "cocomac": COCOMAC, "tracing": TRACING}
AREA_COLUMNS = {"hierarchy": "hierarchy", "surface": "surface_mm2", "density": "density_overall", "thickness": "thickness_mm"}
AREA_TEXTS = ("density_source", "thickness_source")
PAIR_COLUMNS = ("fln_measured", "fln_predicted", "fln_normalised", "sln_measured", "sln_predicted")
PAIR_TEXTS = ("source_pattern", "target_pattern")
CONSTANTS = ("fln_intercept", "fln_slope", "sln_intercept", "sln_slope")


def anatomy_dataset(anatomy: Anatomy, parameters: Parameters, factors: PairFactors | None = None) -> xr.Dataset:
    """Collect an anatomy at full density, with the weights of one state.

    Parameters
    ----------
    anatomy
        Neuron numbers, in-degrees, and the tables that they follow from.
    parameters
        Parameters of the state; its scaling and its choice of areas have no effect.
    factors
        Factors on in-degrees and weights of pairs of populations; None changes nothing.
    """
    circuit = full_scale_circuit(anatomy, parameters, factors)
    labels = list(circuit.labels)
    order = {"target": labels, "source": labels}
    data: dict[str, Any] = {
        "neurons": ("target", anatomy.neurons.to_numpy()),
        "indegree": (PAIR, circuit.indegree),
        "indegree_anatomical": (PAIR, anatomy.indegree_raw.sel(order).to_numpy()),
        "external_indegree": ("target", anatomy.external_indegree.sel(target=labels).to_numpy()),
        "weight_mean": (PAIR, circuit.weight_mean),
        "distance": (AREA_PAIR, anatomy.distance.sel(target_area=list(AREAS), source_area=list(AREAS)).to_numpy()),
        **_area_variables(anatomy.tables),
        **_pair_variables(anatomy.tables),
    }
    names = list(AREAS)
    coords = {**order, "area": names, "target_area": names, "source_area": names, "layer": list(LAYERS)}
    return xr.Dataset(data, coords, _attributes(anatomy.tables, parameters) | (factors.record() if factors else {}))


def _area_variables(tables: Tables) -> dict[str, Any]:
    areas = tables.areas.loc[list(AREAS)]
    numbers = {name: ("area", areas[column].to_numpy(float)) for name, column in AREA_COLUMNS.items()}
    layered = {
        f"{name}_layer": (("area", "layer"), areas.reindex(columns=[f"{name}_{layer}" for layer in LAYERS]).to_numpy(float))
        for name in ("density", "thickness")  # layer 1 has no density: the model has no neurons there
    }
    texts = {name: ("area", areas[name].to_numpy(dtype=object)) for name in AREA_TEXTS}
    return {"architectural_type": ("area", areas["architectural_type"].to_numpy(np.int64)), **numbers, **layered, **texts}


def _pair_variables(tables: Tables) -> dict[str, Any]:
    numbers = {name: (AREA_PAIR, tables.matrix(name).to_numpy(float)) for name in PAIR_COLUMNS}
    texts = {name: (AREA_PAIR, tables.matrix(name).to_numpy(dtype=object)) for name in PAIR_TEXTS}
    codes = tables.matrix("evidence").map(lambda evidence: EVIDENCE.get(evidence, NO_EVIDENCE))
    return {**numbers, **texts, "evidence": (AREA_PAIR, codes.to_numpy(np.int64))}


def _attributes(tables: Tables, parameters: Parameters) -> dict[str, Any]:
    configuration = parameters.network_configuration()
    chosen = {name: configuration[name] for name in ("network_params", "connection_params", "connectivity")}
    for key in ("raw_dir", "overrides"):  # where data lie changes no anatomy
        chosen["connectivity"].pop(key, None)
    return {
        "title": "anatomy of the multi-area model of macaque visual cortex",
        **{name: tables.constant(name) for name in CONSTANTS},
        "sln_feedback_below": FEEDBACK_BELOW,
        "sln_feedforward_above": FEEDFORWARD_ABOVE,
        "g": parameters.connection_params.g,
        "configuration": json.dumps(chosen),
    }

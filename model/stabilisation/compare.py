"""Stabilised in-degrees side by side: what changed, and how the networks behave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from model.configuration import Parameters
from model.network.circuit import Circuit
from model.network.weights import weight_matrices
from model.stabilisation.drive import DrivenNetwork
from model.stabilisation.transition import scan
from model.theory.full_scale import circuit_field
from model.theory.relaxation import fixed_point, low_activity_state
from model.theory.siegert import Array
from model.theory.stability import critical_eigenvalue
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, label_areas, label_layers

Matrices = Mapping[str, Array]
"""In-degrees [target, source] by name; the first is the anatomy, ``none``."""

PARTS = ("within", "between")


def summary(labels: Sequence[str], neurons: Array, matrices: Matrices) -> pd.DataFrame:
    """Count what changed, within areas and between them.

    Parameters
    ----------
    labels
        The n population labels.
    neurons
        Neurons of each population, shape (n,).
    matrices
        In-degrees before (``none``) and after stabilisations.

    Returns
    -------
    pandas.DataFrame
        One row for each matrix and part: synapses, sum of in-degrees, sum of the changes and of their magnitudes, connections of
        populations that are new and gone, and the correlation of the changes with those of each other matrix.
    """
    areas, before = label_areas(labels), matrices["none"]
    within = areas[:, None] == areas[None, :]
    rows = []
    for name, matrix in matrices.items():
        for part in PARTS:
            here = within if part == "within" else ~within
            change = (matrix - before)[here]
            row = {
                "indegrees": name,
                "part": part,
                "synapses": float(((matrix * neurons[:, None])[here]).sum()),
                "indegree": float(matrix[here].sum()),
                "change": float(change.sum()),
                "magnitude": float(np.abs(change).sum()),
                "new": int(((before == 0) & (matrix > 0) & here).sum()),
                "gone": int(((before > 0) & (matrix == 0) & here).sum()),
            }
            for other, reference in matrices.items():
                if other != "none" and name not in ("none", other):
                    row[f"correlation_{other}"] = float(np.corrcoef(change, (reference - before)[here])[0, 1])
            rows.append(row)
    return pd.DataFrame(rows)


def by_layer(labels: Sequence[str], matrices: Matrices) -> pd.DataFrame:
    """Sum the changes of in-degrees by the layer population of the target and of the source.

    Returns
    -------
    pandas.DataFrame
        Columns population, role (target, source), part (within, between), and the change for each matrix after the first.
    """
    areas, layers = label_areas(labels), label_layers(labels)
    within = areas[:, None] == areas[None, :]
    rows = []
    for role in ("target", "source"):
        for part in PARTS:
            for population in LAYER_POPULATIONS:
                chosen = (layers == population)[:, None] if role == "target" else (layers == population)[None, :]
                here = chosen & (within if part == "within" else ~within)
                changes = {name: float((matrix - matrices["none"])[here].sum()) for name, matrix in matrices.items() if name != "none"}
                rows.append({"population": population, "role": role, "part": part} | changes)
    return pd.DataFrame(rows)


def by_area_pair(labels: Sequence[str], neurons: Array, matrices: Matrices) -> pd.DataFrame:
    """Average the in-degrees over the neurons of the target area and sum them over the populations of the source area.

    Returns
    -------
    pandas.DataFrame
        Columns target, source, and the in-degree in each matrix: one row for each pair of areas.
    """
    areas = label_areas(labels)
    member = (areas[None, :] == np.array(AREAS)[:, None]).astype(float)
    per_area = member @ neurons
    columns = {name: (member @ (matrix * neurons[:, None]) @ member.T / per_area[:, None]).ravel() for name, matrix in matrices.items()}
    pairs = {"target": np.repeat(AREAS, len(AREAS)), "source": np.tile(AREAS, len(AREAS))}
    return pd.DataFrame(pairs | columns)


def largest_changes(labels: Sequence[str], matrices: Matrices, of: str, number: int = 20) -> pd.DataFrame:
    """List the pairs of populations whose in-degree one stabilisation changes most, with the in-degrees in all matrices."""
    change = np.abs(matrices[of] - matrices["none"])
    places = np.argsort(-change, axis=None, kind="stable")[:number]
    targets, sources = np.unravel_index(places, change.shape)
    names = {"target": [labels[i] for i in targets], "source": [labels[j] for j in sources]}
    return pd.DataFrame(names | {name: matrix[targets, sources] for name, matrix in matrices.items()})


def over_chi(circuit: Circuit, parameters: Parameters, matrices: Matrices, factors: Sequence[float]) -> pd.DataFrame:
    """Find the states of the full-scale networks over the strength of the connections between areas.

    Parameters
    ----------
    circuit
        The network at full scale.
    parameters
        Its parameters; the factors on weights between areas are varied: chi_I is that of the parameters where chi differs from 1, and
        1 at chi = 1, as in Schmidt et al. (2018b).
    matrices
        In-degrees.
    factors
        Values of chi, ``cc_weights_factor``.

    Returns
    -------
    pandas.DataFrame
        One row for each matrix and chi: rates (spikes/s) that zero rates lead to, whether they rest, and rates and critical
        eigenvalue of the state of low activity where it exists.
    """
    rows = []
    for name, matrix in matrices.items():
        for chi in factors:
            chi_I = 1.0 if chi == 1 else parameters.connection_params.cc_weights_I_factor
            changed = parameters.connection_params.model_copy(update={"cc_weights_factor": chi, "cc_weights_I_factor": chi_I})
            mean, sd = weight_matrices(circuit.labels, changed, parameters.neuron_params)
            field = circuit_field(replace(circuit, indegree=matrix, weight_mean=mean, weight_sd=sd), parameters)
            rest, low = fixed_point(field), low_activity_state(field)
            row = {"indegrees": name, "chi": chi, "chi_I": chi_I, "mean_rate": rest.rates.mean(), "max_rate": rest.rates.max()}
            row |= {"settled": rest.settled, "low_activity": low.settled}
            if low.settled:
                row |= {"low_mean_rate": low.rates.mean(), "low_max_rate": low.rates.max()}
                row["critical_eigenvalue"] = critical_eigenvalue(field, low.rates)
            rows.append(row)
    return pd.DataFrame(rows)


def over_kappa(network: DrivenNetwork, matrices: Matrices, kappa_end: float = 1.4) -> pd.DataFrame:
    """Scan the drive, at the working point of the stabilisation: mean rates (spikes/s) that zero rates lead to, for each matrix."""
    columns = {}
    wider = replace(network.parameters, kappa_target=kappa_end)
    for name, matrix in matrices.items():
        scanned = scan(replace(network, indegree=matrix, parameters=wider))
        columns["kappa"] = scanned.kappa
        columns[name] = scanned.rates.mean(axis=-1)
    return pd.DataFrame(columns)

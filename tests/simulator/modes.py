"""One small network for every mode of the model: what stands in a configuration, and the network that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xarray as xr

from model.configuration import resolve_parameters
from model.corrections.registry import CORRECTIONS
from model.network.build import build_network
from tests.helpers.series import write_periodic

T_SIM = 300.0
SHARED: Mapping[str, Any] = {
    "areas_simulated": ["V1", "V2"],
    "N_scaling": 0.004,
    "K_scaling": 0.15,
    "fullscale_rates": "theory",
    "replace_cc_input_source": "theory",
    "cc_weights_factor": 1.0,
    "cc_weights_I_factor": 1.0,
    "V0_mean": -55.0,
    "V0_sd": 5.0,
}
OVERRIDES = "target,source,kind,indegree,weight\nV2,V1,,0,\n*,*,feedback,0.5,0.5\nV1-23E,23E,,0.9,1.1\n"
STIMULI: Mapping[str, Any] = {
    "dc_stimuli": [{"populations": ["4E", "V1-6E"], "amplitude": 150, "start": 100, "stop": 150}],
    "poisson_stimuli": [{"populations": ["V1-4E", "V1-4I", "6E", "6I"], "rate": 60, "indegree": 100, "start": 150, "stop": 250}],
}
UNSTABILISED: Mapping[str, Any] = {"g": -16.0, "fac_nu_ext_5E": 1.0, "fac_nu_ext_6E": 1.0, "stabilisation": "none"}
HIGH_ACTIVITY: Mapping[
    str, Any
] = {  # two small areas do not go there by themselves: a current drives them to its rates, 4E and 5E up to 225/s
    **UNSTABILISED,
    "fac_nu_ext_5E": 1.125,
    "fac_nu_ext_6E": 1.41666667,
    "dc_stimuli": [{"populations": ["4E", "5E"], "amplitude": 2000, "start": 20}],
}
MODES: Mapping[str, Mapping[str, Any]] = {
    "het_poisson_stat": {},
    "hom_poisson_stat": {"replace_non_simulated_areas": "hom_poisson_stat"},
    "het_current_nonstat": {"replace_non_simulated_areas": "het_current_nonstat", "replace_cc_input_source": "series.nc"},
    "replace_cc": {"replace_cc": "het_poisson_stat"},
    "replace_cc_over_time": {
        "replace_non_simulated_areas": "hom_poisson_stat",
        "replace_cc": "het_current_nonstat",
        "replace_cc_input_source": "series.nc",
    },
    "direct_current": {"poisson_input": False},
    "stimuli": STIMULI,
    "lognormal_EE": {"lognormal_weights": True, "lognormal_EE_only": True},
    "lognormal": {"lognormal_weights": True},
    "overrides": {"overrides": "overrides.csv"},
    "delays": {"delay_e": 2.5, "delay_i": 0.4, "delay_rel": 0.3, "interarea_speed": 1.0},
    "corrections": {"corrections": [name for name, correction in CORRECTIONS.items() if correction.stage != "curation"], **UNSTABILISED},
    "low_activity": UNSTABILISED,
    "high_activity": HIGH_ACTIVITY,
    "strong": {"cc_weights_factor": 1.5, "cc_weights_I_factor": 2.0},
}
"""What each mode lays over `SHARED`; names of files lie in the folder of the test."""


def mode_network(mode: str, folder: Path) -> xr.Dataset:
    """Build the network of a mode; the files that it takes are made in `folder`."""
    given = {**SHARED, **MODES[mode]}
    if given["replace_cc_input_source"] == "series.nc":
        write_periodic(folder / "series.nc", int(T_SIM))
        given["replace_cc_input_source"] = str(folder / "series.nc")
    if "overrides" in given:
        (folder / given["overrides"]).write_text(OVERRIDES)
        given["overrides"] = str(folder / given["overrides"])
    return build_network(resolve_parameters(given))

"""Files and folders that a configuration names, each with the key that names it and what it has to hold."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from model.configuration.dependencies import RATES_KEY, SOURCE_KEY
from model.configuration.experiment import Experiment, Parameters, is_path

Content = Literal["rates", "series", "overrides", "tables", "raw", "published", "spikes"]


class Given(NamedTuple):
    """A file or folder of the user: the key that names it, what it holds, and where it is."""

    key: tuple[str, str]
    content: Content
    path: Path


def given_files(experiment: Experiment, state: str) -> list[Given]:
    """List the files and folders that a state reads because its configuration names them; runs of other states are none."""
    parameters = experiment.states[state]
    connectivity, reference, start = parameters.connectivity, parameters.reference, parameters.theory_params.initial_rates
    found = list(_activity(parameters))
    if start not in (None, "random_uniform", "published"):
        found.append(Given(("theory_params", "initial_rates"), "rates", Path(start)))
    if connectivity.tables_dir and not parameters.needs_raw_sources:
        found.append(Given(("connectivity", "tables_dir"), "tables", Path(connectivity.tables_dir)))
    if connectivity.raw_dir:  # read wherever it is given: figures show published in-degrees and recordings where they are at hand
        found.append(Given(("connectivity", "raw_dir"), "raw", Path(connectivity.raw_dir)))
    if connectivity.overrides:
        found.append(Given(("connectivity", "overrides"), "overrides", Path(connectivity.overrides)))
    if reference.published_dir and (reference.published or parameters.needs_published_rates or start == "published"):
        found.append(Given(("reference", "published_dir"), "published", Path(reference.published_dir)))
    spikes = experiment.reference_spikes(state)
    if spikes and parameters.sim_params.records_spikes:
        found.append(Given(("reference", "spikes"), "spikes", Path(spikes)))
    return found


def _activity(parameters: Parameters) -> Iterator[Given]:
    """List files of rates and series, where down-scaling and replaced areas need them."""
    scaling, source = parameters.network_params.fullscale_rates, parameters.source_rates
    key = RATES_KEY if parameters.connection_params.replace_cc_input_source == "fullscale_rates" else SOURCE_KEY
    if parameters.is_scaled and scaling and is_path(scaling):
        yield Given(RATES_KEY, "rates", Path(scaling))
    if source and is_path(source):
        if parameters.uses_source_rates and not (key == RATES_KEY and parameters.is_scaled):
            yield Given(key, "rates", Path(source))
        if parameters.uses_source_series:
            yield Given(key, "series", Path(source))

"""A whole experiment: the parameters of each dynamical state and what is done with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, StrictBool, WithJsonSchema, model_validator

from model.configuration.fields import MOST_NAMES, Integer, Section, is_multiple, nearest, parameter, shown
from model.configuration.groups import (
    RUN_KEYS,
    ConnectionParams,
    DelayParams,
    InputParams,
    NetworkParams,
    NeuronParams,
    SimParams,
    TheoryParams,
)
from model.configuration.names import NAME_EXPECTED, NAME_PATTERN, folder_findings
from model.configuration.stimuli import stimulus_findings
from model.corrections.registry import CORRECTIONS, at_stage
from procortex.formats.populations import AREAS
from procortex.utilities.errors import InputError

IMPLIED_STATE = "default"
MOST_STATES = 1000
"""States of an experiment: each is a network, simulations and figures of its own."""


def _corrections(value: object) -> object:
    """Take names, in any order, and give them in the order in which the corrections act."""
    if isinstance(value, Mapping):
        raise ValueError(f"is {shown(dict(value))}, expected a list of {', '.join(CORRECTIONS)}")
    names = [str(name) for name in value] if isinstance(value, list | tuple) else [] if value is None else [str(value)]
    if len(names) > MOST_NAMES:
        raise ValueError(f"is a list of {len(names):,} names, expected at most {MOST_NAMES}")
    findings = []
    for name in dict.fromkeys(names):
        if name not in CORRECTIONS:
            near = nearest(name, CORRECTIONS)
            hint = f"did you mean {near!r}?" if near else f"expected some of {', '.join(CORRECTIONS)}"
            findings.append(f"unknown correction {name!r}, {hint}")
        if names.count(name) > 1:
            findings.append(f"correction {name!r} stands {names.count(name)} times, expected once")
    if findings:
        raise ValueError("; ".join(findings))
    return tuple(name for name in CORRECTIONS if name in names)


class Connectivity(Section):
    """Where the connectivity comes from."""

    source: Literal["tables", "raw"] = parameter(
        "tables", "Tables of `data/`, or the raw sources that they were computed from; both give the same network."
    )
    tables_dir: str | None = parameter(None, "Folder of the tables; null takes the repository's `data/`.")
    raw_dir: str | None = parameter(None, "Folder of the raw sources, the published in-degrees among them; null fetches what is needed.")
    stabilisation: Literal["computed", "published", "none"] = parameter(
        "computed",
        "In-degrees stabilised by our own theory, as published (Schuecker, Schmidt et al. 2017), or as the anatomy has them.",
    )
    corrections: Annotated[
        tuple[str, ...],
        BeforeValidator(_corrections),
        WithJsonSchema({"type": "array", "items": {"enum": [*CORRECTIONS]}, "uniqueItems": True}),
    ] = parameter(
        (),
        "Corrections of the published model, by name (docs/corrections.md).",
        expected=f"a list of {', '.join(CORRECTIONS)}",
    )
    overrides: str | None = parameter(
        None,
        "CSV table of factors on in-degrees and weights, for lesions and scaled projections (docs/experiments.md). A relative path starts "
        "at the working directory.",
        expected="the path of a CSV table, or null",
    )

    @model_validator(mode="after")
    def _possible_corrections(self) -> Self:
        findings = []
        curation, anatomy = (sorted(at_stage(self.corrections, stage)) for stage in ("curation", "anatomy"))
        if curation and self.source != "raw":
            findings.append(
                f"corrections: {_verb(curation, 'change')} what the tables are computed from, expected connectivity.source: raw "
                f"(it is {self.source})"
            )
        if (curation or anatomy) and self.stabilisation == "published":
            findings.append(
                f"corrections: {_verb(curation + anatomy, 'change')} in-degrees that the published ones would replace, expected "
                "connectivity.stabilisation: computed or none (it is published)"
            )
        if findings:
            raise ValueError("\n".join(findings))
        return self


def _verb(names: list[str], verb: str) -> str:
    return f"{', '.join(names)} {verb}{'s' * (len(names) == 1)}"


def is_path(source: str) -> bool:
    """Whether a source of rates or series is a path, and not a name for one."""
    return source not in ("published", "theory") and not source.startswith("state:")


def _spikes(value: object) -> object:
    """Take a path, or a mapping from states to paths."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, Mapping) and value and all(isinstance(path, str) and path for path in value.values()):
        return {str(state): path for state, path in value.items()}
    if value is None:
        return None
    raise ValueError(f"is {shown(dict(value) if isinstance(value, Mapping) else value)}, expected {SPIKES_EXPECTED}")


SPIKES_EXPECTED = "a path, a mapping from states to paths, or null"


class Reference(Section):
    """What the simulation is compared with."""

    simulate: Literal["nest", "none"] = parameter("none", "Simulate the same network with NEST as well.")
    published: StrictBool = parameter(False, "Compare with the published statistics of NEST and GeNN (full density only).")
    published_dir: str | None = parameter(None, "Folder of the published statistics; null fetches them.")
    spikes: Annotated[str | dict[str, str] | None, BeforeValidator(_spikes)] = parameter(
        None,
        "Spikes of your own to compare with, cut to `t_sim`: a folder of NEST's recordings, of the original model's arrays, or a spike "
        "data set of ours (docs/exchange.md). A relative path starts at the working directory.",
        expected=SPIKES_EXPECTED,
    )


class Parameters(Section):
    """All parameters of one dynamical state."""

    sim_params: SimParams = SimParams()
    network_params: NetworkParams = NetworkParams()
    neuron_params: NeuronParams = NeuronParams()
    connection_params: ConnectionParams = ConnectionParams()
    delay_params: DelayParams = DelayParams()
    input_params: InputParams = InputParams()
    theory_params: TheoryParams = TheoryParams()
    connectivity: Connectivity = Connectivity()
    reference: Reference = Reference()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        findings = []
        dt, t_ref, connections = self.sim_params.dt, self.neuron_params.t_ref, self.connection_params
        if not is_multiple(t_ref, dt):
            findings.append(f"neuron_params.t_ref: is {t_ref:g} ms, expected a multiple of dt ({dt:g} ms)")
        if self.replaces_areas and connections.replace_non_simulated_areas is None:
            findings.append(
                "connection_params.replace_non_simulated_areas: is null although not all areas are simulated, "
                "expected hom_poisson_stat, het_poisson_stat or het_current_nonstat"
            )
        if self.network_params.fullscale_rates is None and (self.is_scaled or self.uses_source_rates):
            findings.append(
                "network_params.fullscale_rates: is null although down-scaling or Poisson input needs rates, "
                "expected `published`, `theory` or a path"
            )
        if self.replaced_areas("het_current_nonstat"):
            if (source := self.source_rates) in (None, "published", "theory"):
                key = "replace_cc" if connections.replace_cc == "het_current_nonstat" else "replace_non_simulated_areas"
                findings.append(
                    f"connection_params.{key}: is het_current_nonstat, but replace_cc_input_source ({source or 'null'}) holds no series, "
                    "expected state:NAME, the folder of a run or its series.nc, or PREFIX of files PREFIX-AREA-POPULATION.npy there"
                )
            if not is_multiple(1.0, dt):
                findings.append(f"sim_params.dt: is {dt:g} ms, but het_current_nonstat has steps of 1 ms, expected a whole part of that")
        for name in ("dc_stimuli", "poisson_stimuli"):
            stimuli = getattr(self.input_params, name)
            findings += stimulus_findings(f"input_params.{name}", stimuli, self.sim_params.areas_simulated, dt)
        if findings:
            raise ValueError("\n".join(findings))
        return self

    @property
    def is_scaled(self) -> bool:
        """Whether the network is smaller than the published one."""
        return self.network_params.N_scaling != 1 or self.network_params.K_scaling != 1

    @property
    def replaces_areas(self) -> bool:
        """Whether some areas are not simulated."""
        return len(self.sim_params.areas_simulated) < len(AREAS)

    def replaced_areas(self, mode: str) -> tuple[str, ...]:
        """Areas whose connections to other areas are replaced in a mode, in model order."""
        connections, simulated = self.connection_params, self.sim_params.areas_simulated
        outside = connections.replace_non_simulated_areas == mode
        between = connections.replace_cc == mode and len(simulated) > 1
        return tuple(area for area in AREAS if (between if area in simulated else outside))

    @property
    def uses_source_rates(self) -> bool:
        """Whether Poisson input fires at the rates of the populations that it replaces."""
        return bool(self.replaced_areas("het_poisson_stat"))

    @property
    def uses_source_series(self) -> bool:
        """Whether currents follow the rates over time of the populations that they replace."""
        return bool(self.replaced_areas("het_current_nonstat"))

    @property
    def source_rates(self) -> str | None:
        """Where the activity of replaced populations comes from: ``published``, ``theory``, ``state:NAME`` or a path."""
        source = self.connection_params.replace_cc_input_source
        return self.network_params.fullscale_rates if source == "fullscale_rates" else source

    @property
    def rate_files(self) -> tuple[Path, ...]:
        """Files and folders of the user that hold rates on which the network depends."""
        scaling = [self.network_params.fullscale_rates] if self.is_scaled else []
        replacing = [self.source_rates] if self.uses_source_rates else []
        return tuple(Path(source) for source in dict.fromkeys(scaling + replacing) if source and is_path(source))

    @property
    def series_file(self) -> Path | None:
        """File, folder or prefix of the user that holds the series on which the network depends."""
        source = self.source_rates
        return Path(source) if self.uses_source_series and source and is_path(source) else None

    @property
    def needs_raw_sources(self) -> bool:
        """Whether the tables are computed from the raw anatomical sources."""
        return self.connectivity.source == "raw"

    @property
    def needs_published_indegrees(self) -> bool:
        """Whether the network depends on the published stabilised in-degrees."""
        return self.connectivity.stabilisation == "published"

    @property
    def needs_published_rates(self) -> bool:
        """Whether the network depends on the published ground-state rates."""
        return self._needs_rates("published")

    @property
    def needs_theory(self) -> bool:
        """Whether the network depends on rates of the mean-field theory."""
        return self._needs_rates("theory")

    def _needs_rates(self, source: str) -> bool:
        scaling = self.is_scaled and self.network_params.fullscale_rates == source
        return scaling or (self.uses_source_rates and self.source_rates == source)

    def network_configuration(self) -> dict[str, Any]:
        """Plain values of the keys that the network file depends on.

        Left out is what belongs to the run (duration, seed, recording, comparison) and what has no effect here, so that changing
        it makes no network obsolete. The result is a configuration of its own: ``python -m model build`` takes it.
        """
        values = self.model_dump(mode="json")
        for key in RUN_KEYS:
            del values["sim_params"][key]
        if self.needs_raw_sources:
            del values["connectivity"]["tables_dir"]
        if self.connectivity.overrides is None:
            del values["connectivity"]["overrides"]
        if not (self.needs_raw_sources or self.needs_published_indegrees):
            del values["connectivity"]["raw_dir"]
        values["theory_params"] = {"dt": self.theory_params.dt, "T": self.theory_params.T} if self.needs_theory else {}
        values["reference"] = {"published_dir": self.reference.published_dir} if self.needs_published_rates else {}
        uses_source = self.uses_source_rates or self.uses_source_series
        if not (self.is_scaled or uses_source):
            del values["network_params"]["fullscale_rates"]
        if not uses_source:
            del values["connection_params"]["replace_cc_input_source"]
        if not self.replaces_areas:
            del values["connection_params"]["replace_non_simulated_areas"]
        return values


class ExperimentParameters(Parameters):
    """The content of a configuration file."""

    experiment: str = parameter("default", "Name of the folder of results.", pattern=NAME_PATTERN, expected=NAME_EXPECTED)
    states: dict[str, dict[str, Any]] = parameter(
        {},
        "Dynamical states: a list of names of `states.yaml`, or for each name the parameters that make it; `base` among these is a state "
        "of `states.yaml` to start from.",
        expected="a mapping from names to parameters, or a list of names of config/states.yaml",
    )
    sweep: tuple[str, ...] = parameter(
        (),
        "Parameters to vary: for each a list of values, of which every combination makes a state of its own (docs/experiments.md).",
        expected="a mapping from keys to lists of values, a list of points, or a list of keys",
    )
    seeds: tuple[Integer, ...] = parameter((), "Seeds to simulate; an empty list takes `rng_seed`.", expected="a list of whole numbers")
    backend: Literal["auto", "cpu", "cuda", "nest"] = parameter("auto", "Simulator; auto takes a GPU where one works, else the processor.")
    figures: tuple[str, ...] = parameter(
        (),
        "Figures to draw, by name; an empty list draws those that show simulations, `all` every one that the experiment can have.",
        expected="a list of names",
    )

    @model_validator(mode="after")
    def _consistent_experiment(self) -> Self:
        findings = [f"experiment: {text}" for text in folder_findings(self.experiment)]
        outside = [seed for seed in self.seeds if not 1 <= seed < 2**32]
        findings += [f"seeds: {seed} is out of range, expected 1 to {2**32 - 1}" for seed in outside]
        twice = [name for name in dict.fromkeys(self.figures) if self.figures.count(name) > 1]
        findings += [f"figures: {name} stands {self.figures.count(name)} times, expected once" for name in twice]
        if len(self.seeds) > MOST_NAMES:
            findings.append(f"seeds: are {len(self.seeds):,}, expected at most {MOST_NAMES}")
        elif len(set(self.seeds)) < len(self.seeds):
            findings.append(f"seeds: are {list(self.seeds)}, expected each seed once")
        if findings:
            raise ValueError("\n".join(findings))
        return self


@dataclass(frozen=True)
class Experiment:
    """A valid experiment.

    Attributes
    ----------
    parameters
        What all states share, and the keys of the experiment itself (``experiment``, ``seeds``, ``backend``, ``figures``; of ``sweep``
        the names of the parameters).
    states
        All parameters of each state, by the state's name.
    """

    parameters: ExperimentParameters
    states: Mapping[str, Parameters]

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return self.parameters.experiment

    @property
    def seeds(self) -> tuple[int, ...]:
        """Seeds to simulate."""
        return self.parameters.seeds or (self.parameters.sim_params.rng_seed,)

    def reference_spikes(self, state: str) -> str | None:
        """Path of the spikes that a state is compared with, if the configuration gives some."""
        spikes = self.states[state].reference.spikes
        return spikes.get(state) if isinstance(spikes, dict) else spikes

    def configuration(self) -> dict[str, Any]:
        """Plain values of all parameters: a configuration of its own that repeats the experiment.

        Folders of sources are left out: where a file was found is no parameter.
        """
        states = {name: parameters.model_dump(mode="json") for name, parameters in self.states.items()}
        for values in states.values():  # seeds are those of the whole experiment
            del values["connectivity"]["raw_dir"], values["reference"]["published_dir"], values["sim_params"]["rng_seed"]
        shared = self.parameters.model_dump(mode="json", include={"experiment", "backend", "figures"})
        swept = {"sweep": list(self.parameters.sweep)} if self.parameters.sweep else {}  # as they stand: the states are the points
        return {**shared, "seeds": list(self.seeds), **swept, "states": states}

    def state(self, name: str | None = None) -> Parameters:
        """All parameters of one state; the name may be left out where there is only one.

        Raises
        ------
        InputError
            If there is no such state, or several and none is named.
        """
        names = ", ".join(self.states)
        if name is None and len(self.states) == 1:
            return next(iter(self.states.values()))
        if name is None:
            raise InputError(f"states: there are several ({names}), name one of them with --state")
        if name not in self.states:
            raise InputError(f"states: there is no state {name!r}, expected one of {names}")
        return self.states[name]

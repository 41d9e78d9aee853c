"""The parameter groups of the multi-area model, with the names, units and defaults of the published one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, StrictBool, model_validator

from model.configuration.fields import Areas, Integer, Number, Section, is_multiple, parameter, word_or_path
from model.configuration.populations import POPULATIONS_EXPECTED, Populations, chosen_labels, population_findings
from model.configuration.stimuli import DcStimulus, PoissonStimulus
from procortex.formats.populations import AREAS, LAYER_POPULATIONS, population_labels, split_label

MOST_STEPS = 2**31
"""Steps of a simulation, which are numbered in 32 bits."""

MOST_NEURONS = 2**31
"""Neurons of a network, which are numbered in 32 bits."""

MOST_RELAXATION_STEPS = 500_000
"""Steps of the theory over all starts: about ten minutes, and 1 GB where every one is recorded."""

Replacement = Literal["hom_poisson_stat", "het_poisson_stat", "het_current_nonstat"]

RATES = (
    "published, theory, state:NAME, the folder, statistics.parquet or series.nc of a run, or the path of a JSON file "
    "{area: {population: spikes/s}}"
)


def _replacement(value: object) -> object:
    """Take the name that the original's manual has for what its code calls ``het_current_nonstat``."""
    return "het_current_nonstat" if value == "current_nonstat" else value


class SimParams(Section):
    """What is simulated, how finely and for how long."""

    dt: Number = parameter(0.1, "Time step of the simulation.", "ms", ge=0.001, le=1)
    t_sim: Number = parameter(
        10500.0, "Biological time to simulate; statistics leave out the first 500 ms, and the workflow expects more.", "ms", gt=0
    )
    rng_seed: Integer = parameter(1, "Seed of all random numbers, where `seeds` names none.", ge=1, lt=2**32)
    areas_simulated: Areas = parameter(
        AREAS, "Areas to simulate; Poisson input or currents can stand for the others.", expected="`all` or a list of area names"
    )
    recorded_neurons: Integer | None = parameter(
        None,
        "How many neurons of each population have their spikes recorded, the first ones by index; null records all, 0 none.",
        ge=0,
        lt=MOST_NEURONS,
    )
    recorded_populations: Populations | None = parameter(
        None, "Populations whose spikes are recorded; null records all.", expected=f"{POPULATIONS_EXPECTED}, or null"
    )
    recorded_counts: StrictBool = parameter(
        False, "Count the spikes of all populations in bins of 1 ms while simulating, for simulations whose spikes are too many to keep."
    )
    potentials_neurons: Integer = parameter(
        0,
        "Of how many neurons of each population, the first ones by index, to record membrane potential and synaptic current.",
        ge=0,
        lt=MOST_NEURONS,
    )
    potentials_populations: Populations | None = parameter(
        None, "Populations of these neurons; null takes all.", expected=f"{POPULATIONS_EXPECTED}, or null"
    )
    potentials_interval: Number = parameter(1.0, "Time between two values, a multiple of `dt`.", "ms", gt=0)
    checkpoint_interval: Number = parameter(
        5000.0,
        "Biological time between two checkpoints, from which a stopped simulation goes on (not with NEST).",
        "ms",
        gt=0,
    )

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        findings = []
        for name in ("t_sim", *(["potentials_interval"] if self.potentials_neurons else [])):
            time = getattr(self, name)
            if time / self.dt >= MOST_STEPS:
                findings.append(f"{name}: is {time:g} ms, expected less than {MOST_STEPS * self.dt:.10g} ms (2**31 steps of dt)")
            elif not is_multiple(time, self.dt) or round(time / self.dt) == 0:
                findings.append(f"{name}: is {time:g} ms, expected a multiple of dt ({self.dt:g} ms)")
        if self.checkpoint_interval < self.dt:
            findings.append(f"checkpoint_interval: is {self.checkpoint_interval:g} ms, expected at least dt ({self.dt:g} ms)")
        for name in ("recorded_populations", "potentials_populations"):
            findings += population_findings(name, getattr(self, name) or (), self.areas_simulated)
        if findings:
            raise ValueError("\n".join(findings))
        return self

    def labels(self, populations: Iterable[str] | None) -> list[str] | None:
        """Labels of chosen populations of the simulated areas, in model order; None for all of them."""
        return None if populations is None else chosen_labels(populations, self.areas_simulated)

    @property
    def records_spikes(self) -> bool:
        """Whether the spikes of any neuron are kept."""
        return self.recorded_neurons != 0

    @property
    def records_rates(self) -> bool:
        """Whether population rates over time are known afterwards."""
        return self.records_spikes or self.recorded_counts

    @property
    def records_everything(self) -> bool:
        """Whether the spikes of all neurons are kept."""
        return self.recorded_neurons is None and self.spike_labels == population_labels(self.areas_simulated)

    @property
    def spike_labels(self) -> tuple[str, ...]:
        """Labels of the populations of which spikes are kept, in model order; of some or of all of their neurons."""
        if not self.records_spikes:
            return ()
        chosen = self.labels(self.recorded_populations)
        return population_labels(self.areas_simulated) if chosen is None else tuple(chosen)

    @property
    def spike_areas(self) -> tuple[str, ...]:
        """Areas with a population of which spikes are kept, in model order."""
        return _areas(self.spike_labels)

    @property
    def layers_of_all_areas(self) -> tuple[str, ...]:
        """Layer populations of which spikes are kept in every area of the model that has them."""
        missing = set(population_labels()).difference(self.spike_labels)
        return tuple(layer for layer in LAYER_POPULATIONS if layer not in {split_label(label)[1] for label in missing})

    @property
    def rate_labels(self) -> tuple[str, ...]:
        """Labels of the populations whose rates over time are known afterwards, in model order."""
        return population_labels(self.areas_simulated) if self.recorded_counts else self.spike_labels

    @property
    def rate_areas(self) -> tuple[str, ...]:
        """Areas with a population whose rates over time are known afterwards, in model order."""
        return _areas(self.rate_labels)

    @property
    def whole_areas(self) -> tuple[str, ...]:
        """Areas all of whose populations have rates that are known afterwards, in model order."""
        known = set(self.rate_labels)
        return tuple(area for area in self.areas_simulated if known.issuperset(population_labels([area])))

    @property
    def knows_all_rates(self) -> bool:
        """Whether the rates over time of all simulated populations are known afterwards."""
        return self.whole_areas == self.areas_simulated


def _areas(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(split_label(label)[0] for label in labels))


RUN_KEYS = (
    "t_sim",
    "rng_seed",
    "recorded_neurons",
    "recorded_populations",
    "recorded_counts",
    "potentials_neurons",
    "potentials_populations",
    "potentials_interval",
    "checkpoint_interval",
)
"""Keys of `SimParams` that say how a network is looked at and for how long; the network does not depend on them."""


class NetworkParams(Section):
    """Size of the network."""

    surface: Number = parameter(
        1.0,
        "Cortical surface that each area stands for: at most 43.8 mm^2, beyond which synapses from within the patch leave V4t without "
        "external input; with `stabilisation: computed` 0.5 to 5 mm^2 are known to work.",
        "mm^2",
        ge=0.001,
        le=10_000,
    )
    N_scaling: Number = parameter(1.0, "Fraction of the neurons to keep.", gt=0, le=1)
    K_scaling: Number = parameter(1.0, "Fraction of the in-degrees to keep; weights and a direct current make up for it.", gt=0, le=1)
    fullscale_rates: Annotated[str | None, word_or_path("published", "theory")] = parameter(
        "published",
        "Target rates that down-scaling preserves: `published` (NEST's ground-state rates), `theory` (the low-activity state of the "
        "mean-field theory at the same parameters), `state:NAME` (a state of the same experiment), a run, or a JSON file.",
        expected=RATES,
    )


class NeuronParams(Section):
    """Leaky integrate-and-fire neuron with exponential currents, and its initial potential."""

    E_L: Number = parameter(-65.0, "Leak potential.", "mV", ge=-10_000, le=10_000)
    V_th: Number = parameter(-50.0, "Threshold.", "mV", ge=-10_000, le=10_000)
    V_reset: Number = parameter(-65.0, "Potential after a spike.", "mV", ge=-10_000, le=10_000)
    C_m: Number = parameter(250.0, "Membrane capacitance.", "pF", ge=0.001, le=1_000_000)
    tau_m: Number = parameter(10.0, "Membrane time constant.", "ms", ge=0.001, le=100_000)
    tau_syn_ex: Number = parameter(0.5, "Time constant of excitatory currents.", "ms", ge=0.001, le=100_000)
    tau_syn_in: Number = parameter(0.5, "Time constant of inhibitory currents; must equal `tau_syn_ex`.", "ms", ge=0.001, le=100_000)
    t_ref: Number = parameter(2.0, "Refractory time, a multiple of `dt`.", "ms", ge=0, le=1_000_000)
    V0_mean: Number = parameter(
        -150.0,
        "Mean of the initial potentials (low, so that the network does not start in synchrony).",
        "mV",
        ge=-10_000,
        le=10_000,
    )
    V0_sd: Number = parameter(50.0, "Standard deviation of the initial potentials.", "mV", ge=0, le=10_000)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        findings = []
        if self.V_reset >= self.V_th:
            findings.append(f"V_reset: is {self.V_reset:g} mV, expected less than V_th ({self.V_th:g} mV)")
        if self.tau_syn_in != self.tau_syn_ex:  # the weights and the theory assume one synaptic time constant, like the published model
            findings.append(f"tau_syn_in: is {self.tau_syn_in:g} ms, expected the value of tau_syn_ex ({self.tau_syn_ex:g} ms)")
        if math.isclose(self.tau_m, self.tau_syn_ex, rel_tol=1e-6):  # the closed form of the potential divides by the difference
            findings.append(f"tau_m: is {self.tau_m:g} ms, expected a value that differs from tau_syn_ex")
        if findings:
            raise ValueError("\n".join(findings))
        return self


class ConnectionParams(Section):
    """In-degrees, weights, and what replaces connections."""

    g: Number = parameter(-11.0, "Inhibitory relative to excitatory weight.", le=0, ge=-1000)
    av_indegree_V1: Number = parameter(3950.0, "Mean in-degree of a V1 neuron; sets the synapse density.", gt=0, le=1_000_000)
    fac_nu_ext_5E: Number = parameter(1.125, "Factor on the external in-degree of 5E.", ge=0, le=1000)
    fac_nu_ext_6E: Number = parameter(1.41666667, "Factor on the external in-degree of 6E.", ge=0, le=1000)
    fac_nu_ext_TH: Number = parameter(1.2, "Factor on the external in-degree of TH-23E and TH-5E.", ge=0, le=1000)
    E_specificity: StrictBool = parameter(
        True,
        "Feedback connections target excitatory neurons as in the published model; `false` takes effect here, the original ignores it.",
    )
    PSP_e: Number = parameter(0.15, "Excitatory postsynaptic potential.", "mV", ge=0, le=10_000)
    PSP_e_23_4: Number = parameter(0.3, "Postsynaptic potential from 4E to 23E of the same area.", "mV", ge=0, le=10_000)
    PSP_ext: Number = parameter(0.15, "Postsynaptic potential of the background drive.", "mV", ge=0, le=10_000)
    PSC_rel_sd_normal: Number = parameter(0.1, "Standard deviation of the weights relative to their mean.", ge=0, le=100)
    PSC_rel_sd_lognormal: Number = parameter(3.0, "Standard deviation of lognormal weights relative to their mean.", ge=0, le=100)
    lognormal_weights: StrictBool = parameter(False, "Lognormal weights, inhibitory ones mirrored (docs/experiments.md).")
    lognormal_EE_only: StrictBool = parameter(False, "Lognormal weights, if any, between excitatory populations only.")
    cc_weights_factor: Number = parameter(1.9, "Factor chi on the weights between areas.", ge=0, le=1000)
    cc_weights_I_factor: Number = parameter(2.0, "Factor chi_I on the weights between areas onto inhibitory targets.", ge=0, le=1000)
    replace_non_simulated_areas: Annotated[Replacement | None, BeforeValidator(_replacement)] = parameter(
        "het_poisson_stat",
        "What stands for areas that are not simulated: Poisson input at `rate_ext` (hom) or at the rates of their populations (het), or "
        "currents that follow their rates over time (`het_current_nonstat`, also spelt `current_nonstat`).",
    )
    replace_cc: Annotated[Literal[False, "hom_poisson_stat", "het_poisson_stat", "het_current_nonstat"], BeforeValidator(_replacement)] = (
        parameter(False, "What stands for the connections between simulated areas, in the same modes; the two may differ and act together.")
    )
    replace_cc_input_source: Annotated[str, word_or_path("fullscale_rates", "published", "theory")] = parameter(
        "fullscale_rates",
        "Activity behind the modes with het: `fullscale_rates` (what that key says), `published`, `theory`, `state:NAME` (a state of the "
        "same experiment), a run, or a file. `het_current_nonstat` needs a series: `state:NAME`, the folder of a run, its `series.nc`, or "
        "PREFIX of files PREFIX-AREA-POPULATION.npy.",
        expected=f"fullscale_rates, {RATES}; for het_current_nonstat something that holds a series",
    )


class DelayParams(Section):
    """Transmission delays."""

    delay_e: Number = parameter(1.5, "Mean delay of excitatory synapses within an area.", "ms", ge=0.001, le=100_000)
    delay_i: Number = parameter(0.75, "Mean delay of inhibitory synapses within an area.", "ms", ge=0.001, le=100_000)
    delay_rel: Number = parameter(0.5, "Standard deviation of the delays relative to their mean.", ge=0, le=100)
    interarea_speed: Number = parameter(3.5, "Speed of spikes between areas.", "mm/ms", ge=0.001, le=1_000_000)


class InputParams(Section):
    """Background drive, and stimuli on top of it (docs/experiments.md)."""

    poisson_input: StrictBool = parameter(True, "Poisson spikes as background; false applies their mean as a direct current.")
    rate_ext: Number = parameter(10.0, "Rate of one external synapse.", "spikes/s", ge=0, le=1_000_000)
    dc_stimuli: tuple[DcStimulus, ...] = parameter(
        (), "Direct currents to chosen populations.", expected="a list of {populations, amplitude, start, stop}"
    )
    poisson_stimuli: tuple[PoissonStimulus, ...] = parameter(
        (), "Poisson spikes to chosen populations.", expected="a list of {populations, rate, indegree, PSP, start, stop}"
    )


class TheoryParams(Section):
    """Mean-field theory: relaxation of the rates in pseudo-time, from given rates."""

    dt: Number = parameter(0.1, "Step in units of the time constant of the relaxation.", gt=0, le=1)
    T: Number = parameter(50.0, "End of the relaxation, in the same units.", gt=0)
    initial_rates: Annotated[str | None, word_or_path("random_uniform", "published")] = parameter(
        None,
        "Where the relaxation starts: null (zero rates), `random_uniform` (`initial_rates_iter` starts), `published`, or the path of a "
        "JSON file.",
        expected="null, random_uniform, published, or the path of a JSON file {area: {population: spikes/s}}",
    )
    initial_rates_iter: Integer = parameter(15, "Number of random starts.", ge=1, le=10_000)
    initial_rates_max: Number = parameter(1000.0, "Largest rate of random starts.", "spikes/s", gt=0, le=10_000)
    rec_interval: Number | None = parameter(None, "Pseudo-time between the recorded points of a trajectory; null records every step.", gt=0)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        starts = self.initial_rates_iter if self.initial_rates == "random_uniform" else 1
        if (steps := self.T / self.dt * starts) > MOST_RELAXATION_STEPS:
            raise ValueError(
                f"T: is {self.T:g}, which makes {steps:.4g} steps of dt ({self.dt:g}) from {starts} starts, expected at most "
                f"{MOST_RELAXATION_STEPS:,} (T up to {MOST_RELAXATION_STEPS * self.dt / starts:.4g})"
            )
        return self

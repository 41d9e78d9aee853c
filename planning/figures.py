"""Figures of an experiment: those that the configuration asks for, as far as its states allow."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Protocol

from analysis.figures.catalogue import ALL, CATALOGUE, FIGURES
from analysis.figures.entry import Figure
from planning.conditions import CONDITIONS
from planning.figure_inputs import FIGURE_INPUTS, Owner, Parts


class Wildcards(Protocol):
    """Wildcards of a rule, as Snakemake has them."""

    def get(self, name: str, default: str) -> str:
        """Value of a wildcard, or the default if the rule has none of that name."""


@dataclass(frozen=True)
class Figures:
    """Figures of an experiment, from the catalogue."""

    parts: Parts

    def chosen(self) -> list[str]:
        """Names of the figures that the configuration asks for; if it names none, all that show simulations."""
        asked = self.parts.simulations.experiment.parameters.figures
        if ALL in asked:
            return list(FIGURES)
        return list(asked) or [figure.name for figure in CATALOGUE if not figure.extra]

    def of(self, states: Collection[str]) -> list[str]:
        """Figures of some states, and of the comparison, as far as the configuration asks for them."""
        return [path for name in self.chosen() for path in self._paths(FIGURES[name], states)]

    def of_model(self, states: Collection[str]) -> list[str]:
        """Figures that need no simulation, as far as the configuration asks for them."""
        asked = self.parts.simulations.experiment.parameters.figures
        chosen = [FIGURES[name] for name in (self.chosen() if asked else FIGURES)]
        return [path for figure in chosen if figure.category in ("Structure", "Theory") for path in self._paths(figure, states)]

    def missing(self) -> Iterator[str]:
        """Messages about the figures that the configuration names and no state can have, with what they need."""
        for name in self.parts.simulations.experiment.parameters.figures:
            if name != ALL and not self.files(name, self.parts.simulations.states):
                yield f"figures: {name} is not drawn: it needs {FIGURES[name].requirement}"

    def files(self, name: str, states: Collection[str]) -> list[str]:
        """Names of the files that some states have of a figure, without folder and ending; none where no state can have it."""
        figure = FIGURES[name]
        return [figure.pattern.format(state=owner.state, backend=owner.simulator) for owner in self._owners(figure, states)]

    def entry(self, name: str) -> Figure:
        """Entry of the catalogue."""
        return FIGURES[name]

    def drawn(self) -> list[Figure]:
        """Figures that need no rule of their own: an entry in `analysis.figures.catalogue` makes it."""
        return [figure for figure in CATALOGUE if not figure.own_rule]

    def shown_by(self, name: str) -> list[str]:
        """States that a figure of states side by side shows."""
        return [state for owner in self._owners(FIGURES[name], self.parts.simulations.states) for state in owner.states]

    def inputs(self, figure: Figure) -> Callable[[Wildcards], list[str]]:
        """Results that a figure is drawn from, as an input function of its rule."""
        return lambda wildcards: self._results(figure, figure.takes, wildcards)

    def beside(self, figure: Figure) -> Callable[[Wildcards], list[str]]:
        """Results that have to lie beside these, as an input function."""
        return lambda wildcards: self._results(figure, figure.beside, wildcards)

    def state_option(self, figure: Figure) -> str:
        """Command-line option that names the state, as a parameter of a figure's rule."""
        return "--state {state}" if figure.takes_state else ""

    def labels(self, figure: Figure) -> dict[str, str]:
        """Labels of a figure in the report: title, and where there are several of its kind, state and simulator."""
        title = {"figure": figure.label}
        if figure.category in ("Comparison", "Provenance"):
            return title
        state = {"state": "{state}" if figure.each in ("state", "run") else "all"}
        if figure.category in ("Structure", "Theory"):
            return title | state
        ours = self.parts.simulations.backend
        return title | state | {"simulator": {"state": "all", "experiment": ours}.get(figure.each, "{backend}")}

    def _owners(self, figure: Figure, states: Collection[str]) -> list[Owner]:
        return CONDITIONS[figure.condition](self.parts, figure, states)

    def _paths(self, figure: Figure, states: Collection[str]) -> list[str]:
        return [f"{self.parts.simulations.folder}/figures/{file}.svg" for file in self.files(figure.name, states)]

    def _results(self, figure: Figure, names: tuple[str, ...], wildcards: Wildcards) -> list[str]:
        states = self.shown_by(figure.name) if figure.each == "experiment" else ()
        owner = Owner(wildcards.get("state", ""), wildcards.get("backend", ""), tuple(states))
        return [path for name in names for path in FIGURE_INPUTS[name](self.parts, owner)]

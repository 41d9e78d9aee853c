"""What the catalogue says about a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Category = Literal["Spikes", "Distributions", "Dynamics", "Comparison", "States", "Structure", "Theory", "Provenance"]
Each = Literal["experiment", "state", "simulator", "run"]
"""Owner of one file of a figure: the experiment, a state, a simulator, or a state on a simulator (a run, of all seeds)."""


@dataclass(frozen=True)
class Figure:
    """A figure.

    Attributes
    ----------
    name
        Name in configurations and on the command line.
    module
        Module below `analysis.figures`; it has ``draw(inputs, state)``, which gives a matplotlib figure.
    shows, inputs
        What it shows and what it is drawn from, in words.
    category, label
        Its place in the report and its title there.
    each
        Owner of one file.
    condition
        Which states, runs or experiments have it: a name in `planning.conditions`.
    takes
        Results that it is drawn from, in the order of its inputs: names in `planning.figure_inputs`.
    needs
        What an experiment needs for it, in words, with ``{ms}`` for `shortest_ms`; empty if every experiment has it.
    shortest_ms
        Shortest simulation, where it needs more than the statistics do.
    beside
        Results that have to lie beside these, as `takes`.
    takes_state
        Whether the state is named to it, because its inputs hold several or none.
    memory_mb, minutes
        Of its rule.
    own_rule
        Whether its rule does more than draw, and is written by hand.
    extra
        Whether it is drawn only when a configuration names it: it shows the model without a simulation, and takes long.
    """

    name: str
    module: str
    shows: str
    inputs: str
    category: Category
    label: str
    each: Each
    condition: str
    takes: tuple[str, ...]
    needs: str = ""
    shortest_ms: float = 0.0
    beside: tuple[str, ...] = ()
    takes_state: bool = False
    memory_mb: int = 2000
    minutes: int = 10
    own_rule: bool = False
    extra: bool = False

    @property
    def requirement(self) -> str:
        """What an experiment needs for it, in words."""
        return self.needs.format(ms=f"{self.shortest_ms:g}")

    @property
    def file(self) -> str:
        """Name in files and rules."""
        return self.name.replace("-", "_")

    @property
    def pattern(self) -> str:
        """Name of its files without ending, with the workflow's wildcards."""
        owner = {"experiment": "", "state": "_{state}", "simulator": "_{backend}", "run": "_{state}_{backend}"}
        return self.file + owner[self.each]

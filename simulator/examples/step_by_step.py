"""Simulate a network step by step: run, look at rates and potentials, change the drive, run on.

    python step_by_step.py network.nc

A network file is written by ``python -m model build --config config/config.yaml --state ground --out network.nc`` in the repository.
"""

from __future__ import annotations

import argparse

import pandas as pd

import procortex as pc


def main() -> None:
    """Show what a current of 50 pA into the first population does to all rates."""
    parser = argparse.ArgumentParser(description="Simulate a network, then once more with a current into its first population.")
    parser.add_argument("network", help="network file")
    parser.add_argument("--t-sim", type=float, default=200.0, metavar="MS", help="biological time of each run (ms; default 200)")
    arguments = parser.parse_args()
    network = pc.open_network(arguments.network)
    population = next(iter(network.populations))
    with pc.Simulation(network, backend="auto", seed=1) as simulation:
        before = simulation.run(arguments.t_sim)
        simulation.set_current(population, float(network.dataset["dc"][0]) + 50.0)
        after = simulation.run(arguments.t_sim)
        potential = simulation.state().groupby("population", observed=True)["V_m"].mean()
    print(network)
    print(pd.DataFrame({"rate before": before.rates(), "rate after": after.rates(), "V_m (mV)": potential}).round(2).to_string())


if __name__ == "__main__":
    main()

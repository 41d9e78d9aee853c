"""The acceptance table for people, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.comparison.acceptance.rules import GROUND, RESTING
from analysis.statistics.catalogue import BY_NAME, STATISTICS
from contracts.markdown import markdown_table
from procortex.formats.populations import LAYER_POPULATIONS

STATE_MEASURES: Mapping[str, Sequence[str]] = {GROUND: ("mean", "r", "kl", "ks"), RESTING: ("w1_areas", "ks_areas")}
SEEDS_MEASURES = ("kl_seeds", "ks_seeds")
NAMES = {
    "mean": "difference, %",
    "r": "r",
    "kl": "KL",
    "ks": "KS",
    "w1_areas": "W1 / IQR",
    "ks_areas": "KS of areas",
    "isolated": "difference, %",
    "isolated_counts": "bins of 1 ms that differ",
    "kl_seeds": "KL between seeds",
    "ks_seeds": "KS between seeds",
}
FORMATS = {"mean": "+.2f", "isolated": "+.2f", "isolated_counts": ".0f", "r": ".4f"}
PUBLISHED = {"mean": "difference", "r": "r", "kl": "KL", "ks": "KS", "w1_areas": "W1 / IQR", "ks_areas": "KS"}


def as_markdown(frame: pd.DataFrame) -> str:
    """Write the acceptance table as Markdown: a table for each state and seed, with the limits and what GeNN reaches.

    Values outside their limits are bold.
    """
    blocks = []
    judged = frame[frame["seed"].notna()]
    for (state, simulator, seed), part in judged.groupby(["state", "simulator", "seed"], sort=False):
        blocks.append(f"**{str(state).capitalize()} state, {simulator}, seed {seed}**\n\n" + _state_table(part, STATE_MEASURES[str(state)]))
        if (part["measure"] == "isolated").any():
            blocks.append("MDP, which receives nothing from other areas, in both states:\n\n" + _isolated_table(part))
    for (state, simulator), part in frame[frame["seed"].isna()].groupby(["state", "simulator"], sort=False):
        blocks.append(f"**{str(state).capitalize()} state, {simulator}, seeds among each other**\n\n" + _seeds_table(part))
    return "\n\n".join(blocks)


def _cells(part: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, object]]:
    return {(str(row["statistic"]), str(row["population"]), str(row["measure"])): row for row in part.to_dict("records")}  # type: ignore[misc]


def _state_table(part: pd.DataFrame, measures: Sequence[str]) -> str:
    cells = _cells(part)
    shown = [measure for measure in measures if (part["measure"] == measure).any()]
    header = [
        "statistic",
        "population",
        "ours",
        "NEST",
        *(f"{NAMES[name]} (limit)" for name in shown),
        *(f"GeNN: {PUBLISHED[name]}" for name in shown),
    ]
    rows = []
    for statistic in STATISTICS:
        for population in LAYER_POPULATIONS:
            if (statistic, population, shown[0]) not in cells:
                continue
            found = [cells.get((statistic, population, measure)) for measure in shown]
            means = [number_text(found[0][name]) if found[0] else "" for name in ("ours", "nest")]
            ours = ["" if each is None else _judged(each) for each in found]
            genn = ["" if each is None else _mark(number_text(each["genn"], each["measure"]), each["genn_verdict"]) for each in found]
            rows.append([BY_NAME[statistic].title_with_unit, population.replace("23", "2/3"), *means, *ours, *genn])
    return markdown_table(header, rows)


def _isolated_table(part: pd.DataFrame) -> str:
    """Rates over the whole windows and, where series were given, counts within the time that both simulations have."""
    cells = _cells(part)
    header = ["population", "rate at rest (spikes/s)", f"{NAMES['isolated']} (limit)"]
    counted = (part["measure"] == "isolated_counts").any()
    header += ["spikes in the common time", f"{NAMES['isolated_counts']} (limit)"] if counted else []
    rows = []
    for (statistic, population, measure), rates in cells.items():
        if measure != "isolated":
            continue
        row = [population.replace("23", "2/3"), number_text(rates["ours"]), _judged(rates)]
        if counted:
            counts = cells.get((statistic, population, "isolated_counts"))
            row += [number_text(counts["ours"], "isolated_counts"), _judged(counts)] if counts else ["", ""]
        rows.append(row)
    return markdown_table(header, rows)


def _seeds_table(part: pd.DataFrame) -> str:
    cells = _cells(part)
    keys = [(statistic, population) for statistic in STATISTICS for population in LAYER_POPULATIONS]
    rows = [
        [
            BY_NAME[statistic].title_with_unit,
            population.replace("23", "2/3"),
            *(_judged(cells[statistic, population, name]) for name in SEEDS_MEASURES),
        ]
        for statistic, population in keys
        if (statistic, population, "kl_seeds") in cells
    ]
    return markdown_table(["statistic", "population", "KL (limit)", "KS"], rows)


def limit_text(cell: Mapping[str, object]) -> str:
    """Write the limits of a judgement in brackets after a blank; nothing, if it has none."""
    limits = [number_text(cell[name]) for name in ("low", "high")]
    if limits[0] and limits[1]:
        return f" (±{limits[1]})"
    if limits[0] or limits[1]:
        return f" (> {limits[0]})" if limits[0] else f" (≤ {limits[1]})"
    return ""


def _judged(cell: Mapping[str, object]) -> str:
    return _mark(number_text(cell["value"], cell["measure"]), cell["verdict"]) + limit_text(cell)


def _mark(text: str, verdict: object) -> str:
    return f"**{text}**" if verdict == "outside" else text


def number_text(value: object, measure: object = None) -> str:
    """Write a number with the digits its measure deserves; nothing, if there is none."""
    number = float(str(value))
    if np.isnan(number):
        return ""
    if measure in FORMATS:
        return format(number, FORMATS[str(measure)])
    return f"{number:.3g}" if abs(number) < 0.9 else f"{number:.4g}"

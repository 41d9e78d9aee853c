"""All seeds of both states in one table: a row for each statistic and layer population."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from analysis.comparison.acceptance.report import NAMES, SEEDS_MEASURES, STATE_MEASURES, limit_text, number_text
from analysis.statistics.catalogue import BY_NAME, STATISTICS
from contracts.markdown import markdown_table
from procortex.formats.populations import LAYER_POPULATIONS

OVERVIEW_COLUMNS = ("state", "simulator", "statistic", "population", "ours", "NEST", "GeNN", "judged", "verdict", "outside")
"""`ours`: mean over seeds, smallest and largest in brackets; `judged`: every measure, over the seeds, with its limit; `outside`: the
measures that are, and in how many seeds."""

ISOLATED = "rate of MDP"
ISOLATED_MEASURES = ("isolated", "isolated_counts")
PERCENT = ("mean", "isolated")


def overview(frame: pd.DataFrame) -> pd.DataFrame:
    """Gather the judgements of all seeds.

    Parameters
    ----------
    frame
        Columns of ``acceptance.parquet``.

    Returns
    -------
    pandas.DataFrame
        Columns `OVERVIEW_COLUMNS`, all text; the states in their order, MDP's rates below those of the resting state.
    """
    rows = []
    for (state, simulator), part in frame.groupby(["state", "simulator"], sort=False):
        for values in _rows(part, str(state)):
            rows.append({"state": state, "simulator": simulator, **values})
    return pd.DataFrame(rows, columns=list(OVERVIEW_COLUMNS))


def overview_markdown(table: pd.DataFrame) -> str:
    """Write the table as Markdown; what is outside is bold."""
    blocks = []
    for (state, simulator), part in table.groupby(["state", "simulator"], sort=False):
        shown = part[list(OVERVIEW_COLUMNS[2:-2])].to_numpy().tolist()
        verdicts = ["inside" if not outside else f"**outside**: {outside}" for outside in part["outside"]]
        lines = [[*cells, verdict] for cells, verdict in zip(shown, verdicts, strict=True)]
        header = ["statistic", "population", "ours [seeds]", "NEST", "GeNN", "judged, seeds (limit)", "verdict"]
        blocks.append(f"**{str(state).capitalize()} state, {simulator}**\n\n" + markdown_table(header, lines))
    return "\n\n".join(blocks)


def _rows(part: pd.DataFrame, state: str) -> Iterator[dict[str, str]]:
    measures = [*STATE_MEASURES[state], *SEEDS_MEASURES]
    for statistic in STATISTICS:
        for population in LAYER_POPULATIONS:
            mine = part[(part["statistic"] == statistic) & (part["population"] == population)]
            if (judged := mine[mine["measure"].isin(measures)]).shape[0]:
                yield _row(judged, BY_NAME[statistic].title_with_unit, population, measures)
    for population in LAYER_POPULATIONS:
        mine = part[(part["population"] == population) & part["measure"].isin(ISOLATED_MEASURES)]
        if len(mine):
            yield _row(mine, ISOLATED, population, ISOLATED_MEASURES)


def _row(mine: pd.DataFrame, statistic: str, population: str, measures: Sequence[str]) -> dict[str, str]:
    means = mine[mine["measure"] == measures[0]].dropna(subset=["ours"])
    outside = mine[mine["verdict"] == "outside"]
    counts = [
        f"{_name(name)} ({len(wrong)} of {(mine['measure'] == name).sum()})"
        for name in measures
        if len(wrong := outside[outside["measure"] == name])
    ]
    return {
        "statistic": statistic,
        "population": population.replace("23", "2/3"),
        "ours": _mean_and_range(means["ours"]),
        "NEST": number_text(means["nest"].iloc[0]) if len(means) else "",
        "GeNN": number_text(means["genn_mean"].iloc[0]) if len(means) else "",
        "judged": "; ".join(_judged(mine[mine["measure"] == name], name) for name in measures if (mine["measure"] == name).any()),
        "verdict": "outside" if len(outside) else "inside",
        "outside": ", ".join(counts),
    }


def _mean_and_range(values: pd.Series) -> str:
    if values.empty:
        return ""
    mean = number_text(values.mean())
    return mean if len(values) == 1 else f"{mean} [{number_text(values.min())}, {number_text(values.max())}]"


def _judged(cells: pd.DataFrame, measure: str) -> str:
    smallest, largest = (number_text(value, measure) for value in (cells["value"].min(), cells["value"].max()))
    between = smallest if smallest == largest else f"{smallest} to {largest}"
    limit = limit_text({name: cells[name].iloc[0] for name in ("low", "high")})
    unit = " %" if measure in PERCENT else ""
    return f"{_name(measure)} {between}{unit}{limit}"


def _name(measure: str) -> str:
    return NAMES[measure].removesuffix(", %")

# What the published simulations of the full model judge.
from analysis.acceptance.rules import GROUND, RESTING
from sources.histograms import has_histograms
from sources.registry import PUBLISHED


def judged_states():
    """States that the published simulations compare with: the full model, every spike, as long as theirs, where the experiment asks for it."""
    judged = []
    for state in EXPERIMENT.states:
        values = EXPERIMENT.state(state)
        full = values.network_params.N_scaling == values.network_params.K_scaling == 1 and len(values.sim_params.areas_simulated) == 32
        whole = full and values.sim_params.records_everything
        if values.reference.published and whole and values.sim_params.t_sim == PUBLISHED_T_SIM.get(state):
            judged.append(state)
    return judged


def published_histograms():
    """Published histograms, which are those of the ground state; a folder of published files may be without them."""
    folder = os.environ.get(PUBLISHED.variable)
    at_hand = GROUND in judged_states() and (folder is None or has_histograms(Path(folder)))
    return ["resources/published_histograms.parquet"] * at_hand


def histograms_of(states):
    """Histograms of our own simulations of some states."""
    return [path for state in states for path in results_of("histograms.parquet", state, BACKEND)]


def compared_series():
    """Series of our own simulations of both judged states: what receives nothing from other areas must be the same in both."""
    states = [state for state in (GROUND, RESTING) if state in judged_states()]
    return [path for state in states for path in results_of("series.nc", state, BACKEND)] if len(states) == 2 else []


def counted_edges(wildcards):
    """Bins to count in at once: the published ones, which do not follow from our own finer counts."""
    return published_histograms() if wildcards.state == GROUND and wildcards.backend == BACKEND else []


def histogram_edges(wildcards):
    """Whose bins a simulation takes: the first seed the published ones, if there are any, the other seeds those of the first."""
    first = results_of("histograms.parquet", wildcards.state, wildcards.backend)[0]
    if int(wildcards.seed) != EXPERIMENT.seeds[0]:
        return [first]
    return published_histograms() if wildcards.state == GROUND else []


def acceptances():
    """The acceptance table and its page, where there is something to judge."""
    return [f"results/{EXPERIMENT.name}/{name}" for name in ("acceptance.parquet", "acceptance.html")] * bool(judged_states())

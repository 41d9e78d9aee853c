# What the theory starts from and which states it is for.
import shlex


def theory_options(wildcards):
    """Command-line options of a state's theory."""
    theory = EXPERIMENT.state(wildcards.state).theory_params.model_dump()
    given = {name: value for name, value in theory.items() if value is not None}
    return " ".join(f"--{name.replace('_', '-')} {shlex.quote(str(value))}" for name, value in given.items())


def theory_rates(wildcards):
    """File of the user that a state's theory starts from."""
    start = EXPERIMENT.state(wildcards.state).theory_params.initial_rates
    return [start] if start not in (None, "random_uniform", "published") else []


def theory_sources(wildcards):
    """Folder of the published rates, if a state's theory starts from them."""
    return ["resources/published"] * (EXPERIMENT.state(wildcards.state).theory_params.initial_rates == "published")


def scanned_state():
    """State whose connections between areas the scan over their strength varies: that in which they are strongest."""
    return max(EXPERIMENT.states, key=lambda state: EXPERIMENT.state(state).connection_params.cc_weights_factor)


def scan_folder():
    """Folder of the registered files that the scan needs: published in-degrees take part only where the experiment has them anyway."""
    parameters = EXPERIMENT.state(scanned_state())
    published = any(EXPERIMENT.state(state).needs_published_indegrees for state in EXPERIMENT.states)
    if parameters.needs_raw_sources:
        return "resources/raw"
    return "resources/indegrees" if published or parameters.connectivity.raw_dir else None

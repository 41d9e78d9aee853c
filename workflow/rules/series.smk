# Spikes to spike counts over time, and to the figures of rates over time.


rule count_series:
    """Count the spikes of every population of one simulation in bins of 1 ms."""
    input:
        "results/{experiment}/{state}/seed-{seed}/{backend}/spikes",
    output:
        "results/{experiment}/{state}/seed-{seed}/{backend}/series.nc",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/count_series.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/count_series.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 8
    resources:
        mem_mb=8000,
        runtime=60,
    shell:
        "python -m analysis series {input} --state {wildcards.state} --jobs {threads} --out {output} > {log} 2>&1"


rule plot_state_overview:
    """Draw a state at a glance: spikes and rates over time of the first seed, statistics over areas of all seeds."""
    input:
        spikes=lambda wildcards: plan.simulations.first_result("spikes", wildcards.state, wildcards.backend),
        series=lambda wildcards: plan.simulations.first_result("series.nc", wildcards.state, wildcards.backend),
        statistics=lambda wildcards: plan.statistics.of_simulator(wildcards.state, wildcards.backend),
    output:
        svg=report(
            "results/{experiment}/figures/state_overview_{state}_{backend}.svg",
            caption="../report/state_overview.rst",
            category="Dynamics",
            labels={"figure": "state at a glance", "state": "{state}", "simulator": "{backend}"},
        ),
        png="results/{experiment}/figures/state_overview_{state}_{backend}.png",
    log:
        "logs/{experiment}/figures/state_overview_{state}_{backend}.log",
    benchmark:
        "logs/{experiment}/figures/state_overview_{state}_{backend}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=30,
    shell:
        "python -m analysis figure state-overview {input} --state {wildcards.state}"
        " --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_v1_spectrum:
    """Draw V1 as an electrode array would see it, all states that last long enough."""
    input:
        series=plan.simulations.first_results("series.nc", plan.figures.spectrum_states()),
        statistics=plan.simulations.first_results("statistics.parquet", plan.figures.spectrum_states()),
        distributions=plan.simulations.first_results("distributions.parquet", plan.figures.spectrum_states()),
    output:
        svg=report(
            "results/{experiment}/figures/v1_spectrum.svg",
            caption="../report/v1_spectrum.rst",
            category="Dynamics",
            labels={"figure": "V1 as recorded", "state": "all", "simulator": plan.backend},
        ),
        png="results/{experiment}/figures/v1_spectrum.png",
    log:
        "logs/{experiment}/figures/v1_spectrum.log",
    benchmark:
        "logs/{experiment}/figures/v1_spectrum.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure v1-spectrum {input.series} {input.statistics}"
        " --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_rate_over_time:
    """Draw the rates of V1 and of all neurons over time, a row for each state."""
    input:
        plan.simulations.first_results("series.nc", plan.figures.steadiness_states()),
    output:
        svg=report(
            "results/{experiment}/figures/rate_over_time.svg",
            caption="../report/rate_over_time.rst",
            category="Dynamics",
            labels={"figure": "rates over time", "state": "all", "simulator": plan.backend},
        ),
        png="results/{experiment}/figures/rate_over_time.png",
    log:
        "logs/{experiment}/figures/rate_over_time.log",
    benchmark:
        "logs/{experiment}/figures/rate_over_time.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure rate-over-time {input} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"

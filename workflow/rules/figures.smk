# Spikes, statistics and comparison to figures, as SVG for the report and PNG for everything else.


rule plot_raster:
    """Draw spikes of one simulation: excitatory blue, inhibitory red, layers from the top."""
    input:
        lambda wildcards: plan.simulations.first_result("spikes", wildcards.state, wildcards.backend),
    output:
        svg=report(
            "results/{experiment}/figures/raster_{state}_{backend}.svg",
            caption="../report/raster.rst",
            category="Spikes",
            labels={"figure": "raster", "state": "{state}", "simulator": "{backend}"},
        ),
        png="results/{experiment}/figures/raster_{state}_{backend}.png",
    log:
        "logs/{experiment}/figures/raster_{state}_{backend}.log",
    benchmark:
        "logs/{experiment}/figures/raster_{state}_{backend}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure raster {input} --state {wildcards.state} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_violins:
    """Draw the distributions of rate, irregularity and correlation in each layer population, ours against the references."""
    input:
        lambda wildcards: plan.statistics.of_state(wildcards.state),
    output:
        svg=report(
            "results/{experiment}/figures/violins_{state}.svg",
            caption="../report/violins.rst",
            category="Distributions",
            labels={"figure": "distributions", "state": "{state}", "simulator": "all"},
        ),
        png="results/{experiment}/figures/violins_{state}.png",
    log:
        "logs/{experiment}/figures/violins_{state}.log",
    benchmark:
        "logs/{experiment}/figures/violins_{state}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure violins {input} --state {wildcards.state} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_rate_matrix:
    """Draw the rate of every population, areas by layer populations."""
    input:
        lambda wildcards: plan.statistics.of_simulator(wildcards.state, wildcards.backend),
    output:
        svg=report(
            "results/{experiment}/figures/rate_matrix_{state}_{backend}.svg",
            caption="../report/rate_matrix.rst",
            category="Distributions",
            labels={"figure": "rates", "state": "{state}", "simulator": "{backend}"},
        ),
        png="results/{experiment}/figures/rate_matrix_{state}_{backend}.png",
    log:
        "logs/{experiment}/figures/rate_matrix_{state}_{backend}.log",
    benchmark:
        "logs/{experiment}/figures/rate_matrix_{state}_{backend}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure rate-matrix {input} --state {wildcards.state} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_comparison:
    """Draw the distances from the references and the bands of natural spread."""
    input:
        "results/{experiment}/comparison.parquet",
    output:
        svg=report(
            "results/{experiment}/figures/comparison.svg",
            caption="../report/comparison.rst",
            category="Comparison",
            labels={"figure": "distances and natural spread"},
        ),
        png="results/{experiment}/figures/comparison.png",
    log:
        "logs/{experiment}/figures/comparison.log",
    benchmark:
        "logs/{experiment}/figures/comparison.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure comparison {input} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"

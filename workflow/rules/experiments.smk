# Figures of experiments: subsets of areas beside each other, and responses to stimuli.


rule plot_subset_rasters:
    """Draw the spikes of one area in simulations of ever more areas, first seed of our simulator."""
    input:
        plan.simulations.first_results("spikes", plan.side_by_side.subset_states()),
    output:
        svg=report(
            "results/{experiment}/figures/subset_rasters.svg",
            caption="../report/subset_rasters.rst",
            category="Spikes",
            labels={"figure": "subsets of areas", "state": "all", "simulator": plan.backend},
        ),
        png="results/{experiment}/figures/subset_rasters.png",
    log:
        "logs/{experiment}/figures/subset_rasters.log",
    benchmark:
        "logs/{experiment}/figures/subset_rasters.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure subset-rasters {input} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_stimulus_response:
    """Draw what a stimulus does to the rates of all areas, mean over its presentations and the seeds."""
    input:
        series=lambda wildcards: plan.simulations.results("series.nc", wildcards.state, wildcards.backend),
        network="results/{experiment}/{state}/network.nc",
        anatomy=lambda wildcards: plan.networks.anatomy_file(wildcards.state),
    output:
        svg=report(
            "results/{experiment}/figures/stimulus_response_{state}_{backend}.svg",
            caption="../report/stimulus_response.rst",
            category="Dynamics",
            labels={"figure": "response to stimuli", "state": "{state}", "simulator": "{backend}"},
        ),
        png="results/{experiment}/figures/stimulus_response_{state}_{backend}.png",
    log:
        "logs/{experiment}/figures/stimulus_response_{state}_{backend}.log",
    benchmark:
        "logs/{experiment}/figures/stimulus_response_{state}_{backend}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    shell:
        "python -m analysis figure stimulus-response {input.series} {input.network} {input.anatomy}"
        " --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"

# Tables to the anatomy of a state at full density, and to the figures of its structure. No simulation takes part.


rule build_anatomy:
    """Write down the anatomy of a state at full density: neurons, in-degrees, and what they were made of."""
    input:
        parameters="results/{experiment}/{state}/parameters.yaml",
        tables=lambda wildcards: plan.networks.tables(wildcards.state),
        sources=ancient(lambda wildcards: plan.networks.anatomy_sources(wildcards.state)),
    output:
        "results/{experiment}/{state}/anatomy.nc",
    log:
        "logs/{experiment}/{state}/build_anatomy.log",
    benchmark:
        "logs/{experiment}/{state}/build_anatomy.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        raw=lambda wildcards: plan.networks.raw_folder(wildcards.state),
    shell:
        "PROCORTEX_RAW_DIR={params.raw} python -m model anatomy --config {input.parameters} --out {output} > {log} 2>&1"


rule figures_structure:
    """The figures of the structure and of the theory, as far as the configuration asks for them: no simulation takes part."""
    input:
        plan.figures.of_model(plan.simulations.states),
    localrule: True

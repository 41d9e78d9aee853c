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


# A rule for each figure, because a caption knows no wildcards.
for figure in STRUCTURE:

    rule:
        name:
            f"plot_{file_name(figure)}"
        input:
            "results/{experiment}/{state}/anatomy.nc",
        output:
            svg=report(
                f"results/{{experiment}}/figures/{file_name(figure)}_{{state}}.svg",
                caption=f"../report/{file_name(figure)}.rst",
                category="Structure",
                labels={"figure": figure.replace("-", " "), "state": "{state}"},
            ),
            png=f"results/{{experiment}}/figures/{file_name(figure)}_{{state}}.png",
        log:
            f"logs/{{experiment}}/figures/{file_name(figure)}_{{state}}.log",
        benchmark:
            f"logs/{{experiment}}/figures/{file_name(figure)}_{{state}}.benchmark.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=2000,
            runtime=10,
        params:
            figure=figure,
        shell:
            "python -m analysis figure {params.figure} {input} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule figures_structure:
    """The figures of the structure and of the theory, as far as the configuration asks for them: no simulation takes part."""
    input:
        plan.figures.of_model(plan.simulations.states),
    localrule: True

# Networks to what the mean-field theory says of them, and in-degrees to what stabilises them. No simulation takes part.


rule solve_theory:
    """Solve the mean-field theory of a state's network: rates from the initial ones, state of low activity, its stability."""
    input:
        network="results/{experiment}/{state}/network.nc",
        rates=lambda wildcards: plan.theory.rates(wildcards.state),
        sources=ancient(lambda wildcards: plan.theory.sources(wildcards.state)),
    output:
        "results/{experiment}/{state}/theory.nc",
    log:
        "logs/{experiment}/{state}/solve_theory.log",
    benchmark:
        "logs/{experiment}/{state}/solve_theory.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        options=lambda wildcards: plan.theory.options(wildcards.state),
    shell:
        "PROCORTEX_PUBLISHED_DIR=resources/published_rates python -m model theory {input.network} {params.options} --out {output} > {log} 2>&1"


rule stabilise_indegrees:
    """Stabilise the in-degrees of the anatomy once more, and keep a record of every step; the table is the one that networks take."""
    input:
        tables=lambda wildcards: plan.theory.stabilisation_tables(),
        sources=ancient(lambda wildcards: plan.theory.stabilisation_sources()),
    output:
        parameters="results/{experiment}/stabilisation.yaml",
        record="results/{experiment}/stabilisation.nc",
        table="results/{experiment}/indegrees_stabilised.csv",
    log:
        "logs/{experiment}/stabilise_indegrees.log",
    benchmark:
        "logs/{experiment}/stabilise_indegrees.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        text=lambda wildcards: plan.theory.stabilisation_text(),
    shell:
        "printf '%s' {params.text:q} > {output.parameters} && PROCORTEX_RAW_DIR=resources/raw"
        " python -m model stabilise --config {output.parameters} --record {output.record} --out {output.table} > {log} 2>&1"


rule compare_indegrees:
    """Compare the in-degrees of the anatomy, ours and, where they are at hand, the published ones: what changed, and which states are left."""
    input:
        parameters=f"results/{{experiment}}/{plan.theory.scanned_state()}/parameters.yaml",
        tables=plan.theory.scan_tables(),
        sources=ancient(plan.theory.scan_folders()),
    output:
        directory("results/{experiment}/indegrees"),
    log:
        "logs/{experiment}/compare_indegrees.log",
    benchmark:
        "logs/{experiment}/compare_indegrees.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        raw=plan.theory.scan_folder(),  # no folder: the command goes without the published in-degrees and downloads nothing
    shell:
        "PROCORTEX_RAW_DIR={params.raw} python -m model compare-indegrees --config {input.parameters} --out {output} > {log} 2>&1"

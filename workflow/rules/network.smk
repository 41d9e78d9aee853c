# Tables, sources and parameters to the network of each state; seeds and simulators share it.


rule configure_network:
    """Write down the parameters that the network of a state depends on."""
    output:
        "results/{experiment}/{state}/parameters.yaml",
    log:
        "logs/{experiment}/{state}/configure_network.log",
    benchmark:
        "logs/{experiment}/{state}/configure_network.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=100,
        runtime=1,
    params:
        text=lambda wildcards: plan.networks.network_text(wildcards.state),
    shell:
        "printf '%s' {params.text:q} 2> {log} > {output}"


rule build_network:
    """Build the network of a state from the tables: anatomy, scaling, weights, delays, drive, as integers."""
    input:
        parameters="results/{experiment}/{state}/parameters.yaml",
        tables=lambda wildcards: plan.networks.tables(wildcards.state),
        sources=ancient(lambda wildcards: plan.networks.sources(wildcards.state)),
        rates=lambda wildcards: plan.networks.rates(wildcards.state),
        runs=lambda wildcards: plan.networks.runs(wildcards.state),
    output:
        "results/{experiment}/{state}/network.nc",
    log:
        "logs/{experiment}/{state}/build_network.log",
    benchmark:
        "logs/{experiment}/{state}/build_network.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=10,
    params:
        raw=lambda wildcards: plan.networks.raw_folder(wildcards.state),
        runs=lambda wildcards: plan.networks.run_options(wildcards.state),
    shell:
        "PROCORTEX_RAW_DIR={params.raw} PROCORTEX_PUBLISHED_DIR=resources/published_rates"
        " python -m model build --config {input.parameters} {params.runs} --out {output} > {log} 2>&1"

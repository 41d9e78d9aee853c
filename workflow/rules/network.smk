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
        text=network_parameters,
    shell:
        "printf '%s' {params.text:q} 2> {log} > {output}"


rule build_network:
    """Build the network of a state from the tables: anatomy, scaling, weights, delays, drive, as integers."""
    input:
        parameters="results/{experiment}/{state}/parameters.yaml",
        tables=network_tables,
        sources=ancient(network_sources),
        rates=network_rates,
        runs=network_runs,
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
        raw=raw_folder_of,
        runs=run_options,
    shell:
        "PROCORTEX_RAW_DIR={params.raw} PROCORTEX_PUBLISHED_DIR=resources/published"
        " python -m model build --config {input.parameters} {params.runs} --out {output} > {log} 2>&1"

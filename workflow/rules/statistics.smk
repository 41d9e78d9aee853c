# Spikes to statistics.


rule compute_statistics:
    """Compute rate, irregularity and correlation of every population of a simulation."""
    input:
        "results/{experiment}/{state}/seed-{seed}/{backend}/spikes",
    output:
        "results/{experiment}/{state}/seed-{seed}/{backend}/statistics.parquet",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_statistics.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_statistics.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    shell:
        "python -m analysis statistics {input} --state {wildcards.state} --out {output} > {log} 2>&1"


rule tabulate_published:
    """Bring the published NEST and GeNN statistics into the form of ours."""
    input:
        ancient(registered_files(PUBLISHED)),
    output:
        "resources/published.parquet",
    log:
        "logs/sources/tabulate_published.log",
    benchmark:
        "logs/sources/tabulate_published.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    shell:
        "PROCORTEX_PUBLISHED_DIR=resources/published python -m analysis published --out {output} > {log} 2>&1"

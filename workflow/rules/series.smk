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

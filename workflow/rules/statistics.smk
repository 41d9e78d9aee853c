# Spikes to statistics.


rule compute_statistics:
    """Compute rate, irregularity and correlation of every population of a simulation."""
    input:
        spikes="results/{experiment}/{state}/seed-{seed}/{backend}/spikes",
        edges=lambda wildcards: plan.acceptance.counted_edges(wildcards.state, wildcards.backend),
    output:
        statistics="results/{experiment}/{state}/seed-{seed}/{backend}/statistics.parquet",
        table="results/{experiment}/{state}/seed-{seed}/{backend}/statistics.csv",
        distributions="results/{experiment}/{state}/seed-{seed}/{backend}/distributions.parquet",
        counts="results/{experiment}/{state}/seed-{seed}/{backend}/counts.parquet",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_statistics.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_statistics.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 4
    resources:
        mem_mb=lambda wildcards, threads: plan.resources.statistics_memory_mb(wildcards.state, threads),
        runtime=240,
    params:
        edges=lambda wildcards, input: f"--edges {input.edges}" if input.edges else "",
    shell:
        "python -m analysis statistics {input.spikes} --state {wildcards.state} {params.edges} --jobs {threads} --out {output.statistics}"
        " > {log} 2>&1"


rule tabulate_rates:
    """Write down the mean rates of a simulation, for the networks of other states that take them as their input."""
    input:
        lambda wildcards: plan.statistics.rates_file(wildcards.state, wildcards.seed, wildcards.backend),
    output:
        "results/{experiment}/{state}/seed-{seed}/{backend}/rates.json",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/tabulate_rates.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/tabulate_rates.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    shell:
        "python -m analysis rates {input} --out {output} > {log} 2>&1"


rule tabulate_published:
    """Bring the published NEST and GeNN statistics of a state into the form of ours."""
    input:
        ancient("resources/published"),
    output:
        statistics="resources/published_{published}.parquet",
        table="resources/published_{published}.csv",
    log:
        "logs/sources/tabulate_published_{published}.log",
    benchmark:
        "logs/sources/tabulate_published_{published}.benchmark.tsv"
    wildcard_constraints:
        published=plan.statistics.published_pattern(),
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    shell:
        "PROCORTEX_PUBLISHED_DIR={input} python -m analysis published --state {wildcards.published} --out {output.statistics} > {log} 2>&1"

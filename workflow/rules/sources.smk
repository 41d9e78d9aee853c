# What comes from outside: in resources/, checked against the registered SHA-256 sums. Jobs see it as ancient: it never changes.


rule fetch_raw_sources:
    """Bring the anatomical files of the published model from a folder or from the public repository."""
    output:
        registered_files(RAW),
    log:
        "logs/sources/fetch_raw_sources.log",
    benchmark:
        "logs/sources/fetch_raw_sources.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        source=source_option(RAW, EXPERIMENT.parameters.connectivity.raw_dir),
    shell:
        "python -m sources fetch raw --out resources/raw {params.source} > {log} 2>&1"


rule fetch_published_statistics:
    """Bring the published NEST and GeNN statistics from a folder or from the public repository."""
    output:
        registered_files(PUBLISHED),
    log:
        "logs/sources/fetch_published_statistics.log",
    benchmark:
        "logs/sources/fetch_published_statistics.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    params:
        source=source_option(PUBLISHED, EXPERIMENT.parameters.reference.published_dir),
    shell:
        "python -m sources fetch published --out resources/published {params.source} > {log} 2>&1"

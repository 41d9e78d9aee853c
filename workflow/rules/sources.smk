# What comes from outside: in resources/, checked against the registered SHA-256 sums. Jobs see it as ancient: it never changes.


rule fetch_raw_sources:
    """Bring the anatomical files of the published model from a folder or from the public repository."""
    output:
        directory("resources/raw"),
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
    shell:
        "python -m sources fetch raw --out {output} > {log} 2>&1"


rule fetch_published_indegrees:
    """Bring the published stabilised in-degrees alone, from a folder or from the public repository."""
    output:
        directory("resources/indegrees"),
    log:
        "logs/sources/fetch_published_indegrees.log",
    benchmark:
        "logs/sources/fetch_published_indegrees.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python -m sources fetch raw --use stabilisation --out {output} > {log} 2>&1"


rule fetch_published_rates:
    """Bring NEST's published rates of the ground state alone, which networks take, from a folder or from the public repository."""
    output:
        directory("resources/published_rates"),
    log:
        "logs/sources/fetch_published_rates.log",
    benchmark:
        "logs/sources/fetch_published_rates.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python -m sources fetch published --use rates --out {output} > {log} 2>&1"


rule fetch_published_statistics:
    """Bring the published NEST and GeNN statistics from a folder or from the public repository."""
    output:
        directory("resources/published"),
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
    shell:
        "python -m sources fetch published --out {output} > {log} 2>&1"

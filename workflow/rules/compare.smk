# Statistics of two simulators to their distances.


rule compare_statistics:
    """Compare our simulation of a state with a reference, all seeds of each."""
    input:
        reference=reference_statistics,
        candidate=candidate_statistics,
    output:
        "results/{experiment}/{state}/comparison_{reference}.parquet",
    log:
        "logs/{experiment}/{state}/compare_statistics_{reference}.log",
    benchmark:
        "logs/{experiment}/{state}/compare_statistics_{reference}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    shell:
        "python -m analysis compare --reference {input.reference} --candidate {input.candidate} --out {output} > {log} 2>&1"

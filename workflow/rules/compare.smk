# Statistics of simulators to their distances and verdicts.


rule compare_statistics:
    """Measure how far our statistics lie from those of the references, over all states and seeds, and whether that is natural."""
    input:
        reference=plan.statistics.references(),
        candidate=plan.statistics.candidates(),
    output:
        comparison="results/{experiment}/comparison.parquet",
        table=report(
            "results/{experiment}/comparison.csv",
            caption="../report/comparison_table.rst",
            category="Comparison",
            labels={"figure": "distances and verdicts (CSV)"},
        ),
    log:
        "logs/{experiment}/compare_statistics.log",
    benchmark:
        "logs/{experiment}/compare_statistics.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    shell:
        "python -m analysis compare --reference {input.reference} --candidate {input.candidate} --out {output.comparison} > {log} 2>&1"

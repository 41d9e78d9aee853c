# All states of an experiment to one table of a sweep, and to figures of states side by side.


rule configure_sweep:
    """Write down which parameters are swept, and which values each state has."""
    output:
        "results/{experiment}/sweep.yaml",
    log:
        "logs/{experiment}/configure_sweep.log",
    benchmark:
        "logs/{experiment}/configure_sweep.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=100,
        runtime=1,
    params:
        text=lambda wildcards: plan.side_by_side.sweep_text(),
    shell:
        "printf '%s' {params.text:q} 2> {log} > {output}"


rule gather_sweep:
    """Gather the statistics of all points of a sweep, all seeds and simulators, in one table."""
    input:
        points="results/{experiment}/sweep.yaml",
        statistics=plan.side_by_side.swept_results("statistics.parquet"),
        series=plan.side_by_side.swept_results("series.nc"),
    output:
        sweep="results/{experiment}/sweep.parquet",
        table=report(
            "results/{experiment}/sweep.csv",
            caption="../report/sweep_table.rst",
            category="States",
            labels={"figure": "sweep, table (CSV)", "state": "all", "simulator": "all"},
        ),
    log:
        "logs/{experiment}/gather_sweep.log",
    benchmark:
        "logs/{experiment}/gather_sweep.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    shell:
        "python -m analysis sweep {input.points} --statistics {input.statistics} --series {input.series} --out {output.sweep} > {log} 2>&1"

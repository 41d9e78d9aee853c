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


rule plot_sweep:
    """Draw rates, synchrony, irregularity and correlation over the swept parameter."""
    input:
        points="results/{experiment}/sweep.yaml",
        table="results/{experiment}/sweep.parquet",
    output:
        svg=report(
            "results/{experiment}/figures/sweep.svg",
            caption="../report/sweep.rst",
            category="States",
            labels={"figure": "sweep", "state": "all", "simulator": plan.backend},
        ),
        png="results/{experiment}/figures/sweep.png",
    log:
        "logs/{experiment}/figures/sweep.log",
    benchmark:
        "logs/{experiment}/figures/sweep.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    shell:
        "python -m analysis figure sweep {input.points} {input.table} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_bistability:
    """Draw the rates of the states of low and high activity before the stabilisation, and of the stabilised one."""
    input:
        plan.side_by_side.bistable_statistics(),
    output:
        svg=report(
            "results/{experiment}/figures/bistability.svg",
            caption="../report/bistability.rst",
            category="States",
            labels={"figure": "bistability", "state": "all", "simulator": plan.backend},
        ),
        png="results/{experiment}/figures/bistability.png",
    log:
        "logs/{experiment}/figures/bistability.log",
    benchmark:
        "logs/{experiment}/figures/bistability.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure bistability {input} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"


rule plot_metastability:
    """Draw rates over time, end states of the theory and stability over the strength of the connections between areas."""
    input:
        series=plan.simulations.first_results("series.nc", plan.side_by_side.metastable_scan()),
        theory=plan.theory.files(plan.side_by_side.metastable_scan()),
        statistics=plan.side_by_side.metastable_statistics(),
    output:
        svg=report(
            "results/{experiment}/figures/metastability.svg",
            caption="../report/metastability.rst",
            category="States",
            labels={"figure": "metastability", "state": "all", "simulator": plan.backend},
        ),
        png="results/{experiment}/figures/metastability.png",
    log:
        "logs/{experiment}/figures/metastability.log",
    benchmark:
        "logs/{experiment}/figures/metastability.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis figure metastability {input} --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"

# Series to lags between areas, Granger causality between populations, and the figures of both.


rule compute_lags:
    """Find how far the rates of the areas lag behind each other."""
    input:
        series="results/{experiment}/{state}/seed-{seed}/{backend}/series.nc",
        anatomy=lambda wildcards: plan.networks.anatomy_file(wildcards.state),
    output:
        lags="results/{experiment}/{state}/seed-{seed}/{backend}/lags.parquet",
        table="results/{experiment}/{state}/seed-{seed}/{backend}/lags.csv",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_lags.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_lags.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    shell:
        "python -m analysis lags {input.series} --anatomy {input.anatomy} --out {output.lags} > {log} 2>&1"


rule compute_granger:
    """Measure Granger causality between all connected populations; long runs only."""
    input:
        series="results/{experiment}/{state}/seed-{seed}/{backend}/series.nc",
        anatomy=lambda wildcards: plan.networks.anatomy_file(wildcards.state),
    output:
        granger="results/{experiment}/{state}/seed-{seed}/{backend}/granger.parquet",
        table="results/{experiment}/{state}/seed-{seed}/{backend}/granger.csv",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_granger.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/compute_granger.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 8
    resources:
        mem_mb=8000,
        runtime=120,
    shell:
        "python -m analysis granger {input.series} --anatomy {input.anatomy} --jobs {threads} --out {output.granger} > {log} 2>&1"

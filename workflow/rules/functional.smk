# Series to correlations between areas: functional connectivity of simulations and of the experiment, and how far they agree.


rule fetch_experimental_connectivity:
    """Bring the functional connectivity of fMRI recordings, from a folder or from the public repository."""
    output:
        directory("resources/functional"),
    log:
        "logs/sources/fetch_experimental_connectivity.log",
    benchmark:
        "logs/sources/fetch_experimental_connectivity.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python -m sources fetch raw --use functional --out {output} > {log} 2>&1"


rule tabulate_experimental_connectivity:
    """Bring the functional connectivity of the recordings into the form of ours."""
    input:
        ancient("resources/functional"),
    output:
        "resources/functional.nc",
    log:
        "logs/sources/tabulate_experimental_connectivity.log",
    benchmark:
        "logs/sources/tabulate_experimental_connectivity.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    shell:
        "PROCORTEX_RAW_DIR={input} python -m analysis functional-experiment --out {output} > {log} 2>&1"


rule connect_areas:
    """Correlate the areas of one simulation, by their synaptic input or by the BOLD signal that it would give."""
    input:
        series="results/{experiment}/{state}/seed-{seed}/{backend}/series.nc",
        network="results/{experiment}/{state}/network.nc",
    output:
        "results/{experiment}/{state}/seed-{seed}/{backend}/functional_{signal}.nc",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/connect_areas_{signal}.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/connect_areas_{signal}.benchmark.tsv"
    wildcard_constraints:
        signal="synaptic-input|bold",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis functional {input.series} {input.network} --signal {wildcards.signal} --out {output} > {log} 2>&1"


figure = plan.figures.entry("functional-connectivity")


rule plot_functional_connectivity:
    """Draw the functional connectivity of all states on one simulator; tabulate its agreement with experiment and structure."""
    input:
        anatomy=lambda wildcards: plan.functional.anatomy(wildcards.backend),
        functional=lambda wildcards: plan.functional.files(wildcards.backend),
        experiment=plan.functional.experimental(),
    output:
        svg=report(
            "results/{experiment}/figures/functional_connectivity_{backend}.svg",
            caption="../report/functional_connectivity.rst",
            category=figure.category,
            labels=plan.figures.labels(figure),
        ),
        png="results/{experiment}/figures/functional_connectivity_{backend}.png",
        table="results/{experiment}/functional_agreement_{backend}.csv",
    log:
        "logs/{experiment}/figures/functional_connectivity_{backend}.log",
    benchmark:
        "logs/{experiment}/figures/functional_connectivity_{backend}.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=figure.memory_mb,
        runtime=figure.minutes,
    shell:
        "(python -m analysis functional-agreement {input.functional} {input.experiment} --anatomy {input.anatomy} --out {output.table}"
        " && python -m analysis figure functional-connectivity {input.anatomy} {input.functional} {input.experiment}"
        " --out-svg {output.svg} --out-png {output.png}) > {log} 2>&1"

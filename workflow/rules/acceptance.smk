# Spikes and statistics of the full model to the comparison with the published simulations, by limits fixed beforehand.


rule fetch_published_histograms:
    """Bring the published histograms, from a folder or from the public repository, into the form of ours."""
    output:
        "resources/published_histograms.parquet",
    log:
        "logs/sources/fetch_published_histograms.log",
    benchmark:
        "logs/sources/fetch_published_histograms.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    shell:
        "python -m analysis published-histograms --out {output} > {log} 2>&1"


rule bin_statistics:
    """Bring the counts of rates, irregularity and correlations into bins that the seeds of a state share."""
    input:
        counts="results/{experiment}/{state}/seed-{seed}/{backend}/counts.parquet",
        edges=lambda wildcards: plan.acceptance.histogram_edges(wildcards.state, int(wildcards.seed), wildcards.backend),
    output:
        "results/{experiment}/{state}/seed-{seed}/{backend}/histograms.parquet",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/bin_statistics.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/bin_statistics.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        edges=lambda wildcards, input: f"--edges {input.edges}" if input.edges else "",
    shell:
        "python -m analysis histograms {input.counts} {params.edges} --out {output} > {log} 2>&1"


rule judge_acceptance:
    """Judge our simulations of the full model by the published ones: area values, histograms, the isolated area."""
    input:
        reference=lambda wildcards: plan.statistics.published(plan.acceptance.judged_states()),
        candidate=lambda wildcards: plan.acceptance.statistics(),
        histograms=lambda wildcards: plan.acceptance.histograms(),
        series=lambda wildcards: plan.acceptance.series(),
    output:
        acceptance="results/{experiment}/acceptance.parquet",
        table=report(
            "results/{experiment}/acceptance.csv",
            caption="../report/acceptance.rst",
            category="Comparison",
            labels={"figure": "agreement with the published simulations (CSV)"},
        ),
        text="results/{experiment}/acceptance.md",
        overview="results/{experiment}/acceptance_overview.csv",
    log:
        "logs/{experiment}/judge_acceptance.log",
    benchmark:
        "logs/{experiment}/judge_acceptance.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis acceptance --reference {input.reference} --candidate {input.candidate} --histograms {input.histograms}"
        " --series {input.series} --out {output.acceptance} > {log} 2>&1"


rule show_acceptance:
    """Draw up all seeds of both states, the published values and the verdicts as a page, for the report."""
    input:
        "results/{experiment}/acceptance_overview.csv",
    output:
        report(
            "results/{experiment}/acceptance.html",
            caption="../report/acceptance.rst",
            category="Comparison",
            labels={"figure": "agreement with the published simulations (table)"},
        ),
    log:
        "logs/{experiment}/show_acceptance.log",
    benchmark:
        "logs/{experiment}/show_acceptance.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python -m reporting table {input} --title 'Agreement with the published simulations' --group state simulator --out {output}"
        " > {log} 2>&1"


rule sample_spikes:
    """Draw a few spikes of V1, V2 and FEF over half a second."""
    input:
        "results/{experiment}/{state}/seed-{seed}/{backend}/spikes",
    output:
        "results/{experiment}/{state}/seed-{seed}/{backend}/spike_sample.parquet",
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/sample_spikes.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/sample_spikes.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    shell:
        "python -m analysis spike-sample {input} --state {wildcards.state} --out {output} > {log} 2>&1"

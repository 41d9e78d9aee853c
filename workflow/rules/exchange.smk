# Spikes of the user to a reference: whatever `reference.spikes` names is compared as if the workflow had simulated it.


rule import_reference:
    """Bring the spikes that the configuration gives into the form of ours: up to the state's time, as simulator `reference`."""
    input:
        recordings=lambda wildcards: plan.simulations.reference_files(wildcards.state),
        network="results/{experiment}/{state}/network.nc",
    output:
        directory("results/{experiment}/{state}/reference/spikes"),
    log:
        "logs/{experiment}/{state}/reference/import_reference.log",
    benchmark:
        "logs/{experiment}/{state}/reference/import_reference.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=240,
    params:
        path=lambda wildcards: plan.experiment.reference_spikes(wildcards.state),
        duration=lambda wildcards: plan.simulations.parameters(wildcards.state).sim_params.t_sim,
        dt=lambda wildcards: plan.simulations.parameters(wildcards.state).sim_params.dt,
    shell:
        "python -m analysis import {params.path:q} --t-sim {params.duration} --dt {params.dt} --network {input.network}"
        " --simulator reference --overwrite --out {output} > {log} 2>&1"


use rule compute_statistics as compute_reference_statistics with:
    input:
        spikes="results/{experiment}/{state}/reference/spikes",
        edges=[],
    output:
        statistics="results/{experiment}/{state}/reference/statistics.parquet",
        table="results/{experiment}/{state}/reference/statistics.csv",
        distributions="results/{experiment}/{state}/reference/distributions.parquet",
        counts="results/{experiment}/{state}/reference/counts.parquet",
    log:
        "logs/{experiment}/{state}/reference/compute_statistics.log",
    benchmark:
        "logs/{experiment}/{state}/reference/compute_statistics.benchmark.tsv"

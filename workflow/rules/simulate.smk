# Network to spikes, on each backend with each seed.


# One machine's GPUs are shared out by `--resources gpu=N`; a cluster gives every job its own.
resource_scopes:
    gpu="local",


rule simulate_network:
    """Simulate a state on a backend; the folder of spikes says in _meta.json what ran, where, and at what cost."""
    input:
        "results/{experiment}/{state}/network.nc",
    output:
        directory("results/{experiment}/{state}/seed-{seed}/{backend}/spikes"),
    log:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/simulate_network.log",
    benchmark:
        "logs/{experiment}/{state}/seed-{seed}/{backend}/simulate_network.benchmark.tsv"
    priority: 50  # simulations take longest and everything waits for them
    conda:
        "../../environment.yml"
    threads: lambda wildcards: plan.resources.simulation(wildcards.state, wildcards.backend).threads
    resources:
        mem_mb=lambda wildcards: plan.resources.simulation(wildcards.state, wildcards.backend).memory_mb,
        gpu=lambda wildcards: plan.resources.simulation(wildcards.state, wildcards.backend).gpus,
        runtime=lambda wildcards: plan.resources.simulation(wildcards.state, wildcards.backend).minutes,
    params:
        duration=lambda wildcards: plan.simulations.parameters(wildcards.state).sim_params.t_sim,
        record=lambda wildcards: plan.simulations.record_options(wildcards.state),
    shell:
        "python -m procortex run {input} --backend {wildcards.backend} --seed {wildcards.seed} --t-sim {params.duration}"
        " {params.record} --threads {threads} --overwrite --out {output} > {log} 2>&1"

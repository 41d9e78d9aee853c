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
    conda:
        "../../environment.yml"
    threads: simulator_threads
    resources:
        mem_mb=simulator_memory_mb,
        gpu=simulator_gpus,
        runtime=1440,
    params:
        duration=duration_ms,
        record=record_options,
    shell:
        "python -m simulator run {input} --backend {wildcards.backend} --seed {wildcards.seed} --t-sim {params.duration}"
        " {params.record} --threads {threads} --overwrite --out {output} > {log} 2>&1"

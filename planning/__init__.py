"""What an experiment consists of: its networks, simulations, statistics and figures, with their inputs, memory, threads and time.

Rules of the workflow ask `planning.plan.Plan`; nothing here depends on Snakemake or runs anything.
"""

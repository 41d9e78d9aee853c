# Parts of everything: `snakemake figures`, `snakemake ground`.


rule figures:
    """The figures, and what they show."""
    input:
        plan.figures.of(plan.simulations.states),
    localrule: True


# A target for each state.
for state in plan.targets.states():

    rule:
        name:
            state
        input:
            plan.targets.of([state]),
        localrule: True

# Parts of everything: `snakemake figures`, `snakemake ground`.


rule figures:
    """The figures, and what they show."""
    input:
        figures_of(EXPERIMENT.states),
    localrule: True


# A target for each state. The state of a configuration that names none is called default, and so is a rule.
for state in set(EXPERIMENT.states) - {"default", "all", "figures", "figures_structure"}:

    rule:
        name:
            state
        input:
            statistics_of([state]),
            figures_of([state]),
        localrule: True

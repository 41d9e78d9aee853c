# What the rules ask about the experiment; everything here follows from the configuration.


include: "given.smk"
include: "experiment.smk"
include: "networks.smk"
include: "simulations.smk"
include: "statistics.smk"
include: "theory.smk"
include: "acceptance.smk"
include: "functional.smk"
include: "states.smk"
include: "figures.smk"
include: "provenance.smk"

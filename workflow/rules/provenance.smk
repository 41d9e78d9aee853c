# All of an experiment to the record of what was run, with which parameters and at what cost, and tables to pages of the report.
from reporting.captions import Captions

# The report asks for these texts when it is written; the record is there by then.
config["captions"] = Captions(Path(f"{plan.simulations.folder}/provenance.json"))


rule configure_experiment:
    """Write down all parameters of the experiment; the file is a configuration that repeats it."""
    output:
        report(
            "results/{experiment}/configuration.yaml",
            caption="../report/configuration.rst",
            category="Provenance",
            labels={"document": "configuration (YAML)"},
        ),
    log:
        "logs/{experiment}/configure_experiment.log",
    benchmark:
        "logs/{experiment}/configure_experiment.benchmark.tsv"
    localrule: True
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=100,
        runtime=1,
    params:
        text=plan.simulations.configuration_text(),
    shell:
        "printf '%s' {params.text:q} 2> {log} > {output}"


rule write_provenance:
    """Write down what was run, with which parameters, on what, at what cost, and the checksums of what came out."""
    input:
        configuration="results/{experiment}/configuration.yaml",
        spikes=plan.simulations.spikes(),
        tables=plan.networks.recorded_tables(),
        results=plan.targets.recorded(),
    output:
        record=report(
            "results/{experiment}/provenance.json",
            caption="../report/provenance.rst",
            category="Provenance",
            labels={"document": "record (JSON)"},
        ),
        page=report(
            "results/{experiment}/provenance.html",
            caption="../report/provenance.rst",
            category="Provenance",
            labels={"document": "provenance"},
        ),
        crate=report(
            "results/{experiment}/ro-crate-metadata.json",
            caption="../report/crate.rst",
            category="Provenance",
            labels={"document": "RO-Crate (JSON-LD)"},
        ),
        workflow=directory("results/{experiment}/workflow"),
    log:
        "logs/{experiment}/write_provenance.log",
    benchmark:
        "logs/{experiment}/write_provenance.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=30,
    params:
        workflow=os.path.relpath(ROOT / "workflow"),
        citation=os.path.relpath(ROOT / "CITATION.cff"),
    shell:
        "python -m reporting provenance results/{wildcards.experiment} --workflow {params.workflow:q} --citation {params.citation:q}"
        " --spikes {input.spikes:q} --inputs {input.tables:q} --results {input.results:q} > {log} 2>&1"


rule show_comparison:
    """Draw up the table of the comparison as a page, for the report."""
    input:
        "results/{experiment}/comparison.csv",
    output:
        report(
            "results/{experiment}/comparison.html",
            caption="../report/comparison_table.rst",
            category="Comparison",
            labels={"figure": "distances and verdicts (table)"},
        ),
    log:
        "logs/{experiment}/show_comparison.log",
    benchmark:
        "logs/{experiment}/show_comparison.benchmark.tsv"
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=500,
        runtime=10,
    shell:
        "python -m reporting table {input} --title 'Distances and verdicts' --group state reference --out {output} > {log} 2>&1"

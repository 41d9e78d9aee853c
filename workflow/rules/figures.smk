# Results to figures, as SVG for the report and PNG for everything else: a rule for each entry of the catalogue, since a caption knows no
# wildcards. The figure of functional connectivity, which comes with a table, is in functional.smk.

for figure in plan.figures.drawn():

    rule:
        """Draw a figure."""
        name:
            f"plot_{figure.file}"
        input:
            shown=plan.figures.inputs(figure),
            beside=plan.figures.beside(figure),
        output:
            svg=report(
                f"results/{{experiment}}/figures/{figure.pattern}.svg",
                caption=f"../report/{figure.file}.rst",
                category=figure.category,
                labels=plan.figures.labels(figure),
            ),
            png=f"results/{{experiment}}/figures/{figure.pattern}.png",
        log:
            f"logs/{{experiment}}/figures/{figure.pattern}.log",
        benchmark:
            f"logs/{{experiment}}/figures/{figure.pattern}.benchmark.tsv"
        conda:
            "../../environment.yml"
        threads: 1
        resources:
            mem_mb=figure.memory_mb,
            runtime=figure.minutes,
        params:
            figure=figure.name,  # the command is put together when the job runs, long after the loop
            state=plan.figures.state_option(figure),
        shell:
            "python -m analysis figure {params.figure} {input.shown} {params.state} --out-svg {output.svg} --out-png {output.png}"
            " > {log} 2>&1"

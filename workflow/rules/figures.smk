# Results to figures, as SVG for the report and PNG for everything else: a rule for each entry of the catalogue, since a caption knows no
# wildcards. The figure of functional connectivity, which comes with a table, is in functional.smk.

for figure in plan.figures.drawn():

    rule:
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
        shell:
            f"python -m analysis figure {figure.name} {{input.shown}}{plan.figures.state_option(figure)}"
            " --out-svg {output.svg} --out-png {output.png} > {log} 2>&1"

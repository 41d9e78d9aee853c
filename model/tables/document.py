"""The manual of the tables, generated from the models of their rows."""

from __future__ import annotations

import inspect

from model.tables.columns import described
from model.tables.tables import LAYOUTS, Layout
from sources.registry import RAW

COMMAND = "python -m model document"

_INTRODUCTION = f"""# Tables

<!-- Written by `{COMMAND}`; change the models in model/tables, not this file. -->

What the model is built from, small enough to read and to edit by hand: `connectivity.source: tables` takes the tables of this folder,
or of `connectivity.tables_dir`. CSV in UTF-8; numbers have all their digits; areas (`46`, `7a`), layers and patterns (`000001`) are
texts, which a spreadsheet must import as such. Everything that is wrong in them is said at once, by file, row and column.

## How they were made

    python -m model curate --raw-dir FOLDER --out data

with the raw files of [{RAW.repository}](https://github.com/{RAW.repository}) at commit
`{RAW.commit}`; without `--raw-dir` they are downloaded. The code is `model/curation/`.
`connectivity.source: raw` computes the same tables on the way to the network, and gives the same network.

## How to change them

Edit a cell: a density, an FLN (`fln_measured` 0 or `evidence` none removes a connection). The columns marked *derived* follow from
others; empty their cells, or bring them up to date:

    python -m model curate --tables data --out data

and run the workflow again: it builds every network anew that depends on a table. The other columns stay as they are: a new distance
changes delays but not `fln_predicted`, a new density neither `sln_predicted` nor the thickness.

With `connectivity.stabilisation: published` the recurrent in-degrees are those of the published matrix whatever the tables say: to see
what an edit of the connectivity does, take another stabilisation.

## Licence

[CC BY-NC-SA 4.0](https://creativecommons.org/licenses/by-nc-sa/4.0/), as the multi-area model's repository that they were computed
from; see `LICENSE` in this folder. Please attribute the multi-area model ({RAW.repository}; Schmidt et al. 2018) and the
publications that the columns name. The code of this project has another licence.
"""

_REFERENCES = """## Publications

* Bakker, Wachtler & Diesmann (2012), Front. Neuroinform. 6:30, doi:10.3389/fninf.2012.00030; Stephan et al. (2001), Phil. Trans.
  R. Soc. B 356:1159, doi:10.1098/rstb.2001.0908: CoCoMac
* Binzegger, Douglas & Martin (2004), J. Neurosci. 24:8441, doi:10.1523/JNEUROSCI.1400-04.2004
* Ercsey-Ravasz et al. (2013), Neuron 80:184, doi:10.1016/j.neuron.2013.07.036
* Felleman & Van Essen (1991), Cereb. Cortex 1:1, doi:10.1093/cercor/1.1.1-a
* Hilgetag, Medalla, Beul & Barbas (2016), NeuroImage 134:685, doi:10.1016/j.neuroimage.2016.04.017
* Izhikevich & Edelman (2008), PNAS 105:3593, doi:10.1073/pnas.0712231105
* Markov et al. (2011), Cereb. Cortex 21:1254, doi:10.1093/cercor/bhq201
* Markov et al. (2014a), Cereb. Cortex 24:17, doi:10.1093/cercor/bhs270
* Markov et al. (2014b), J. Comp. Neurol. 522:225, doi:10.1002/cne.23458
* Potjans & Diesmann (2014), Cereb. Cortex 24:785, doi:10.1093/cercor/bhs358
* Reid, Krumnack, Wanke & Kötter (2009), NeuroImage 47:611, doi:10.1016/j.neuroimage.2009.04.061
* Schmidt, Bakker, Hilgetag, Diesmann & van Albada (2018), Brain Struct. Funct. 223:1409, doi:10.1007/s00429-017-1554-4
"""


def manual() -> str:
    """Markdown manual: every table and column with meaning, unit, values, source and method."""
    return "\n".join([_INTRODUCTION, *(_section(layout) for layout in LAYOUTS), _REFERENCES])


def _section(layout: Layout) -> str:
    rows = [
        f"| `{name}`{' (derived)' if described(info, 'derived') else ''} | {info.description} | {described(info, 'unit')} "
        f"| {described(info, 'expected')} | {described(info, 'source')} | {described(info, 'method')} |"
        for name, info in layout.row.model_fields.items()
    ]
    head = ["| column | meaning | unit | values | source | method |", "|---|---|---|---|---|---|"]
    summary = f"{len(layout.expected)} rows. {inspect.getdoc(layout.row)}"
    return "\n".join([f"## {layout.file}", "", summary, "", *head, *rows, ""])

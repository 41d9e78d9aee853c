"""External in-degrees: every synapse that comes neither from the patch nor from another area of the model.

Schmidt et al. (2018a), type IV and, lumped with it, type II; factors of Schuecker, Schmidt et al. (2017).
"""

from __future__ import annotations

import pandas as pd

from model.anatomy.parameters import AnatomyParameters
from model.tables.axes import Frame, Numbers
from procortex.formats.populations import AREAS_WITHOUT_LAYER_4


def external_synapses(synapses: Numbers, intrinsic_fraction: Numbers, corticocortical: Numbers) -> Numbers:
    """Compute the external synapses of each area: all but the patch's share and those from other areas of the model."""
    return synapses * (1 - intrinsic_fraction) - corticocortical


def external_indegrees(synapses: Numbers, neurons: Frame, parameters: AnatomyParameters) -> Frame:
    """Compute the external in-degree of each population.

    Parameters
    ----------
    synapses
        External synapses of each area.
    neurons
        Neurons; areas x populations.
    parameters
        The factors on 5E and 6E, and on 23E and 5E of TH. The other populations do not make up for them.

    Returns
    -------
    pandas.DataFrame
        Areas x populations; the same for all populations of an area, apart from the factors; 0 where there are no neurons.
    """
    same = synapses / neurons.sum(axis=1)
    indegrees = pd.DataFrame(dict.fromkeys(neurons.columns, same)).where(neurons > 0, 0.0)
    indegrees["5E"] *= parameters.fac_nu_ext_5E
    indegrees["6E"] *= parameters.fac_nu_ext_6E
    indegrees.loc[sorted(AREAS_WITHOUT_LAYER_4), ["23E", "5E"]] *= parameters.fac_nu_ext_TH
    return indegrees

"""Retrograde tracing: from injections in the M132 parcellation to pairs of model areas.

Markov et al. (2014a, b); the mapping is that of Schmidt et al. (2018a), "Mapping of synaptic locations" and "Cortico-cortical
connectivity".
"""

from __future__ import annotations

from model.curation.raw import OVERLAP_NAMES
from model.tables.axes import AREA_LIST, Frame


def mean_over_injections(values: Frame, injections: dict[str, str], *, zero_padding: bool = True) -> Frame:
    """Average the values of the injections into one area; an injection that lacks a source counts as 0 there.

    Parameters
    ----------
    values
        Columns monkey, source, value. Of several rows for one monkey and source the last one counts.
    injections
        Injected area of each monkey; others are ignored.
    zero_padding
        False averages over the injections that have the source alone.

    Returns
    -------
    pandas.DataFrame
        Mean, injected model areas [target] x M132 areas [source]; NaN where no injection has the source.

    Notes
    -----
    The number of injections is the largest number of values that any source has. The original pads with zeros, which pulls the
    fraction of supragranular neurons of a source that is missing in some injections to 0; we follow it by default. For the fractions of
    labelled neurons a source without label is a measured 0.
    """
    known = values[values["monkey"].isin(list(injections))].drop_duplicates(["monkey", "source"], keep="last")
    target = known["monkey"].map(injections)
    by_pair = known["value"].groupby([target, known["source"]])
    total, count = by_pair.sum().unstack(), by_pair.count().unstack()
    return total.div(count.max(axis=1), axis=0) if zero_padding else total / count


def overlap_of(sources: Frame, overlap: Frame) -> Frame:
    """Select the overlap with model areas (columns) of the M132 areas that are the columns of `sources`."""
    return overlap.loc[[OVERLAP_NAMES.get(name, name) for name in sources.columns]].set_axis(sources.columns, axis=0)


def map_to_model_areas(values: Frame, overlap: Frame) -> Frame:
    """Distribute values of M132 sources over the model areas they overlap with.

    Parameters
    ----------
    values
        Model areas [target] x M132 areas [source].
    overlap
        Share of each M132 area in each model area; NaN without an entry.

    Returns
    -------
    pandas.DataFrame
        Model areas [target] x model areas [source], diagonal included; NaN where no source with a value has an entry. What lies
        outside the model areas is dropped.
    """
    shares = overlap_of(values, overlap)
    mapped = values.fillna(0.0) @ shares.fillna(0.0)
    entries = values.notna().astype(int) @ shares.notna().astype(int)
    return mapped.where(entries > 0).reindex(index=AREA_LIST, columns=AREA_LIST)

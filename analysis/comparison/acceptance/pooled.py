"""Judgements of histograms over all neurons or pairs, against NEST's and among our own seeds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from analysis.comparison.acceptance import rules
from analysis.comparison.acceptance.published_seeds import largest_divergence
from analysis.comparison.acceptance.rules import Judgement
from analysis.statistics.histograms import BinnedRun, Key, check_edges, kl_divergence, ks_distance


def common_keys(runs: Sequence[BinnedRun]) -> list[Key]:
    """Statistics and populations of which all runs have a histogram, in the first one's order; their bins are the same.

    Raises
    ------
    InputError
        If bins differ.
    """
    keys = [key for key in runs[0].histograms if all(key in run.histograms for run in runs)]
    for run in runs[1:]:
        for key in keys:
            check_edges(runs[0], run, key)
    return keys


def divergences(truth: Sequence[BinnedRun], others: Sequence[BinnedRun], key: Key) -> list[float]:
    """Divergence of each of `others` from each of `truth`."""
    return [kl_divergence(first.histograms[key], second.histograms[key]) for first in truth for second in others]


def seed_pairs(runs: Sequence[BinnedRun], key: Key) -> list[float]:
    """Divergence of the second from the first run of each pair: (1, 2), (1, 3), (2, 3) as in the paper."""
    return [kl_divergence(first.histograms[key], second.histograms[key]) for first, second in combinations(runs, 2)]


def against_nest(run: BinnedRun, nest: BinnedRun, genn: Sequence[BinnedRun]) -> list[Judgement]:
    """Judge divergence and distance of our pooled histograms from NEST's.

    Parameters
    ----------
    run
        Our simulation of the ground state, on NEST's bins.
    nest, genn
        The published histograms, GeNN's by seed.
    """
    judgements = []
    for key in common_keys([nest, *genn, run]):
        statistic, population = key
        truth, ours = nest.histograms[key], run.histograms[key]
        theirs = divergences([nest], genn, key)
        judgements.append(
            Judgement(
                population,
                statistic,
                "kl",
                kl_divergence(truth, ours),
                high=rules.kl_limit([*theirs, *seed_pairs(genn, key)]),
                genn=max(theirs),
            )
        )
        distances = [ks_distance(truth, other.histograms[key]) for other in genn]
        judgements.append(Judgement(population, statistic, "ks", ks_distance(truth, ours), high=rules.KS, genn=max(distances)))
    return judgements


def mean_differences(nest: BinnedRun, genn: Sequence[BinnedRun]) -> dict[Key, float]:
    """Relative difference (%) of the mean over all neurons or pairs between NEST and the seed of GeNN that is farthest off."""
    return {
        key: max((100 * (each.histograms[key].mean / nest.histograms[key].mean - 1) for each in genn), key=abs)
        for key in common_keys([nest, *genn])
    }


def among_seeds(runs: Sequence[BinnedRun]) -> list[Judgement]:
    """Say how far our own seeds lie apart, in the resting state against GeNN's; the runs are of one state and simulator."""
    judgements = []
    for key in common_keys(runs):
        distances = [ks_distance(first.histograms[key], second.histograms[key]) for first, second in combinations(runs, 2)]
        high = largest_divergence(*key) if runs[0].state == rules.RESTING else rules.NONE
        judgements.append(Judgement(key[1], key[0], "kl_seeds", float(np.mean(seed_pairs(runs, key))), high=high))
        judgements.append(Judgement(key[1], key[0], "ks_seeds", float(np.mean(distances))))
    return judgements

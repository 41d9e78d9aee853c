"""The layout of a network on a device: every neuron has one owner, and nothing exceeds what the kernels can number."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from procortex.backends.cuda.partition import KINDS, MAX_BINS, MAX_LOCAL, MAX_OWNERS_PER_AREA, Limits, Shape, owner_magic, partition
from procortex.utilities.errors import InputError
from tests.cuda.networks import small_tables

SIZES = st.lists(st.lists(st.integers(1, 3000), min_size=1, max_size=3), min_size=1, max_size=4)
LAYOUTS = st.tuples(SIZES, st.integers(0, 3000), st.integers(1, 300), st.integers(1, 20).map(lambda k: 512 * k))


def laid_out(drawn, limits=None):
    sizes, longest, target_owners, max_local = drawn
    tables = small_tables(sizes, longest)
    try:
        return tables, partition(tables, target_owners, max_local, limits or Limits())
    except InputError:
        # only where the two limits exclude each other: few owners for long delays, many for little shared memory
        most = MAX_BINS // tables.delays.max()
        assume(max(map(sum, sizes)) <= min(most, MAX_OWNERS_PER_AREA) * (max_local - 32))
        raise


@settings(deadline=None, max_examples=60)
@given(LAYOUTS)
def test_every_neuron_has_one_owner(drawn):
    tables, p = laid_out(drawn)
    ends = p.owner_first + p.owner_neurons
    assert p.owner_first[0] == 0
    assert (p.owner_first[1:] == ends[:-1]).all()
    assert ends[-1] == tables.n_neurons
    assert (p.owner_neurons >= 1).all()
    assert (p.owner_neurons <= drawn[3]).all()
    assert (p.owner_first >= p.first_neuron[p.owner_area]).all()
    assert (ends <= (p.first_neuron + p.n_neurons)[p.owner_area]).all()
    assert (np.bincount(p.owner_area, minlength=p.n_areas) == p.n_owners).all()
    assert (p.n_owners <= MAX_OWNERS_PER_AREA).all()


@settings(deadline=None, max_examples=60)
@given(LAYOUTS)
def test_owner_of_a_neuron_by_multiplication(drawn):
    _, p = laid_out(drawn)
    for n, size in zip(p.n_neurons.tolist(), p.owner_size.tolist(), strict=True):
        neuron = np.arange(n, dtype=np.uint64)
        assert (neuron * np.uint64(owner_magic(size, n)) >> np.uint64(32) == neuron // np.uint64(size)).all()


@given(st.integers(1, 1024).map(lambda k: 32 * k), st.integers(1, 10**6))
def test_owner_magic_is_exact_or_refused(size, n):
    first = np.arange(0, n + size, size, dtype=np.uint64)
    edges = np.concatenate([first, first[1:] - np.uint64(1)])
    magic = np.uint64(-(-(2**32) // size))
    if (edges * magic >> np.uint64(32) == edges // np.uint64(size)).all():
        assert owner_magic(size, n) == magic
    else:
        with pytest.raises(InputError, match="too large"):
            owner_magic(size, n)


@settings(deadline=None, max_examples=60)
@given(LAYOUTS)
def test_projections_lie_in_their_lists(drawn):
    tables, p = laid_out(drawn)
    source = np.repeat(np.arange(len(tables.labels)), np.diff(tables.first_outgoing))
    kind, area = np.divmod(p.list_of, p.n_areas)
    assert (area == p.area_of[tables.target]).all()
    assert ((kind == 0) == (p.area_of[source] == area)).all()
    for k in range(KINDS):
        mine = kind == k
        assert (p.kinds[k].delays[p.delay_class[mine]] == tables.delays[tables.delay_class[mine]]).all()
        assert (p.kinds[k].weights[p.weight_class[mine]] == tables.weights[tables.weight_class[mine]]).all()
    assert (p.slots[kind, area] > tables.delays[tables.delay_class].max(axis=1)).all()
    assert (p.ring_slots[p.area_of] >= tables.ring_slots).all()
    assert (p.bins <= MAX_BINS).all()


@settings(deadline=None, max_examples=30)
@given(LAYOUTS, st.integers(0, 100), st.integers(0, 100))
def test_lists_hold_all_or_what_the_limits_say(drawn, rows, pairs):
    tables, ample = laid_out(drawn)
    sizes = np.diff(tables.first_neuron)
    source = np.repeat(np.arange(len(sizes)), np.diff(tables.first_outgoing))
    for number in range(KINDS * ample.n_areas):
        mine = ample.list_of == number
        assert ample.list_rows[number] == sizes[source[mine]].sum()
        # a row of n synapses takes (n + 1) // 2 pairs
        assert ample.list_pairs[number] >= (tables.synapses[mine].sum() + sizes[source[mine]].sum()) // 2
    _, tight = laid_out(drawn, Limits(rows=rows, pairs=pairs))
    assert (tight.list_rows == np.minimum(ample.list_rows, rows)).all()
    assert (tight.list_pairs == np.minimum(ample.list_pairs, pairs)).all()


def test_delays_longer_than_a_chunk_can_sort():
    with pytest.raises(InputError, match="delays"):
        partition(small_tables([[100], [100]], longest=MAX_BINS + 1), 10, 512, Limits())


def test_areas_too_large_for_their_delays():
    with pytest.raises(InputError, match="delays"):
        partition(small_tables([[2000], [100]], longest=MAX_BINS // 2), 10, 512, Limits())


@pytest.mark.parametrize("kilobytes", [64, 99, 163, 227])
def test_an_owner_fits_the_shared_memory_of_its_block(kilobytes):
    shape = Shape(shared_bytes=kilobytes << 10)
    resident = 2 if kilobytes >= 160 else 1
    assert shape.max_local <= MAX_LOCAL
    assert resident * (shape.max_local * 4 + (shape.max_local // 32 + 1) * 4 + 1024) <= shape.shared_bytes

"""Host and device agree on every struct, and the guides count thresholds."""

import shutil
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from procortex.backends.compile import KERNELS
from procortex.backends.cuda import layout
from procortex.backends.cuda.compile import FLAGS, nvcc_command
from procortex.backends.cuda.partition import Limits, partition
from procortex.memory import Formats, device_memory, number_formats
from procortex.utilities.errors import InputError
from tests.cuda.networks import small_tables

PROGRAM = """
#include <cstddef>
#include <cstdio>
#include "cuda/network.cuh"
using namespace procortex;
int main() {
  const size_t sizes[] = {sizeof(Network), sizeof(Population), sizeof(Projection), sizeof(Area), sizeof(Owner), sizeof(List), sizeof(Row)};
  for (size_t size : sizes) printf("%zu ", size);
  #define PLACE(name) printf("%zu ", offsetof(Network, name));
  PLACES
  printf("%d %u %d", GUIDE_BITS, GUIDE_OPEN, KINDS);
}
"""


def require_nvcc():
    try:
        return nvcc_command()
    except InputError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("real", [np.float32, np.float64])
def test_structs_are_those_of_the_device(real, tmp_path):
    nvcc = require_nvcc()
    if shutil.which("c++") is None and shutil.which("g++") is None:
        pytest.skip("no host compiler for nvcc")
    network = layout.network_type(real)
    fields = [name for name in network.names if name not in ("delays0", "delays1", "weights0", "weights1")]
    source = tmp_path / "sizes.cu"
    source.write_text(PROGRAM.replace("PLACES", " ".join(f"PLACE({name})" for name in fields)))
    flags = [*FLAGS, f"-I{KERNELS}", f"-DPROCORTEX_REAL={'double' if real is np.float64 else 'float'}"]
    subprocess.run([nvcc, *flags, str(source), "-o", str(tmp_path / "sizes")], check=True, capture_output=True)
    compiled = [int(word) for word in subprocess.run([tmp_path / "sizes"], check=True, capture_output=True, text=True).stdout.split()]
    sizes = [network, layout.population_type(real), layout.PROJECTION, layout.AREA, layout.OWNER, layout.LIST, layout.ROW]
    places = [network.fields[name][1] for name in fields]
    assert compiled == [kind.itemsize for kind in sizes] + places + [layout.GUIDE_BITS, layout.GUIDE_OPEN, layout.KINDS]


@given(
    arrays(
        np.int32, (2, 1, 7), elements=st.one_of(st.integers(-1, 2**31 - 1), st.integers(-1, 300).map(lambda k: min(k << 23, 2**31 - 1)))
    ),
    st.lists(st.integers(0, 2**31 - 1), min_size=1, max_size=20),
)
def test_guides_count_thresholds(thresholds, numbers):
    thresholds.sort(axis=-1)
    guides = layout.guides(thresholds)
    edges = [value + step for value in thresholds.ravel().tolist() for step in (-1, 0, 1) if 0 <= value + step < 2**31]
    for population in range(2):
        for number in numbers + edges:
            expected = int((thresholds[population, 0] < number).sum())
            guide = int(guides[population, 0, number >> (31 - layout.GUIDE_BITS)])
            events = guide & ~layout.GUIDE_OPEN
            if guide & layout.GUIDE_OPEN:
                while events < 7 and thresholds[population, 0, events] < number:
                    events += 1
            assert events == expected


def test_tables_have_the_planned_sizes():
    tables = small_tables([[300, 70, 40], [500, 20], [3]])
    p = partition(tables, 20, 128, Limits())
    formats = number_formats(tables, p, "float32")
    assert formats == Formats(np.float32, np.uint16, np.int16)
    parts = device_memory(tables, p, formats, Limits(events=10_000), pairs_per_chunk=1024)
    owners, *_ = layout.owners(tables, p)
    lists, *_ = layout.lists(p, 1024)
    arrays_of = {
        "populations": layout.populations(tables, formats.real),
        "projections": layout.projections(tables, p),
        "areas": layout.areas(p),
        "owners": owners,
        "lists": lists,
        "guides": layout.guides(tables.thresholds),
        "thresholds": tables.thresholds,
        "poisson_weight": tables.drive.poisson_weight,
        "v0": tables.v0,
    }
    assert {name: array.nbytes for name, array in arrays_of.items()} == {name: parts[name] for name in arrays_of}
    assert set(parts) == {*layout.ARRAYS, *layout.AFTER_TABLES, "row_length_work"}


def test_owners_know_their_populations_and_places():
    tables = small_tables([[300, 70, 40], [500, 20], [3]])
    p = partition(tables, 20, 128, Limits())
    owners, n_buckets, n_ring, n_dirty = layout.owners(tables, p)
    population = np.repeat(np.arange(len(tables.labels)), np.diff(tables.first_neuron))
    for owner in owners:
        mine = population[owner["first_neuron"] : owner["first_neuron"] + owner["n_neurons"]]
        assert owner["first_population"] == mine[0]
        assert owner["n_populations"] == mine[-1] - mine[0] + 1
    slots = p.ring_slots[p.owner_area]
    ends = {"ring": slots * p.owner_neurons, "first_dirty": slots}
    for name, total in (("ring", n_ring), ("first_dirty", n_dirty)):
        assert (np.append(owners[name][1:], total) == owners[name] + ends[name]).all()
    buckets = np.append(owners["first_bucket"].ravel(), n_buckets)
    assert (np.diff(buckets) == p.slots[:, p.owner_area].T.ravel()).all()

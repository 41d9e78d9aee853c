"""The energy counter of a GPU, against a made-up library of the driver."""

import subprocess

import pytest

from procortex.backends.compile import compiler_command
from procortex.energy import EnergyCounter

BUS = "0000:3B:00.0"
DRIVER = """
#include <string.h>
static unsigned long long reading = 5000;
extern "C" int nvmlInit_v2(void) { return INIT; }
extern "C" int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **device) {
  *device = &reading;
  return strcmp(bus, "0000:3B:00.0") ? 6 : 0;
}
#ifdef COUNTS
extern "C" int nvmlDeviceGetTotalEnergyConsumption(void *device, unsigned long long *energy) {
  if (device != &reading) return 2;
  *energy = reading += 1500;
  return COUNTS;
}
#endif
"""


@pytest.fixture
def driver(tmp_path):
    """Compile a driver's library that answers as it is told."""

    def build(**answers):
        source, library = tmp_path / "driver.cpp", tmp_path / f"driver{len(list(tmp_path.iterdir()))}.so"
        source.write_text(DRIVER)
        macros = [f"-D{name}={value}" for name, value in answers.items()]
        subprocess.run([compiler_command()[0], "-shared", "-fPIC", *macros, str(source), "-o", str(library)], check=True)
        return str(library)

    return build


def test_readings_are_joules(driver):
    counter = EnergyCounter(BUS, driver(INIT=0, COUNTS=0))
    assert [counter.joules(), counter.joules()] == [6.5, 8.0]


@pytest.mark.parametrize(
    ("bus", "answers"),
    [(BUS, {"INIT": 9, "COUNTS": 0}), ("0000:00:06.0", {"INIT": 0, "COUNTS": 0}), (BUS, {"INIT": 0, "COUNTS": 3}), (BUS, {"INIT": 0})],
    ids=["no driver", "another card", "a card that does not count", "an old driver"],
)
def test_without_a_counter_there_is_no_reading(driver, bus, answers):
    assert EnergyCounter(bus, driver(**answers)).joules() is None


def test_without_a_driver_there_is_no_reading(tmp_path):
    assert EnergyCounter(BUS, str(tmp_path / "none.so")).joules() is None

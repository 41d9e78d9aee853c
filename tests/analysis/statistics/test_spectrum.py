"""Power spectra against Elephant's, and rates that are too short for one."""

from __future__ import annotations

import neo
import numpy as np
import pytest
import quantities as pq
from elephant.spectral import welch_psd

from analysis.statistics.spectrum import OVERLAP, SEGMENT, power_spectrum
from procortex.utilities.errors import InputError


def test_the_spectrum_is_that_of_elephant() -> None:
    rate = np.random.default_rng(5).normal(20.0, 3.0, 3000) + 10.0 * np.sin(2 * np.pi * 40.0 * np.arange(3000) / 1000.0)
    frequency, density = power_spectrum(rate)
    assert len(frequency) == SEGMENT // 2 + 1
    assert frequency[int(np.argmax(density))] == pytest.approx(40.0, abs=0.6)
    assert density.sum() * frequency[1] == pytest.approx(9.0 + 50.0, rel=0.1)  # variance of the noise and of the wave
    signal = neo.AnalogSignal(rate, units="Hz", sampling_rate=1000 * pq.Hz)
    theirs, expected = welch_psd(signal, len_segment=SEGMENT, overlap=OVERLAP / SEGMENT, window="hann", detrend="constant")
    np.testing.assert_allclose(frequency, theirs.magnitude)
    np.testing.assert_allclose(density, expected.magnitude.ravel(), rtol=1e-9)


def test_a_rate_shorter_than_a_segment_has_no_spectrum() -> None:
    assert len(power_spectrum(np.arange(1024.0))[0]) == 513
    with pytest.raises(InputError, match="a power spectrum needs 1024 bins of 1 ms, there are 1023"):
        power_spectrum(np.zeros(1023))

"""Corrections in a configuration, and that each of them does something at the stage it names."""

from __future__ import annotations

import pytest

from model.configuration import resolve_parameters
from model.corrections.registry import CORRECTIONS, at_stage

CURATION = [name for name, correction in CORRECTIONS.items() if correction.stage == "curation"]


def test_the_published_model_is_the_default() -> None:
    assert resolve_parameters({}).connectivity.corrections == ()


def test_the_order_of_the_names_makes_no_difference() -> None:
    one, other = (
        resolve_parameters({"corrections": names}) for names in (["absent_sources", "series_sign"], ["series_sign", "absent_sources"])
    )
    assert one == other


@pytest.mark.parametrize("given", ["series_sign", "[series_sign]", ["series_sign"]])
def test_one_name_needs_no_list(given: object) -> None:
    assert resolve_parameters({"corrections": given}).connectivity.corrections == ("series_sign",)


def test_the_spread_of_weights_goes_with_the_published_in_degrees() -> None:
    parameters = resolve_parameters({"corrections": "weight_spread", "stabilisation": "published"})
    assert at_stage(parameters.connectivity.corrections, "network") == {"weight_spread"}


@pytest.mark.parametrize("name", CURATION)
def test_corrections_of_the_curation_are_possible_from_the_raw_sources(name: str) -> None:
    parameters = resolve_parameters({"corrections": name, "source": "raw"})
    assert at_stage(parameters.connectivity.corrections, "curation") == {name}


def test_every_correction_says_what_it_does() -> None:
    for correction in CORRECTIONS.values():
        assert correction.published.endswith(".")
        assert correction.corrected.endswith((".", ")"))
        assert correction.published != correction.corrected

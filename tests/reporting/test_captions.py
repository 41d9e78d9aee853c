"""Texts of the report: valid reStructuredText, of the figure's own state and simulator."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils.core import publish_parts

from reporting.captions import Captions
from reporting.record import Record, write_text

FILES = [SimpleNamespace(target="provenance.html")]


@pytest.fixture
def captions(record: Record, tmp_path: Path) -> Captions:
    path = tmp_path / "provenance.json"
    path.write_text(write_text(record))
    return Captions(path)


def read(text: str) -> str:
    """Text as a reader sees it."""
    target = "\n.. _provenance.html: javascript:x\n" * ("provenance.html_" in text)  # as Snakemake adds it
    body = publish_parts(text + target, writer="html", settings_overrides={"report_level": 1, "halt_level": 2})["body"]
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def test_footer_of_a_simulation(captions: Captions) -> None:
    text = read(captions.footer({"state": "resting", "backend": "cpu"}, FILES))
    assert (
        "resting state: N_scaling 0.5; K_scaling 1; areas_simulated [V1]; stabilisation computed; t_sim 200; cc_weights_factor 1.9." in text
    )
    assert "cpu (GPU &lt;1&gt;); seed 3; 2 s in all, 12.5 J." in text
    assert text.endswith("All of it: provenance.html .")
    assert "ground" not in text


def test_footer_of_all(captions: Captions) -> None:
    text = read(captions.footer({}, []))
    assert "ground state" in text
    assert "resting state" in text
    assert "6 s in all" in text
    assert "provenance.html" not in text


@pytest.mark.parametrize(("of", "shown"), [("anatomy", "source tables"), ("network", "N_scaling 0.5")])
def test_footer_of_what_is_not_simulated(captions: Captions, of: str, shown: str) -> None:
    text = read(captions.footer({"state": "ground"}, FILES, of))
    assert shown in text
    assert "Simulations" not in text
    assert "t_sim" not in text
    assert ("N_scaling" in text) == (of == "network")


def test_front_page(captions: Captions) -> None:
    text = read(captions.front())
    assert "sim_params.areas_simulated [V1] [V1]" in text
    assert "resting 3 cpu 2 10 0.62 3" in text
    assert captions.scaled()


def test_all_areas_are_not_listed(record: Record, tmp_path: Path) -> None:
    states = {
        name: values | {"sim_params": values["sim_params"] | {"areas_simulated": ["V1"] * 32}}
        for name, values in record.configuration["states"].items()
    }
    path = tmp_path / "all.json"
    path.write_text(write_text(replace(record, configuration={**record.configuration, "states": states})))
    assert "areas_simulated all" in read(Captions(path).footer({}, []))


def test_without_a_record_there_is_no_text(tmp_path: Path) -> None:
    captions = Captions(tmp_path / "none.json")
    assert captions.footer({"state": "ground"}, FILES) == captions.front() == ""
    assert not captions.scaled()

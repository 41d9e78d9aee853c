"""``python -m model``: files in, files out, and what it says when something is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import yaml

from contracts.rates import read_rates
from model.__main__ import main
from model.anatomy import AnatomyParameters
from model.configuration import load_experiment, resolve_parameters
from model.network.build import build_network, unstabilised_anatomy
from model.network.patch import check_external
from procortex.formats.network import read_network
from procortex.formats.populations import AREAS, LAYER_POPULATIONS
from procortex.utilities.errors import InputError
from tests.helpers.paths import ROOT
from tests.helpers.series import write_periodic

CONFIG = ROOT / "config" / "config.yaml"


@pytest.fixture
def build(anatomy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Build with the made-up anatomy instead of the real one."""
    monkeypatch.setattr("model.network.build.anatomy_of", lambda *_: SimpleNamespace(**vars(anatomy), tables=None))
    monkeypatch.setattr("model.network.build.tables_digest", lambda _: "")
    out = tmp_path / "network.nc"
    return lambda *arguments: (main(["build", *map(str, arguments), "--out", str(out)]), out)


SMALL = "areas_simulated: [V1, '46']\nreplace_non_simulated_areas: hom_poisson_stat\nstates: {a: {g: -4}, b: {}}\n"


def test_build_takes_what_configure_writes(build, tmp_path: Path) -> None:
    config, parameters = tmp_path / "c.yaml", tmp_path / "parameters.yaml"
    config.write_text(SMALL)
    assert main(["configure", "--config", str(config), "--state", "a", "--set", "dt=0.2", "--out", str(parameters), "--network"]) == 0
    assert "t_sim" not in yaml.safe_load(parameters.read_text())["sim_params"]
    status, out = build("--config", parameters)
    assert status == 0
    network = read_network(out)
    assert network.attrs["dt"] == 0.2
    assert network.sizes["population"] == 16


def test_configure_writes_everything(tmp_path: Path) -> None:
    out = tmp_path / "all.yaml"
    assert main(["configure", "--set", "areas_simulated=46", "g=-4", "--out", str(out)]) == 0
    assert load_experiment([out]).state() == load_experiment([], {"areas_simulated": "46", "g": -4}).state()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "states: there are several (a, b), name one of them with --state"),
        (("--state", "c"), "states: there is no state 'c', expected one of a, b"),
        (("--state", "a", "--set", "g"), "--set g: expected KEY=VALUE"),
        (("--state", "a", "--set", "gg=1"), "gg: unknown key"),
        (("--state", "a", "--set", "K_scaling=0.5", "fullscale_rates=/nowhere.json"), "/nowhere.json: no such file of rates"),
        (("--state", "a", "--set", "N_scaling=1e-5"), "which leaves"),
        (("--state", "a", "--set", "rate_ext=1e6"), "input_params.rate_ext: makes up to"),
        (("--state", "a", "--set", "interarea_speed=0.001", "delay_rel=50"), "delay_params: delays of up to"),
        (("--state", "a", "--set", "PSP_ext=1e-6"), "too far apart for fixed-point numbers"),
        (("--state", "a", "--set", "cc_weights_factor=[1"), "cc_weights_factor: not valid YAML (expected ',' or ']'"),
        (("--state", "a", "--set", "g=-4", "g=-5"), "--set g: is given twice (-4 and -5), expected once"),
        (("--state", "a", "--run", "a=x", "a=y"), "--run a: is given twice (x and y), expected once"),
        (("--state", "a", "--set", "K_scaling=1e-12"), "network_params.K_scaling: is 1e-12, which leaves no synapses; expected at least "),
    ],
)
def test_bad_input_ends_with_status_2_and_writes_nothing(build, tmp_path: Path, capsys, arguments, message: str) -> None:
    config, rates = tmp_path / "c.yaml", tmp_path / "rates.json"
    rates.write_text(json.dumps({area: dict.fromkeys(LAYER_POPULATIONS, 1.0) for area in AREAS}))
    config.write_text(f"{SMALL}fullscale_rates: {rates}\n")
    status, out = build("--config", config, *arguments)
    assert status == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_a_surface_that_leaves_no_external_input_is_named_with_the_largest_that_works() -> None:
    beyond = "network_params.surface: is 60 mm^2, of which the patch of V4t gets more synapses from itself and from other areas than it has"
    for parameters in ({"surface": 60}, {"surface": 60, "areas_simulated": "TH"}):  # the stabilisation needs all areas
        with pytest.raises(InputError, match=re.escape(f"{beyond}; expected at most 43.8")):
            build_network(resolve_parameters({"fullscale_rates": "theory", **parameters}))
    beyond = "network_params.surface: is 43.85 mm^2; expected at most 43.8, or less with connectivity.stabilisation: computed"
    with pytest.raises(InputError, match=f"^{re.escape(beyond)}"):  # it has external input, but is larger than the largest that is named
        unstabilised_anatomy(resolve_parameters({"surface": 43.85}))
    anatomy = unstabilised_anatomy(resolve_parameters({"surface": 43.8}))
    assert unstabilised_anatomy(resolve_parameters({"surface": 60}), ("TH",)).parameters.surface == 60
    with pytest.raises(InputError, match=r"connectivity: the patch of .* expected smaller fln_intrinsic and fln_normalised in the tables"):
        check_external(replace(anatomy, external_indegree=-anatomy.external_indegree, parameters=AnatomyParameters()), AREAS)


FROM_RUN = ("areas_simulated=V1", "replace_cc_input_source=state:all")
NONSTAT = (*FROM_RUN, "replace_non_simulated_areas=current_nonstat")


def test_rates_of_another_state_come_from_its_run(build, tmp_path: Path, capsys) -> None:
    run = tmp_path / "run"
    run.mkdir()
    series = write_periodic(run / "series.nc", 600)
    status, out = build("--set", *FROM_RUN, "replace_non_simulated_areas=het_poisson_stat", "--run", f"all={run}")
    assert status == 0, capsys.readouterr().err
    given = read_network(out)
    (tmp_path / "rates.json").write_text(json.dumps(read_rates(run)))
    status, _ = build("--set", "areas_simulated=V1", f"replace_cc_input_source={tmp_path / 'rates.json'}")
    assert status == 0
    np.testing.assert_array_equal(read_network(out)["stream_rate"], given["stream_rate"])
    status, _ = build("--set", *NONSTAT, "--run", f"all={run}")
    assert status == 0
    currents = read_network(out)
    assert currents.sizes["segment"] == series.sizes["time"] + 1
    assert currents.attrs["longest_t_sim"] == 600.0
    assert "600 changes of currents" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", *FROM_RUN), "state:all: there is no run of that state; name the folder of its results with --run all=results/"),
        (("--set", *FROM_RUN, "--run", "al=there"), "state:all: there is no run of that state (al given); name the folder"),
        (("--set", *FROM_RUN, "--run", "all"), "--run all: expected STATE=FOLDER"),
        (("--set", *FROM_RUN, "--run", "all=nowhere"), "nowhere: no such file of rates"),
        (("--set", *NONSTAT, "--run", "all=RUN"), "no such series; expected series.nc of"),
        (
            ("--set", *NONSTAT, "t_sim=601", "--run", "all=RUN/long"),
            "the series lasts 600 ms, but t_sim is 601 ms; expected a series as long",
        ),
    ],
)
def test_runs_that_do_not_serve_are_named(build, tmp_path: Path, capsys, arguments: tuple[str, ...], message: str) -> None:
    (tmp_path / "long").mkdir()
    write_periodic(tmp_path / "long" / "series.nc", 600)
    status, out = build(*(argument.replace("RUN", str(tmp_path)) for argument in arguments))
    assert status == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_documents_are_written(tmp_path: Path) -> None:
    assert main(["document", "--out", str(tmp_path)]) == 0
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*")}
    assert written == {"config/schema.json", "config/README.md", "data/README.md"}


def test_default_experiment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "network.nc"
    assert main(["build", "--config", str(CONFIG), "--state", "ground", "--out", str(out)]) == 0
    assert "254 populations, 41,174 neurons" in capsys.readouterr().out
    network = read_network(out)
    assert int(network["neurons"].sum()) == 41_174
    assert float(network["weight_mean"].max()) == pytest.approx(175.6169870584169 / np.sqrt(0.1))
    assert (network["stream_rate"].values > 0).all()

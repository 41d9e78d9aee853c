"""Snakemake's command line, before Snakemake reads the configuration that it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.configuration.arguments import check_arguments

KEY = "takes no keys of one letter, expected"


def errors(capsys: pytest.CaptureFixture[str], arguments: list[str], files: list[Path], values: list[str]) -> list[str]:
    with pytest.raises(SystemExit) as end:
        check_arguments(arguments, files, values)
    assert end.value.code == 2
    return capsys.readouterr().err.removeprefix("error: ").splitlines()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["g=-12"], f"g: Snakemake {KEY} 'connection_params={{g: -12}}'"),
        (["theory_params.dt=0.05"], "theory_params.dt: Snakemake takes no keys with dots, expected 'theory_params={dt: 0.05}'"),
        (["states.ground.t_sim=700"], "states.ground.t_sim: Snakemake takes no such key, expected letters, digits, _ and -; for one state"),
        (["rate_ext"], "rate_ext: expected KEY=VALUE"),
        (["rate_ext=9", "K_scaling=0.2", "rate_ext=10"], "rate_ext: is given twice (9 and 10), expected once"),
        (["states={LA: {base: LA, rate_ext: 9, rate_ext: 10}}"], "states: rate_ext is given twice, expected once"),
        (["areas_simulated=[TH"], "areas_simulated: not valid YAML (expected ',' or ']'"),
        ([f"seeds={'[' * 3000}"], "seeds: is nested more than 32 levels deep"),
        ([f"rng_seed={'1' * 5000}"], f"rng_seed: {'1' * 40}... is an integer of 5,000 characters"),
    ],
)
def test_wrong_values(capsys: pytest.CaptureFixture[str], values: list[str], message: str) -> None:
    (line,) = errors(capsys, ["--config", *values], [], values)
    assert line.startswith(f"command line: {message}")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such configuration file; config/ holds examples"),
        ("# Größe\na: 1".encode("latin-1"), "line 1: byte 0xf6 is not UTF-8 (Latin-1 or Windows-1252?); save the file as UTF-8"),
        (b"", "expected a mapping from keys to values, found nothing"),
        (b"- 1", "expected a mapping from keys to values, found list"),
        (b"g: -4\ng: -5", "lines 1 and 2: g is given twice, expected once"),
        (b"__use_yte__: true\n__definitions__: [1 / 0]", "__use_yte__ is not expected, expected plain values: templates can run programs"),
    ],
)
def test_wrong_files(capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "config.yaml"
    if content is not None:
        path.write_bytes(content)
    assert errors(capsys, ["--configfile", str(path)], [path], []) == [f"{path}: {message}"]


@pytest.mark.parametrize("given", [["--config", "a=1", "--config", "b=1"], ["-C", "a=1", "--config=b=1"]])
def test_an_option_that_stands_twice(capsys: pytest.CaptureFixture[str], given: list[str]) -> None:
    (line,) = errors(capsys, given, [], ["b2=1"])
    assert line.startswith("command line: --config is given twice, of which Snakemake takes the last; expected once")


def test_everything_is_said_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing, folder = tmp_path / "missing.yaml", tmp_path
    arguments = ["--configfile", "a", "--configfiles", "b", "--config", "g=1"]
    lines = errors(capsys, arguments, [missing, folder], ["g=1", "rate_ext=9"])
    assert [line.partition(": ")[0] for line in lines] == ["command line", str(missing), str(folder), "command line"]


def test_what_is_right_passes(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("states: {a: {g: -4}, b: {g: -4}}")
    values = ["connection_params={g: -12}", "rate_ext=", "areas_simulated=[V1,46]", "experiment=a"]
    check_arguments(["--cores", "2", "--configfile", str(path), "--config", *values], [path], values)

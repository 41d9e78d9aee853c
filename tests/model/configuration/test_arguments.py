"""Snakemake's command line, before Snakemake reads the configuration that it names."""

from __future__ import annotations

from pathlib import Path

import pytest
from snakemake import cli

from model.configuration.arguments import check_command_line, check_options
from procortex.utilities.errors import InputError

KEY = "takes no keys of one letter, expected"
SWALLOWED = "; if it is a target: targets stand before the options, or behind --"
CONFIG_TWICE = "command line: --config is given twice, of which Snakemake takes the last; expected once, with all values behind it"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def errors(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    with pytest.raises(SystemExit) as end:
        check_command_line(cli, arguments)
    assert end.value.code == 2
    return capsys.readouterr().err.removeprefix("error: ").splitlines()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["g=-12"], f"g: Snakemake {KEY} 'connection_params={{g: -12}}'"),
        (["theory_params.dt=0.05"], "theory_params.dt: Snakemake takes no keys with dots, expected 'theory_params={dt: 0.05}'"),
        (["states.ground.t_sim=700"], "states.ground.t_sim: Snakemake takes no such key, expected letters, digits, _ and -; for one state"),
        (["rate_ext"], f"rate_ext: expected KEY=VALUE{SWALLOWED}"),
        (["rate_ext=9", "K_scaling=0.2", "rate_ext=10"], "rate_ext: is given twice (9 and 10), expected once"),
        (["states={LA: {base: LA, rate_ext: 9, rate_ext: 10}}"], "states: rate_ext is given twice, expected once"),
        (["areas_simulated=[TH"], "areas_simulated: not valid YAML (expected ',' or ']'"),
        ([f"seeds={'[' * 3000}"], "seeds: is nested more than 32 levels deep"),
        ([f"rng_seed={'1' * 5000}"], f"rng_seed: {'1' * 40}... is an integer of 5,000 characters"),
    ],
)
def test_wrong_values(capsys: pytest.CaptureFixture[str], values: list[str], message: str) -> None:
    (line,) = errors(capsys, "--config", *values)
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
    assert errors(capsys, "--configfile", str(path)) == [f"{path}: {message}"]


@pytest.mark.parametrize(
    "given",
    [("--config", "ab=1", "--config", "cd=1"), ("-C", "ab=1", "--config=cd=1"), ("-Cab=1", "-Cab=2"), ("-nC", "ab=1", "--config", "ab=2")],
)
def test_an_option_that_stands_twice(capsys: pytest.CaptureFixture[str], given: tuple[str, ...]) -> None:
    assert errors(capsys, *given) == [CONFIG_TWICE]
    parser = cli.get_argument_parser()
    with pytest.raises(InputError) as again:
        check_options(cli, parser, parser.parse_args(given), Path())
    assert str(again.value) == CONFIG_TWICE


def test_everything_is_said_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing, folder = tmp_path / "missing.yaml", tmp_path
    lines = errors(capsys, "--configfile", "a", "--configfiles", str(missing), str(folder), "--config", "g=1", "--cores", "0")
    assert [line.partition(": ")[0] for line in lines] == ["command line", str(missing), str(folder), "command line", "--cores"]


@pytest.mark.parametrize("option", ["--cores", "--jobs", "--local-cores"])
def test_numbers_with_which_nothing_runs(capsys: pytest.CaptureFixture[str], option: str) -> None:
    assert errors(capsys, option, "0") == [f"{option}: is 0, expected at least 1"]
    parser = cli.get_argument_parser()
    with pytest.raises(InputError, match=f"^{option}: is 0, expected at least 1$"):
        check_options(cli, parser, parser.parse_args([option, "0"]), Path())


@pytest.mark.parametrize("target", ["all", "results/default/network.nc"])
def test_a_target_that_is_taken_for_a_configuration_file(capsys: pytest.CaptureFixture[str], tmp_path: Path, target: str) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("states: [LA]")
    assert errors(capsys, "--configfile", str(path), target) == [f"{target}: no such configuration file; config/ holds examples{SWALLOWED}"]
    check_command_line(cli, [target, "--configfile", str(path)])
    check_command_line(cli, ["--configfile", str(path), "--", target])


@pytest.mark.parametrize(
    ("profile", "arguments", "message"),
    [
        ("config: {g: -12}", (), f"config: g: Snakemake {KEY} 'connection_params={{g: -12}}'"),
        ("config: [K_scaling=0.1, K_scaling=0.2]", (), "config: K_scaling: is given twice (0.1 and 0.2), expected once"),
        ("config:\n  K_scaling: 0.1\n  K_scaling: 0.2", (), "lines 2 and 3: K_scaling is given twice, expected once"),
        (
            "config: {K_scaling: 0.1}",
            ("--config", "rng_seed=2"),
            "config: is given on the command line, too, and Snakemake takes one of both",
        ),
    ],
)
@pytest.mark.parametrize("by_variable", [False, True])
def test_profiles_of_the_user(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    arguments: tuple[str, ...],
    message: str,
    by_variable: bool,
) -> None:
    path = tmp_path / "mine" / "config.yaml"
    path.parent.mkdir()
    path.write_text(profile)
    if by_variable:
        monkeypatch.setenv("SNAKEMAKE_PROFILE", str(path.parent))
        found = errors(capsys, *arguments)
    else:
        found = errors(capsys, "--profile", str(path.parent), *arguments)
    (line,) = found
    assert line.startswith(f"{path}: {message}")
    parser = cli.get_argument_parser(profiles=[str(path)])
    with pytest.raises(InputError) as again:
        check_options(cli, parser, parser.parse_args(["--workflow-profile", "mine", *arguments]), tmp_path)
    assert str(again.value).removeprefix(f"{tmp_path}/") == line.removeprefix(f"{tmp_path}/")


@pytest.mark.parametrize("text", ["configfile: twice.yaml", "configfiles: [{folder}/twice.yaml]"])
def test_files_that_a_profile_names(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str) -> None:
    (tmp_path / "twice.yaml").write_text("g: -4\ng: -5")
    (tmp_path / "profile.yaml").write_text(text.format(folder=tmp_path))
    (line,) = errors(capsys, "--profile", str(tmp_path))
    assert line == f"{tmp_path}/twice.yaml: lines 1 and 2: g is given twice, expected once"


def test_two_profiles_with_the_same_option(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.yaml" for name in ("one", "two")]
    for path in paths:
        path.write_text("config: {K_scaling: 0.1}")
    (line,) = errors(capsys, *(part for path in paths for part in ("--profile", str(path))))
    assert line == f"{paths[1]}: config: is given in {paths[0]}, too, and Snakemake takes one of both; expected in one place"
    check_command_line(cli, ["--profile", str(paths[0]), "--profile", str(paths[0])])


def test_a_template_is_left_to_snakemake(tmp_path: Path) -> None:
    for text in ("__use_yte__: true\nconfig: {g: -12}", "__use_yte__: true\ncores: 1\ncores: 2"):
        (tmp_path / "profile.yaml").write_text(text)
        check_command_line(cli, ["--profile", str(tmp_path)])


def test_a_cache_that_cannot_be_written(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    (line,) = errors(capsys, "--dry-run")
    assert line.startswith(f"{tmp_path}/file/cache/snakemake: cannot be written (Not a directory), ")
    assert line.endswith("set XDG_CACHE_HOME to a folder that can")


def test_what_is_right_passes(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("states: {a: {g: -4}, b: {g: -4}}")
    values = ["connection_params={g: -12}", "rate_ext=", "areas_simulated=[V1,46]", "experiment=a"]
    check_command_line(cli, ["--cores", "2", "--configfile", str(path), "--config", *values])

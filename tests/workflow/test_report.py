"""The report of the tiny experiment in a browser: all of it opens, nothing fails, nothing is fetched; captions say what figures show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workflow.browser import Page, find_browser
from tests.workflow.command import CORES, ROOT, TINY, call

pytestmark = pytest.mark.workflow

CAPTIONS = sorted((ROOT / "workflow" / "report").glob("*.rst"))
WITHOUT_FOOTER = {"workflow.rst", "provenance.rst", "configuration.rst", "crate.rst"}
CATEGORIES = {"Spikes", "Distributions", "Comparison", "Structure", "Theory", "Dynamics", "States", "Provenance"}


@pytest.fixture(scope="module")
def report(finished: Path) -> Path:
    """Report of the tiny experiment."""
    path = finished / "browsed.html"
    stylesheet = ROOT / "workflow" / "report" / "report.css"
    outcome = call(finished, *CORES, str(TINY), "--report", path.name, "--report-stylesheet", str(stylesheet))
    assert outcome.status == 0, outcome.output
    return path


@pytest.fixture(scope="module")
def browser() -> str:
    """Path of a browser."""
    name = find_browser()
    if name is None:
        pytest.skip("no Chromium here to open the report in: install one (Debian: apt-get install chromium) or name it in CHROMIUM")
    return name


@pytest.fixture(scope="module")
def page(browser: str, report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The report, opened once: its libraries take a while."""
    with Page(browser, tmp_path_factory.mktemp("browser")) as opened:
        opened.open(report)
        opened.wait_for("document.querySelector('#app nav') !== null")
        yield opened


@pytest.fixture
def opened(page: Page) -> Page:
    """The report as it is when just opened."""
    page.evaluate("app.setView({navbarMode: 'menu', content: 'rulegraph'})")
    page.wait_for("document.querySelector('#app').innerText.includes('GENERAL') && document.querySelector('#app .prose') !== null")
    return page


def text(page: Page) -> str:
    return str(page.evaluate("document.querySelector('#app').innerText"))


def click(page: Page, words: str) -> None:
    """Click on the link with these words, as soon as it is there."""
    link = f"[...document.querySelectorAll('#app a')].find(link => link.innerText.trim() === {words!r})"
    page.wait_for(f"{link} !== undefined")
    page.evaluate(f"{link}.click()")


def home(page: Page) -> None:
    page.evaluate("app.setView({navbarMode: 'menu'})")


def test_navigation_shows_the_categories(opened: Page) -> None:
    categories = set(opened.evaluate("Object.keys(categories)"))
    assert {"Spikes", "Distributions", "Comparison", "Structure", "Theory", "Provenance"} <= categories <= CATEGORIES
    assert categories <= set(text(opened).splitlines())


def test_front_page_says_what_was_run_and_leads_on(opened: Page) -> None:
    front = text(opened)
    for part in ("Experiment tiny", "N_scaling", "0.005", "cc_weights_factor", "1.9", "nest", "Commit", "down-scaled network"):
        assert part in front
    assert "Unknown target" not in front
    assert "System Message" not in front
    opened.evaluate("document.querySelector('.prose a[href*=Structure]').click()")
    opened.wait_for("document.querySelector('#app').innerText.includes('laminar patterns')")


def test_everything_opens(opened: Page) -> None:
    for category, groups in opened.evaluate("categories").items():
        home(opened)
        click(opened, category)
        paths = [path for group in groups.values() for path in group]
        for shown in paths:
            kind = opened.evaluate(f"results[{shown!r}].mime_type")
            if kind == "image/svg+xml":
                opened.evaluate(f"app.setView({{content: 'img', contentPath: results[{shown!r}].data_uri, resultPath: {shown!r}}})")
                opened.wait_for(
                    f"(image => image?.complete && image.src === results[{shown!r}].data_uri)(document.querySelector('#app .p-3 > img'))"
                )
                size = opened.evaluate("(({naturalWidth: w, naturalHeight: h}) => [w, h])(document.querySelector('#app .p-3 > img'))")
                assert min(size) > 100, f"{shown} is {size}"
            else:
                assert kind in {"text/html", "text/csv", "application/json", "text/plain"}, f"{shown} is {kind}"
    assert not opened.errors
    assert all(address.startswith(("file:", "data:", "blob:", "about:")) for address in opened.requests)


def test_a_click_on_the_eye_shows_the_figure_whole(opened: Page) -> None:
    click(opened, "Structure")
    opened.wait_for("document.querySelectorAll('#app td a').length > 1")
    opened.evaluate("document.querySelector('#app td a').click()")
    opened.wait_for("document.querySelector('#app .p-3 > img')?.complete")
    left, top, right, bottom = opened.evaluate(
        "(({left, top, right, bottom}) => [left, top, right, bottom])(document.querySelector('#app .p-3 > img').getBoundingClientRect())"
    )
    width, height = opened.evaluate("[innerWidth, innerHeight]")
    assert 0 <= left < right <= width
    assert 0 <= top < bottom <= height


@pytest.mark.parametrize(
    ("category", "heading"), [("Provenance", "Provenance of experiment tiny"), ("Comparison", "Distances and verdicts")]
)
def test_pages_open_within_the_report(opened: Page, category: str, heading: str) -> None:
    opened.evaluate(f"app.showCategory({category!r})")
    page = opened.evaluate(f"Object.values(categories[{category!r}]).flat().find(path => path.endsWith('.html'))")
    opened.evaluate(f"app.setView({{content: 'html', contentPath: results[{page!r}].data_uri, resultPath: {page!r}}})")
    opened.wait_for("document.querySelector('iframe') !== null")
    inside = opened.evaluate("fetch(document.querySelector('iframe').src).then(answer => answer.text())")
    assert f"<h1>{heading}</h1>" in inside
    assert not opened.errors


def test_a_figure_says_what_it_was_made_of(opened: Page) -> None:
    figures = opened.evaluate("Object.keys(results).filter(path => path.endsWith('.svg'))")
    assert len(figures) > 10
    for figure in figures:
        caption = opened.evaluate(f"results[{figure!r}].caption")
        assert "<em>Parameters.</em>" in caption, figure
        assert "<em>Provenance.</em>" in caption, figure
        assert "provenance.html" in caption, figure
        assert "system-message" not in caption, figure
    raster = next(figure for figure in figures if "raster_resting_cpu" in figure)
    opened.evaluate(f"app.showResultInfo({raster!r})")
    opened.wait_for("document.querySelector('#app').innerText.includes('Each dot is a spike')")
    shown = text(opened)
    assert "cc_weights_factor 1.9" in shown
    assert "ground state" not in shown.partition("PARAMETERS")[0].partition("Parameters.")[2]
    assert re.search(r"Simulations\. cpu \(.+\); seed 1; [\d.e-]+ s in all", shown)


def test_the_page_of_the_provenance_has_a_row_for_each_simulation(browser: str, finished: Path, tmp_path: Path) -> None:
    with Page(browser, tmp_path) as shown:
        shown.open(finished / "results" / "tiny" / "provenance.html")
        header = shown.evaluate("[...document.querySelector('section').querySelector('thead').rows[0].cells].map(cell => cell.innerText)")
        rows = shown.evaluate(
            "[...document.querySelector('section').querySelector('tbody').rows].map(row => [...row.cells].map(cell => cell.innerText))"
        )
        assert not shown.errors
    assert {(row[header.index("state")], row[header.index("simulator")]) for row in rows} == {
        (state, backend) for state in ("ground", "resting") for backend in ("cpu", "nest")
    }
    assert all(float(row[header.index("RTF")]) > 0 for row in rows)


@pytest.mark.slow
def test_a_report_of_a_part_needs_no_record(tmp_path: Path) -> None:
    target = ("--", "results/tiny/figures/areas_ground.svg")
    assert call(tmp_path, *CORES, str(TINY), *target).status == 0
    outcome = call(tmp_path, *CORES, str(TINY), "--report", "part.html", *target)
    assert outcome.status == 0, outcome.output
    assert "overall neuron density" in (tmp_path / "part.html").read_text()


@pytest.mark.parametrize("path", CAPTIONS, ids=lambda path: path.stem)
def test_every_caption_ends_with_parameters_and_provenance(path: Path) -> None:
    asks = re.search(r"\{\{ snakemake\.config\.captions\.footer\(snakemake\.wildcards, files(?:, \"\w+\")?\) \}\}\s*$", path.read_text())
    assert bool(asks) == (path.name not in WITHOUT_FOOTER), "end it with {{ snakemake.config.captions.footer(snakemake.wildcards, files) }}"


def test_every_result_of_the_report_has_a_known_category_and_a_figure_or_document() -> None:
    for path in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        rules = path.read_text()
        assert set(re.findall(r'category="(\w+)"', rules)) <= CATEGORIES, path.name
        assert set(re.findall(r'labels=\{"(\w+)"', rules)) <= {"figure", "document"}, path.name

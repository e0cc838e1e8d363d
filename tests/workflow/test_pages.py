"""README and docs/: true where it can be checked, links that lead somewhere, lines that run, and the site."""

import os
import re
import subprocess
import sys
from pathlib import Path

import page
import pytest
import yaml
from own_environment import build

import delaysnn
from delaysnn.report.figures.overview import draw_overview
from delaysnn.report.registry import registered
from delaysnn.report.style import save_figure

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = [*ROOT.glob("*.md"), ROOT / "config/README.md", *sorted(ROOT.glob("docs/*.md"))]
# Whose lines tests follow.
FIVE = {
    "cluster": "tests/workflow/test_slurm.py",
    "own-data": "tests/platforms/test_any_data.py",
    "own-network": "tests/networks/test_own_network_page.py",
    "extending": "tests/workflow/test_extending.py",
    "notebook": "tests/workflow/test_pages.py",
}


def anchors(path):
    """Headings of a page as GitHub and MkDocs name them."""
    plain = (re.sub(r"[^\w -]", "", heading.lower()) for heading in re.findall(r"^#+ (.*)$", path.read_text(), re.M))
    return {heading.strip().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        # The last are of the repository's place on the web.
        if link.startswith(("http", "../../")):
            continue
        name, _, heading = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not heading or heading in anchors(target), link


def test_what_pages_lead_to_is_on_the_site():
    shown = set(re.findall(r'"([\w./]+\.\w+|LICENSE)"', (ROOT / "envs/docs/site.py").read_text()))
    found = set()
    for path in PAGES:
        if path.parent == ROOT / "docs" or str(path.relative_to(ROOT)) in shown:
            links = re.findall(r"\]\((?!http|#|\.\./\.\./)([^)\s#]+)", path.read_text())
            found |= {str((path.parent / link).resolve().relative_to(ROOT)) for link in links}
    assert {name for name in found if not name.startswith("docs/")} - shown == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_lines_of_a_page_are_short(path):
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    # Rows of tables and pictures cannot be wrapped.
    assert [line for line in text.splitlines() if len(line) > 120 and not line.startswith(("|", "!["))] == []


def test_every_configuration_that_a_page_names_is_there():
    # The change log names files that were moved since.
    text = "".join(path.read_text() for path in PAGES if path.name != "CHANGELOG.md")
    for name in re.findall(r"\bconfig/[\w/]+\.yaml\b", text):
        assert (ROOT / name).exists(), name


def test_the_first_screen_says_what_it_is_for_whom_and_how_to_start():
    first = "\n".join(README.splitlines()[:45])
    for wanted in (
        "Reproduce the paper",
        "your own network",
        "Compare delay hardware",
        "make demo",
        "GB",
        "| accuracy",
    ):
        assert wanted in first
    for target in re.findall(r"^make ?(\w*)", README, re.MULTILINE):
        assert re.search(rf"^{target or 'quick'}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_headline_table_has_one_number_a_cell():
    rows = [line.split("|")[2:-1] for line in README.splitlines() if line.startswith(("| accuracy", "| energy"))]
    cells = [cell.strip() for row in rows for cell in row]
    assert len(cells) > 8 and all(re.fullmatch(r"(\d+(\.\d+)? (%|µJ))?", cell) for cell in cells)
    assert not re.search(r"[†‡]|\b[0-9a-f]{7,40}\b", README)
    # What a mean rests on stands in the page that it leads to.
    results = (ROOT / "docs/results.md").read_text()
    assert all(cell.split()[0] in results for cell in cells if cell)


def test_badges_and_licence_are_what_the_project_says():
    assert f"version-{delaysnn.__version__}-" in README
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["version"] == delaysnn.__version__ and f"licence-{citation['license']}-" in README
    (workflow,) = set(re.findall(r"actions/workflows/([\w.]+)", README))
    assert (ROOT / ".github/workflows" / workflow).exists()


def test_the_picture_is_what_its_rule_draws(tmp_path):
    save_figure(draw_overview(), tmp_path / "a.png", tmp_path / "a.svg", {})

    def drawn(path):
        return re.sub(r"<metadata>.*?</metadata>", "", path.read_text(), flags=re.DOTALL)

    assert drawn(tmp_path / "a.svg") == drawn(ROOT / "docs/overview.svg")


def test_the_five_jobs_have_a_page_each_whose_lines_a_test_follows():
    jobs = README[README.index("## Five jobs") :].split("\n\n")[1]
    assert re.findall(r"\(docs/([\w-]+)\.md\)", jobs) == list(FIVE)
    for name, test in FIVE.items():
        assert f"{name}.md" in (ROOT / test).read_text() or name == "extending"


def test_the_papers_tables_and_figures_are_where_the_page_says():
    text = (ROOT / "docs/paper.md").read_text()
    rows = re.findall(r"^\| ((?:Table|Figure) \w+) \|[^|]*\| `(\w+/\w+)\.\w+` \|([^|]*)\|$", text, re.MULTILINE)
    numbers = [f"Table {number}" for number in ("I", "II", "III", "IV", "V")] + [f"Figure {n}" for n in range(1, 12)]
    assert [label for label, *_ in rows] == numbers
    items = {f"{item.kind}s/{item.stem}": item.title for item in registered()}
    # Each title begins with what it shows of the paper.
    said = {
        match[0]: name for name, title in items.items() if (match := re.match(r"(Table|Figure) [IVX\d]+(?=:)", title))
    }
    assert {label: name for label, name, _ in rows} == said
    for label, _, more in rows:
        for name in re.findall(r"`(\w+/\w+)\.\w+`", more):
            assert name in items
        (behind,) = [name for name, title in items.items() if title.startswith(f"Table behind {label}:")] or [""]
        assert behind in more


def test_the_notebooks_page_reads_what_is_shipped(tmp_path):
    script = page.files("notebook.md")["look.py"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow")}
    command = [sys.executable, "-c", script]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    accuracy, delivered = re.search(r"(\d+) % of 100 digits are right\n([\d]+) events delivered", run.stdout).groups()
    assert int(accuracy) > 80 and int(delivered) > 100


def test_the_site_is_built_without_a_warning(tmp_path):
    mkdocs = build(tmp_path, "docs").parent / "mkdocs"
    command = [mkdocs, "build", "--strict", "--site-dir", tmp_path / "site"]
    environment = os.environ | {"REPOSITORY_URL": "https://example.org/us/delaysnn"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    home = (tmp_path / "site/index.html").read_text()
    assert "https://example.org/us/delaysnn/issues" in home
    for name in FIVE:
        assert (tmp_path / f"site/docs/{name}/index.html").exists()
    reference = (tmp_path / "site/docs/reference/index.html").read_text()
    assert set(re.findall(r'id="delaysnn\.(\w+)"', reference)) >= {*delaysnn.__all__} - {"__version__"}

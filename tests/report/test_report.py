"""The report, opened in a real browser."""

import os
import shutil
from dataclasses import replace

import pytest
from playwright.sync_api import sync_playwright

from delaysnn.report.registry import find
from delaysnn.report.report import build_sections, render_report
from delaysnn.report.style import new_figure, save_figure
from delaysnn.report.tidy import write_table

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.fixture(scope="module")
def browser():
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        message = "no Chrome or Chromium on this machine: install one to test the report"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    arguments = ["--disable-background-networking", "--disable-component-update", "--no-first-run"]
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=path, chromium_sandbox=False, args=arguments)
        yield instance
        instance.close()


@pytest.fixture
def report(tmp_path, tables):
    for name in ("models", "equality"):
        write_table(tmp_path / f"tables/{name}.csv", tables[name], {"rule": f"table_{name}"})
    figure = new_figure(3, 2)
    figure.subplots().plot([0, 1])
    save_figure(figure, tmp_path / "figures/line.png", tmp_path / "figures/line.svg", {"rule": "figure_line"})
    line = replace(find("figure_weights"), stem="line")
    captions = {
        find("table_models"): "What to see in table_models, <b>not bold</b>.",
        line: "",
        find("table_equality"): "",
    }
    sections = build_sections(captions, tmp_path)
    path = tmp_path / "report.html"
    path.write_text(render_report("A report", "About something", ["First answer.", "Second."], sections))
    return path


@pytest.fixture
def page(browser, report):
    page = browser.new_page(viewport={"width": 1200, "height": 800})
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.problems.append(request.url) if "http" in request.url[:5] else None)
    page.goto(report.as_uri())
    yield page
    page.close()


def test_it_opens_offline_without_a_sample_on_the_console(page):
    assert page.title() == "A report"
    assert page.problems == []


def test_answers_and_links_are_on_the_first_screen(page):
    assert page.locator("ul.answers li").all_inner_texts() == ["First answer.", "Second."]
    assert page.locator("nav").bounding_box()["y"] < 800
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href")).count() == 1


def test_every_figure_is_visible(page):
    images = page.locator("figure img").all()
    assert len(images) == 1
    for image in images:
        image.scroll_into_view_if_needed()
        assert image.is_visible()
        assert image.evaluate("image => image.complete && image.naturalWidth > 100")


def test_a_click_sorts_a_table_and_a_second_turns_it_around(page):
    table = page.locator("#table-models table")
    accuracy = table.locator("th").nth(3)
    cells = lambda: [row.locator("td").nth(3).inner_text() for row in table.locator("tbody tr").all()]  # noqa: E731
    accuracy.click()
    ascending = [
        "75.0 ± 1.0 (70.5 to 79.0)",
        "84.0 ± 1.0 (80.1 to 87.3) [76]",
        "85.0 ± 1.0 (81.2 to 88.2)",
        "86.0 ± 1.2 (82.3 to 89.1) [87]",
    ]
    assert cells() == ascending
    accuracy.click()
    assert cells() == ascending[::-1]
    assert accuracy.get_attribute("aria-sort") == "descending"


def test_numbers_are_sorted_by_value(page):
    table = page.locator("#table-models table")
    texts = ["0.6", "1.2e-13", "0.546 ± 0.004", "-1"][: table.locator("tbody tr").count()]
    for row, text in zip(table.locator("tbody tr").all(), texts, strict=True):
        row.locator("td").nth(2).evaluate("(cell, text) => { cell.textContent = text; }", text)
    table.locator("th").nth(2).click()
    found = [row.locator("td").nth(2).inner_text() for row in table.locator("tbody tr").all()]
    assert found == sorted(texts, key=lambda text: float(text.split()[0]))


def test_captions_are_text_and_provenance_is_shown(page):
    assert "What to see in table_models, <b>not bold</b>." in page.locator("#table-models .caption").inner_text()
    page.locator("#table-models summary").click()
    assert '"rule": "table_models"' in page.locator("#table-models pre").inner_text()

"""The report, opened in a real browser."""

import base64
import os
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from small_tables import small_tables

from delaysnn.report.answers.parts import Answer
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


WIDTHS = {"phone": 375, "desk": 1280}
ANSWERS = [Answer("First question?", "First answer.", "Its evidence."), Answer("Second?", "Yes.", "By this.")]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    tables = small_tables()
    many = pd.concat([tables["comparisons"].assign(network=f"{number}wide") for number in range(8)])
    for name, table in {**{name: tables[name] for name in ("models", "equality")}, "comparisons": many}.items():
        write_table(folder / f"tables/{name}.csv", table, {"rule": f"table_{name}", "config_sha256": 64 * "0"})
    figure = new_figure(7.2, 2)
    axis = figure.subplots()
    axis.plot([1, 2, 4], [10, 30, 20], "o-", label="network 48")
    axis.set_xlabel("bits a weight")
    axis.set_ylabel("accuracy (%)")
    save_figure(figure, folder / "figures/line.png", folder / "figures/line.svg", {"rule": "figure_line"})
    raster = new_figure(7.2, 2)
    raster.subplots().scatter(*np.random.default_rng(1).random((2, 8000)), s=1, label="spikes")
    save_figure(raster, folder / "figures/raster.png", folder / "figures/raster.svg", {"rule": "figure_raster"})
    captions = {
        find("table_models"): "What to see in table_models, <b>not bold</b>.",
        replace(find("figure_weights"), stem="line", section="Accuracy"): "A line.",
        replace(find("figure_spikes"), stem="raster", section="Accuracy"): "Spikes of a sample.",
        find("table_comparisons"): "",
        find("table_equality"): "",
    }
    path = folder / "report.html"
    sections = build_sections(captions, folder)
    path.write_text(render_report("A report", "About something", "Data: few.", ANSWERS, sections))
    return path


def opened(browser, report, width=1280, scheme="light"):
    page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.problems.append(request.url) if "http" in request.url[:5] else None)
    page.goto(report.as_uri())
    return page


@pytest.fixture
def page(browser, report):
    page = opened(browser, report)
    yield page
    page.close()


@pytest.fixture
def phone(browser, report):
    page = opened(browser, report, WIDTHS["phone"])
    yield page
    page.close()


def test_it_opens_offline_without_a_word_on_the_console(page):
    assert page.title() == "A report"
    assert page.problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_nothing_keeps_people_out(browser, report, width, scheme):
    page = opened(browser, report, width, scheme)
    for summary in page.locator("main summary").all():
        summary.click()
    found = Axe().run(page).response["violations"]
    page.close()
    serious = [each for each in found if each["impact"] in ("serious", "critical")]
    assert [(each["id"], each["nodes"][0]["html"][:200]) for each in serious] == []


def test_axe_finds_what_it_is_asked_for(page):
    page.evaluate("document.querySelector('.lead').style.color = '#bbb'")
    assert "color-contrast" in {each["id"] for each in Axe().run(page).response["violations"]}


def test_answers_are_on_the_first_screen_and_what_they_rest_on_is_folded(page):
    assert page.locator(".answer h2").all_inner_texts() == ["First question?", "Second?"]
    assert page.locator(".answer > p").all_inner_texts() == ["First answer.", "Yes."]
    assert page.locator(".answer").last.bounding_box()["y"] < 800
    assert not page.get_by_text("Its evidence.").is_visible()
    page.locator(".answer summary").first.click()
    assert page.get_by_text("Its evidence.").is_visible()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_contents_stay_in_sight_and_lead_to_every_place(browser, report, width):
    page = opened(browser, report, width)
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href")).count() == 1
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    for part in ("#search", ".contents summary" if width < 992 else "nav"):
        box = page.locator(part).bounding_box()
        assert 0 <= box["y"] < 800, part
    page.close()


def test_contents_fold_on_a_phone_and_a_choice_folds_them_again(phone):
    nav = phone.locator("nav")
    assert not nav.is_visible()
    phone.locator(".contents summary").click()
    assert nav.is_visible()
    nav.get_by_text("Table I: the networks").click()
    assert not nav.is_visible()
    top = phone.locator("#table-models").bounding_box()["y"]
    assert phone.locator(".contents").bounding_box()["height"] <= top < 300


def test_a_search_leaves_what_has_the_words_and_says_how_many(page):
    page.locator("#search").fill("spikes of a SAMPLE")
    shown = [item.get_attribute("id") for item in page.locator(".item").all() if item.is_visible()]
    assert shown == ["figure-raster"]
    assert page.locator("#status").inner_text() == "1 of 5 tables and figures shown."
    assert not page.locator("nav").get_by_text("Every spike compared").is_visible()
    page.locator("#search").fill("no such thing")
    assert page.locator("#none").is_visible()
    page.locator("#search").fill("")
    assert page.locator("#table-equality").is_visible() and page.locator(".answer").first.is_visible()


def test_rows_of_a_long_table_are_filtered(page):
    table = page.locator("#table-comparisons")
    table.locator(".rows input").fill("3wide nodelay")
    rows = [row for row in table.locator("tbody tr").all() if row.is_visible()]
    assert len(rows) == 1 and "3wide" in rows[0].inner_text()
    assert page.locator("#status").inner_text() == "1 of 32 rows shown."
    assert page.locator("#table-models .rows").count() == 0


def test_a_figure_is_a_drawing_in_words_too_and_a_raster_an_image(page):
    drawing = page.locator("#figure-line svg")
    words = drawing.get_attribute("aria-label")
    assert "accuracy (%) over bits a weight. network 48, 1: 10 %, 2: 30 %, 4: 20 %." in words
    assert drawing.bounding_box()["width"] > 500
    image = page.locator("#figure-raster img")
    assert image.evaluate("image => image.complete && image.naturalWidth > 100")
    assert image.get_attribute("alt").endswith("Spikes of a sample.")


@pytest.mark.parametrize("width", WIDTHS.values(), ids=list(WIDTHS))
def test_letters_of_figures_are_large_enough_to_read(browser, report, width):
    page = opened(browser, report, width)
    heights = page.locator("#figure-line svg text").evaluate_all(
        "texts => texts.map(text => { const { a, b } = text.getScreenCTM();"
        " return parseFloat(getComputedStyle(text).fontSize) * Math.hypot(a, b); })"
    )
    page.close()
    assert min(heights) > 8


def test_who_points_near_a_mark_is_told_its_value(page):
    mark = page.locator("#figure-line svg g[id*=mark] use").nth(1)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 2)
    assert page.locator("#hint").inner_text() == "network 48, 2: 30 %"
    page.mouse.move(5, 5)
    assert not page.locator("#hint").is_visible()


def test_a_press_sorts_a_table_a_second_turns_it_around_and_both_are_announced(page):
    table = page.locator("#table-models table")
    head = table.locator("th[scope=col]").nth(3)
    cells = lambda: [row.locator("td").nth(2).inner_text() for row in table.locator("tbody tr").all()]  # noqa: E731
    head.locator("button").focus()
    page.keyboard.press("Enter")
    ascending = [
        "75.0 ± 1.0 (70.5 to 79.0)",
        "84.0 ± 1.0 (80.1 to 87.3) [76]",
        "85.0 ± 1.0 (81.2 to 88.2)",
        "86.0 ± 1.2 (82.3 to 89.1) [87]",
    ]
    assert cells() == ascending
    assert page.locator("#status").inner_text() == "Sorted by accuracy (%), ascending."
    page.keyboard.press("Space")
    assert cells() == ascending[::-1]
    assert head.get_attribute("aria-sort") == "descending"
    assert page.locator("#status").inner_text() == "Sorted by accuracy (%), descending."


def test_numbers_are_sorted_by_value(page):
    table = page.locator("#table-models table")
    texts = ["0.6", "1.2e-13", "0.546 ± 0.004", "-1"][: table.locator("tbody tr").count()]
    for row, text in zip(table.locator("tbody tr").all(), texts, strict=True):
        row.locator("td").nth(1).evaluate("(cell, text) => { cell.textContent = text; }", text)
    table.locator("th[scope=col] button").nth(2).click()
    found = [row.locator("td").nth(1).inner_text() for row in table.locator("tbody tr").all()]
    assert found == sorted(texts, key=lambda text: float(text.split()[0]))


def test_the_first_column_stays_on_a_phone_and_the_page_does_not_move_sideways(phone):
    table = phone.locator("#table-models .table")
    first = table.locator("tbody th").first
    before = first.bounding_box()["x"]
    table.evaluate("table => { table.scrollLeft = 200; }")
    assert table.evaluate("table => table.scrollLeft") > 50
    assert first.bounding_box()["x"] == before
    for summary in phone.locator("main summary").all():
        summary.click()
    assert phone.evaluate("document.documentElement.scrollWidth") == WIDTHS["phone"]


def test_every_comparison_of_spikes_is_one_row(page):
    rows = page.locator("#table-equality tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        ["Lava in batches (simulation)", "1", "1", "400", "90,000", "0"],
        ["SCDQ", "1", "1", "400", "80,000", "0"],
    ]


def test_the_file_behind_is_at_hand(page, report):
    link = page.locator("#table-models .behind a").get_attribute("href")
    assert base64.b64decode(link.partition(",")[2]) == (report.parent / "tables/models.csv").read_bytes()
    for name, start in (("line", "blob:"), ("raster", "figures/")):
        assert page.locator(f"#figure-{name} .behind a").get_attribute("href").startswith(start)
    assert (report.parent / "figures/raster.svg").exists()


def test_captions_are_text_and_provenance_is_folded(page):
    assert "What to see in table_models, <b>not bold</b>." in page.locator("#table-models .caption").inner_text()
    for name, rule in (("table-models", "table_models"), ("figure-line", "figure_line")):
        origin = page.locator(f"#{name} pre")
        assert not origin.is_visible()
        page.locator(f"#{name} summary").click()
        assert f'"rule": "{rule}"' in origin.inner_text()

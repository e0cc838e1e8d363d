"use strict";
const say = text => { document.getElementById("status").textContent = text; };
const plain = text => text.toLowerCase().replace(/\s+/g, " ");

// Sorting: a second press turns the order around. Empty cells and those without a number stand last, as text.
function sort(head) {
  const heads = [...head.parentNode.children];
  const index = heads.indexOf(head);
  const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  for (const other of heads) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", order);
  const key = row => row.children[index].textContent.trim();
  const number = row => parseFloat(key(row).replaceAll(",", ""));
  const compare = (a, b) => number(a) - number(b) || key(a).localeCompare(key(b), "en", { numeric: true });
  const body = head.closest("table").tBodies[0];
  const rows = [...body.rows].sort(compare);
  body.append(...(order === "ascending" ? rows : rows.reverse()));
  say(`Sorted by ${head.textContent.trim()}, ${order}.`);
}
for (const button of document.querySelectorAll("thead button"))
  button.addEventListener("click", () => sort(button.closest("th")));

// A table's rows with some words.
for (const input of document.querySelectorAll(".rows input")) {
  const rows = [...input.closest(".item").querySelectorAll("tbody tr")];
  input.addEventListener("input", () => {
    const words = plain(input.value).split(" ");
    for (const row of rows) row.hidden = !words.every(word => plain(row.textContent).includes(word));
    say(`${rows.filter(row => !row.hidden).length} of ${rows.length} rows shown.`);
  });
}

// Tables and figures with some words, and their places in the contents.
const items = [...document.querySelectorAll(".item")];
const texts = new Map(items.map(item => [item, plain(item.textContent)]));
const places = new Map([...document.querySelectorAll("[data-of]")].map(place => [place.dataset.of, place]));
const search = document.getElementById("search");
search.form.addEventListener("submit", event => event.preventDefault());
search.addEventListener("input", () => {
  const words = plain(search.value).split(" ");
  for (const item of items) {
    item.hidden = !words.every(word => texts.get(item).includes(word));
    places.get(item.id).hidden = item.hidden;
  }
  const shown = items.filter(item => !item.hidden);
  for (const section of document.querySelectorAll(".items"))
    section.hidden = !section.querySelector(".item:not([hidden])");
  document.querySelector(".answers").hidden = search.value.trim() !== "";
  document.getElementById("none").hidden = shown.length > 0;
  say(`${shown.length} of ${items.length} tables and figures shown.`);
});

// On a phone the contents are folded; a choice folds them again.
const narrow = matchMedia("(max-width: 62rem)");
const contents = document.querySelector(".contents details");
const fold = () => { contents.open = !narrow.matches; };
narrow.addEventListener("change", fold);
contents.addEventListener("click", event => { if (event.target.closest("a")) fold(); });
fold();

// Where the reader is.
const watched = new IntersectionObserver(entries => {
  for (const entry of entries) {
    const link = places.get(entry.target.id).firstElementChild;
    if (entry.isIntersecting) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}, { rootMargin: "-20% 0px -55% 0px" });
for (const item of items) watched.observe(item);

// What is wider than the page is moved sideways, by keys too.
const reach = () => {
  for (const figure of document.querySelectorAll("figure")) {
    if (figure.scrollWidth > figure.clientWidth) figure.tabIndex = 0;
    else figure.removeAttribute("tabindex");
  }
};
addEventListener("resize", reach);
reach();

// Values of marks: of the nearest one to the pointer, or to a finger.
const hint = document.getElementById("hint");
const REACH = 14;
for (const drawing of document.querySelectorAll("figure svg")) {
  const marks = [...drawing.querySelectorAll("title")].map(title => {
    const mark = title.parentNode, text = title.textContent;
    title.remove();
    return { mark, text };
  });
  const away = (mark, x, y) => {
    const box = mark.getBoundingClientRect();
    return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  };
  const show = event => {
    const found = marks.map(({ mark, text }) => ({ text, far: away(mark, event.clientX, event.clientY) }));
    const nearest = Math.min(...found.map(each => each.far));
    const here = new Set(found.filter(each => each.far <= nearest + 1).map(each => each.text));
    hint.hidden = !(nearest < REACH);
    if (hint.hidden) return;
    hint.replaceChildren(...[...here].slice(0, 6).map(text => {
      const line = document.createElement("div");
      line.textContent = text;
      return line;
    }));
    const right = Math.min(event.pageX + 12, scrollX + innerWidth - hint.offsetWidth - 8);
    hint.style.left = `${Math.max(right, 8)}px`;
    hint.style.top = `${event.pageY + 16}px`;
  };
  drawing.addEventListener("pointermove", show);
  drawing.addEventListener("pointerdown", show);
  drawing.addEventListener("pointerleave", () => { hint.hidden = true; });
  // The file itself, wherever this page lies.
  const link = [...drawing.closest(".item").querySelectorAll(".behind a")].find(each => each.textContent === "SVG");
  link.href = URL.createObjectURL(new Blob([drawing.outerHTML], { type: "image/svg+xml" }));
}

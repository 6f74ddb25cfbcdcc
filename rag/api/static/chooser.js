// Which articles are asked: a list to tick where there are few, else a box that searches the titles. The server does that,
// since there may be ten thousand. Beside the box stands which one is read; the list begins with those that the
// conversation quotes.

import { ARTICLE, message } from "./locale.js";
import { element, tell, whenThere, write } from "./page.js";
import { open } from "./pane.js";
import { quoted, reading } from "./shown.js";
import { makeSources } from "./sources.js";

const FEW = 12;

const LISTED = 50;
const RECENT = 5;
const PAUSE = 120;
const ALL = { id: "", title: message("chat.all") };

let chosen = ALL;
let found = [];
let active = -1;
let asked = 0;
let timer = 0;
let sources = null;
const resolved = new Map(); // by version, what the server knows of an article that is quoted

const box = element("input", { id: "pq-choose", type: "text", autocomplete: "off", value: ALL.title });
const list = element("ul", { id: "pq-choose-list", hidden: true });
const more = element("p", { className: "pq-choose-more" });
const now = element("p", { id: "pq-choose-now", className: "pq-choose-now" });
const chooser = element("div", { id: "choice" },
  element("label", { htmlFor: box.id, textContent: message("chat.choose") }), box, list, more, now);

for (const [name, value] of Object.entries({
  role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  "aria-describedby": now.id,
})) box.setAttribute(name, value);
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", message("chat.articles"));
more.setAttribute("role", "status");

box.addEventListener("click", () => { if (list.hidden) search(""); });
box.addEventListener("focus", () => box.select());
box.addEventListener("input", () => {
  clearTimeout(timer);
  // what was found for the words before, and what may still come for them
  found = [];
  asked += 1;
  timer = setTimeout(() => search(box.value), PAUSE);
});
box.addEventListener("blur", () => close());
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && (!list.hidden || box.value !== chosen.title)) close();
  else if (event.key === "Enter" && (!list.hidden || box.value !== chosen.title)) enter();
  else if (event.key === "ArrowDown" && list.hidden) search("");
  else if (event.key === "ArrowDown") point(active + 1);
  else if (event.key === "ArrowUp" && !list.hidden) point(active - 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
// A press would take the focus from the box, which closes the list before the click.
list.addEventListener("mousedown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const one = found[[...list.children].indexOf(event.target.closest("li"))];
  if (one) choose(one);
});

// Whether there is a choice.
export const several = begin();

async function begin() {
  const { articles: first, total } = await articles("", FEW);
  if (total > 1) {
    if (total <= FEW) sources = makeSources(first, scope);
    const shown = sources?.shownAs ?? chooser;
    whenThere("#article", (pane) => {
      (document.querySelector(".pq-own") ?? pane).before(shown);
      if (!sources) new MutationObserver(look).observe(pane, { childList: true, subtree: true });
    });
  }
  return total > 1;
}

async function articles(words, limit) {
  const reply = await fetch(`api/articles?${new URLSearchParams({ q: words.slice(0, 200), limit })}`);
  return reply.ok ? reply.json() : { articles: [], total: 0 };
}

function look() {
  const title = reading()?.title;
  now.replaceChildren(...title ? [`${message("sources.reading")}: `, element("span", { lang: ARTICLE, textContent: title })] : []);
  // the list may be open already
  for (const [place, one] of found.entries()) mark(list.children[place], one);
}

// The articles that were quoted last, as far as they are still there.
async function recent() {
  return Promise.all([...quoted()].slice(0, RECENT).map(async ([version, title]) => {
    if (!resolved.has(version)) {
      const { articles: alike } = await articles(title ?? "", LISTED);
      const one = alike.find(({ sha256 }) => sha256.startsWith(version));
      if (one) resolved.set(version, one);
    }
    return resolved.get(version);
  })).then((all) => all.filter(Boolean));
}

function marked({ sha256 }) {
  const here = (version) => version && sha256?.startsWith(version);
  if (here(reading()?.version)) return message("sources.reading");
  return [...quoted().keys()].some(here) ? message("sources.quoted") : "";
}

function mark(option, one) {
  const told = marked(one);
  option.replaceChildren(
    option.firstChild, ...told ? [" ", element("span", { className: "pq-choose-mark", textContent: told })] : [],
  );
}

async function search(words) {
  asked += 1;
  const number = asked;
  const any = !words.trim();
  const [{ articles: known, total }, first] = await Promise.all([articles(words, LISTED), any ? recent() : []]);
  // a later search may have been answered sooner, and the box may have been left
  if (number !== asked || document.activeElement !== box) return;
  found = [...any ? [ALL] : [], ...first, ...known.filter(({ id }) => !first.some((one) => one.id === id))];
  list.replaceChildren(...found.map((one, place) => {
    const option = element("li", { id: `pq-choose-${place}` }, element("span", { textContent: one.title }));
    if (one !== ALL) option.firstChild.lang = ARTICLE;
    mark(option, one);
    option.setAttribute("role", "option");
    return option;
  }));
  list.hidden = !found.length;
  box.setAttribute("aria-expanded", String(!list.hidden));
  more.textContent = total > known.length ? message("chat.moreTitles", { count: total - known.length })
    : total ? "" : message("chat.noTitle");
  point(0);
}

async function enter() {
  clearTimeout(timer);
  if (!found.length) await search(box.value);
  if (found[active]) choose(found[active]);
}

function point(place) {
  active = Math.max(0, Math.min(place, found.length - 1));
  for (const [number, option] of [...list.children].entries()) {
    option.setAttribute("aria-selected", String(number === active));
  }
  if (found.length) box.setAttribute("aria-activedescendant", `pq-choose-${active}`);
  else box.removeAttribute("aria-activedescendant");
  list.children[active]?.scrollIntoView({ block: "nearest" });
}

export function choose(one) {
  if (sources) return sources.tick(one);
  chosen = one;
  close();
  scope(one.id ? [one] : [], one.title);
  open(one.id || "the-articles");
}

function scope(ticked, what) {
  write("#pq-choice", ticked.map(({ id }) => id).join(","));
  tell("article", ticked.length ? what : "");
}

function close() {
  clearTimeout(timer);
  asked += 1;
  list.hidden = true;
  more.textContent = "";
  box.value = chosen.title;
  box.setAttribute("aria-expanded", "false");
  box.removeAttribute("aria-activedescendant");
}

// Conversations that the browser keeps, and nobody else: to open again, rename, delete and search. What is opened is told
// to the server as after a restart, which looks every sentence up again. Nothing of a reader's own documents is kept.

import { fresh, replace, restore } from "./fresh.js";
import { language, message } from "./locale.js";
import { element, newId, whenThere } from "./page.js";
import { lasting, local, session } from "./storage.js";
import { retell, saidIn, withoutOwn } from "./turns.js";
import { turn } from "./views.js";

// several chats may stand below one name
const HISTORY = `pullquote-history ${location.pathname}`;
const OPEN = "pullquote-open";
const MOST = 100;
const LARGEST = 2_000_000; // UTF-16 units in all: browsers give some five million bytes
const LONGEST = 120; // of a title
const DAY = 86_400_000; // milliseconds
const DATES = language === "en" ? "en-GB" : language;

// Each page has an id as a writer. A conversation belongs to the page that wrote it last. After a reload the new page
// takes it over. If a tab was duplicated, the first page finds another writer there, and begins a new conversation.
const writer = crypto.randomUUID();
let open = JSON.parse(session.getItem(OPEN) ?? "null") ?? begun();
let left = open; // what was shown before the last change: Undo leads back to it
let coming = null; // what is opened once the page is empty
let removed = null; // what Undo in the sheet brings back
let busy = false;

const opener = element("button", { type: "button", className: "pq-history-open", textContent: message("history.history") });
const close = element("button", { type: "button", textContent: message("history.close") });
const box = element("input", { type: "search", id: "pq-history-search", autocomplete: "off" });
const search = element("div", { className: "pq-history-search" },
  element("label", { htmlFor: box.id, textContent: message("history.search") }), box);
const found = element("p", { className: "pq-history-found" });
const list = element("ul");
const said = element("span");
const undo = element("button", { type: "button", textContent: message("history.undo"), hidden: true });
const all = element("button", { type: "button", textContent: message("history.deleteAll") });
const sheet = element("dialog", { className: "pq-history" },
  element("header", {}, element("h2", { id: "pq-history-title", textContent: message("history.history") }), close),
  search, found, list,
  element("div", { className: "pq-history-said" }, said, undo),
  element("footer", {}, element("p", { textContent:
    `${lasting ? message("history.kept", { count: MOST }) : message("history.notLasting")} ${message("history.withoutOwn")}` }), all));
opener.setAttribute("aria-haspopup", "dialog");
sheet.setAttribute("aria-labelledby", "pq-history-title");
found.setAttribute("role", "status");
said.parentElement.setAttribute("role", "status");

opener.addEventListener("click", () => {
  box.value = "";
  tell("");
  draw();
  sheet.showModal();
});
close.addEventListener("click", () => sheet.close());
sheet.addEventListener("close", () => tell(""));
// beside the sheet
sheet.addEventListener("click", ({ target }) => { if (target === sheet) sheet.close(); });
// the page's own keys wait
sheet.addEventListener("keydown", (event) => event.stopPropagation());
box.addEventListener("input", draw);
undo.addEventListener("click", putBack);
all.addEventListener("click", () => remove(entries()));
addEventListener("storage", ({ key }) => { if (key === HISTORY) redraw(); });

document.addEventListener("pq-kept", ({ detail }) => keep(open, detail));
document.addEventListener("pq-left-out", ({ detail }) => change(begun(detail)));
document.addEventListener("pq-new", ({ detail }) => {
  const before = left = open;
  change(coming ?? begun());
  coming = null;
  // the answer that was under way, too
  if (!before.deleted) detail.read = saidIn(detail.aside).then((turns) => { if (turns) keep(before, turns); });
});
document.addEventListener("pq-undone", () => change(left.deleted ? begun() : left));

whenThere("#more", (links) => links.before(opener));
document.body.append(sheet);
change(open);

// A conversation that is not in the history; some turns may be there already, in the one that they are from.
function begun(turns = []) {
  return { id: crypto.randomUUID(), seals: sealsOf(turns) };
}

function sealsOf(turns) {
  return turns.map(({ sha256 }) => sha256).join(" ");
}

function change(other) {
  open = other;
  session.setItem(OPEN, JSON.stringify(open));
  const kept = entries();
  const one = kept.find(({ id }) => id === open.id);
  if (!one || one.writer === writer) return;
  one.writer = writer;
  store(kept);
}

function keep(conversation, turns) {
  const lasts = withoutOwn(turns);
  const seals = sealsOf(lasts);
  if (conversation.deleted || !lasts.length || seals === conversation.seals) return;
  const kept = entries();
  const one = kept.find(({ id }) => id === conversation.id);
  // not that of another page, nor one that the server has forgotten meanwhile
  const mine = !one || (one.writer === writer && one.turns.some(({ sha256 }) => seals.includes(sha256)));
  if (!mine) conversation.id = crypto.randomUUID();
  conversation.seals = seals;
  const before = mine ? one : null;
  store([
    { title: titled(lasts), ...before, id: conversation.id, writer, time: Date.now(), about: about(lasts), turns: lasts,
      own: turns.length - lasts.length },
    ...kept.filter((other) => other !== before),
  ]);
  redraw();
  if (conversation === open) session.setItem(OPEN, JSON.stringify(open));
}

function titled(turns) {
  const { question } = turns.find(({ status }) => status !== "small_talk") ?? turns[0];
  return short(question) || "…";
}

function about(turns) {
  const titles = new Set(turns.flatMap(({ citations, closest }) => [...citations, ...closest].map(({ title }) => title)));
  const [first = "", ...others] = titles;
  return others.length ? message("history.andMore", { title: short(first), count: others.length }) : short(first);
}

function short(text) {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")} …` : letters.join("");
}

// Whatever else may write here, or an earlier release has written, is left out.
function entries() {
  try {
    return JSON.parse(local.getItem(HISTORY) ?? "[]").filter(sound);
  } catch {
    return [];
  }
}

function sound(one) {
  return Array.isArray(one?.turns)
    && [one.id, one.title, one.about, ...one.turns.flatMap((turn) => [turn?.question, turn?.text, turn?.sha256])]
      .every((text) => typeof text === "string")
    && Number.isFinite(new Date(one.time).valueOf());
}

function store(kept) {
  for (let most = Math.min(kept.length, MOST); most; most -= 1) {
    const text = JSON.stringify(kept.slice(0, most));
    if (text.length > LARGEST && most > 1) continue;
    try {
      return local.setItem(HISTORY, text);
    } catch {
      // the browser has no room left: the oldest goes
    }
  }
  local.removeItem(HISTORY);
}

function draw() {
  const kept = entries();
  const words = folded(box.value).split(/\s+/).filter(Boolean);
  const shown = kept.filter((one) => words.every((word) => folded(textOf(one)).includes(word)));
  list.replaceChildren(...shown.map((one) => row(one, words)));
  search.hidden = all.hidden = !kept.length;
  found.textContent = !kept.length ? message("history.empty")
    : !shown.length ? message("history.noneFound")
    : words.length ? message("history.found", { shown: shown.length, count: kept.length }) : "";
}

// Not below the hand of somebody who acts there.
function redraw() {
  if (sheet.open && !list.contains(document.activeElement)) draw();
}

function row(one, words) {
  const now = one.id === open.id && shows();
  const there = folded(`${one.title} ${one.about}`);
  const inside = words.every((word) => there.includes(word)) ? null
    : one.turns.find(({ question, text }) => words.some((word) => folded(`${question} ${text}`).includes(word)));
  const time = element("time", { dateTime: new Date(one.time).toISOString(), textContent: when(one.time) });
  const opening = element("button", { type: "button", className: "pq-history-one" },
    element("strong", { textContent: one.title }),
    element("span", { textContent: one.about }),
    element("span", {}, time, ` · ${message("history.questions", { count: one.turns.length })}${now ? ` · ${message("history.openNow")}` : ""}`));
  if (inside) opening.append(element("q", { textContent: short(`${inside.question} ${inside.text}`) }));
  if (now) opening.setAttribute("aria-current", "true");
  opening.addEventListener("click", () => show(one));
  const renaming = act(message("history.rename"), one, () => rename(one, item));
  const item = element("li", {}, opening, renaming, act(message("history.delete"), one, () => remove([one])));
  item.dataset.id = one.id;
  return item;
}

function act(textContent, { title }, does) {
  const button = element("button", { type: "button", textContent });
  button.setAttribute("aria-label", `${textContent}: ${title}`);
  button.addEventListener("click", does);
  return button;
}

async function show(one) {
  if (one.id === open.id && shows()) return sheet.close();
  if (busy) return;
  busy = true;
  const from = newId();
  const stand = await retell(from, one.turns);
  const turns = stand && stand < one.turns.length ? await saidIn(from) ?? [] : one.turns;
  busy = false;
  if (stand === null) return tell(message("history.unreachable"));
  if (!stand) return tell(message("history.cannotOpen", { title: one.title }));
  const lost = one.turns.length - stand;
  // what was left out stays in the history: who goes on, begins another conversation
  const next = { ...begun(turns), ...(lost ? {} : { id: one.id }) };
  if (shows()) coming = next;
  else change(next);
  document.querySelector(".pq-editing")?.click();
  turn("asking");
  sheet.close();
  const what = [
    message("history.this", { title: one.title }),
    lost && message("history.lost", { count: lost, all: one.turns.length }),
    one.own && message("history.ownLost"),
  ].filter(Boolean).join(" ");
  replace({ from, count: stand, what, stays: Boolean(lost || one.own) });
}

function rename(one, item) {
  const name = element("input", { type: "text", value: one.title, maxLength: LONGEST });
  name.setAttribute("aria-label", message("history.newName"));
  const save = element("button", { type: "button", textContent: message("history.save") });
  const cancel = element("button", { type: "button", textContent: message("history.cancel") });
  const end = (title) => {
    const kept = entries();
    const same = kept.find(({ id }) => id === one.id);
    if (title && same) {
      same.title = short(title);
      store(kept);
    }
    draw();
    list.querySelector(`[data-id="${CSS.escape(one.id)}"] button + button`)?.focus();
  };
  save.addEventListener("click", () => end(name.value.trim()));
  cancel.addEventListener("click", () => end(""));
  name.addEventListener("keydown", (event) => {
    if (event.key === "Enter") end(name.value.trim());
    else if (event.key === "Escape") end("");
    else return;
    event.preventDefault(); // the sheet stays
  });
  item.replaceChildren(name, save, cancel);
  name.select();
  name.focus();
}

function remove(some) {
  const ids = new Set(some.map(({ id }) => id));
  const kept = entries();
  removed = { conversations: kept.filter(({ id }) => ids.has(id)), open: null };
  store(kept.filter(({ id }) => !ids.has(id)));
  if (ids.has(open.id)) {
    removed.open = open;
    change({ ...begun(), deleted: shows() });
    fresh();
  }
  tell(some.length === 1 ? message("history.deleted", { title: some[0].title }) : message("history.deletedAll", { count: some.length }), true);
  draw();
  undo.focus();
}

function putBack() {
  store([...removed.conversations, ...entries()].sort((one, other) => other.time - one.time));
  // the page too, if it is not too late
  if (removed.open) {
    left = removed.open;
    if (open.deleted) change(removed.open); // the page is not empty yet
    restore();
  }
  tell("");
  draw();
  box.focus();
}

function tell(what, undone = false) {
  said.textContent = what;
  undo.hidden = !undone;
  if (!undone) removed = null;
}

function shows() {
  return document.querySelector("#chat .bot") !== null;
}

function textOf({ title, about, turns }) {
  return [title, about, ...turns.flatMap(({ question, text }) => [question, text])].join(" ");
}

function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function when(time) {
  const date = new Date(time);
  const clock = date.toLocaleTimeString(DATES, { timeStyle: "short" });
  const day = [["history.today", 0], ["history.yesterday", DAY]]
    .find(([, ago]) => new Date(Date.now() - ago).toDateString() === date.toDateString());
  return `${day ? message(day[0]) : date.toLocaleDateString(DATES, { dateStyle: "medium" })}, ${clock}`;
}

// Finds words in the article that is shown. The text is compared without case, accents, and the shapes of quotation marks
// and dashes. Hits are marked with the CSS Custom Highlight API, so the elements that citations lead to are not changed.

import { centre } from "./citations.js";
import { message } from "./locale.js";
import { element, whenThere } from "./page.js";
import { turn } from "./views.js";

const [HITS, HIT] = ["pq-hits", "pq-hit"]; // names of highlights: all, and the one that is looked at
const SHAPES = [[/[‘’‚‛`´′]/g, "'"], [/[“”„‟«»″]/g, '"'], [/[‐-―−]/g, "-"], [/\s/g, " "]];
const UNSEEN = /[\p{M}\p{Cf}]/gu; // accents, and what has no width
const known = new Map(); // of each character, what stands for it

let folded = null; // the article, once something is looked for
let hits = [];
let now = -1;
let from = -1; // place in the folded text: a longer word is looked for where a shorter one was
let cameFrom = null;
let asking = false; // the tab that a narrow screen showed before

const opener = element("button", { type: "button", textContent: message("find.open") });
const box = element("input", {
  type: "search", autocomplete: "off", enterKeyHint: "search", placeholder: message("find.name"),
});
const count = element("span", { className: "pq-find-count" });
const bar = element("div", { className: "pq-find", hidden: true },
  box, count, button("‹", message("find.previous"), () => go(-1)), button("›", message("find.next"), () => go(1)),
  button("×", message("find.close"), close));

for (const named of [opener, box]) named.setAttribute("aria-label", message("find.name"));
bar.setAttribute("role", "search");
count.setAttribute("role", "status");

opener.addEventListener("click", open);
box.addEventListener("input", () => look());
bar.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  else if (event.key === "Enter" && event.target === box && !event.isComposing) go(event.shiftKey ? -1 : 1);
  else return;
  event.preventDefault();
  event.stopPropagation(); // Esc would lead from a citation back to the chat, too
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey) return;
  if (!event.target.closest?.("#article")) return; // who speaks to a computer may say one letter anywhere
  event.preventDefault();
  open();
});

whenThere("#more", (links) => links.before(opener));
whenThere("#article", (pane) => {
  new MutationObserver(() => {
    folded = null;
    from = -1;
    if (!bar.hidden) look(false);
  }).observe(pane, { childList: true, subtree: true });
});

function button(textContent, name, act) {
  const made = element("button", { type: "button", textContent, title: name });
  made.setAttribute("aria-label", name);
  made.addEventListener("click", act);
  return made;
}

function open() {
  if (bar.hidden) {
    cameFrom = document.activeElement;
    asking = !document.body.classList.contains("pq-reading");
  }
  turn("reading");
  document.querySelector("#article").before(bar);
  bar.hidden = false;
  box.focus();
  box.select();
  look();
}

function close() {
  bar.hidden = true;
  from = -1;
  unmark();
  if (asking) turn("asking");
  const back = cameFrom?.isConnected && cameFrom !== document.body ? cameFrom : document.querySelector("#article");
  back.focus({ preventScroll: true });
}

// An article that changes by itself stays where it is: a citation may have just led there.
function look(lead = true) {
  folded ??= read(document.querySelector("#article"));
  const word = fold(box.value);
  hits = [];
  for (let at = 0; word.trim() && (at = folded.text.indexOf(word, at)) >= 0; at += word.length) {
    hits.push({ at, end: at + word.length - 1 });
  }
  if (CSS.highlights) mark(HITS, hits.map((hit) => new StaticRange(ends(hit))), 1);
  const edge = document.querySelector("#article").getBoundingClientRect().top;
  const next = hits.findIndex((hit) => (from < 0 ? range(hit).getBoundingClientRect().bottom > edge : hit.at >= from));
  now = hits.length ? Math.max(0, next) : -1;
  show(lead);
}

function go(by) {
  if (!hits.length) return;
  now = (now + by + hits.length) % hits.length;
  show();
}

function show(lead = true) {
  document.querySelector(".pq-found")?.classList.remove("pq-found");
  const asked = fold(box.value).trim();
  const place = { place: now + 1, hits: hits.length };
  count.textContent = hits.length ? message("find.place", place) : asked ? message("find.none") : "";
  if (now < 0) return void CSS.highlights?.delete(HIT);
  const found = range(hits[now]);
  from = hits[now].at;
  if (CSS.highlights) mark(HIT, [found], 2);
  else found.startContainer.parentElement.closest(".pq-sentence")?.classList.add("pq-found");
  if (lead) centre(found);
}

function mark(name, ranges, priority) {
  CSS.highlights.set(name, Object.assign(new Highlight(), { priority }));
  for (const one of ranges) CSS.highlights.get(name).add(one);
}

function unmark() {
  document.querySelector(".pq-found")?.classList.remove("pq-found");
  for (const name of [HITS, HIT]) CSS.highlights?.delete(name);
}

function fold(text) {
  return Array.from(text, plain).join("");
}

function plain(point) {
  if (!known.has(point)) {
    const shaped = SHAPES.reduce((so, [shapes, one]) => so.replace(shapes, one), point);
    known.set(point, shaped.toLowerCase().normalize("NFKD").replace(UNSEEN, ""));
  }
  return known.get(point);
}

// The folded text, and of each unit of it the text node and the units there that it stands for. Nothing is found across
// the end of a paragraph.
function read(pane) {
  let text = "";
  const units = [];
  let paragraph = null;
  const nodes = document.createTreeWalker(pane, NodeFilter.SHOW_TEXT);
  while (nodes.nextNode()) {
    const node = nodes.currentNode;
    const here = node.parentElement.closest("p, li");
    if (!here) continue;
    if (paragraph && here !== paragraph) {
      text += "\n";
      units.push(null);
    }
    paragraph = here;
    let start = 0;
    for (const point of node.data) {
      const end = start + point.length;
      const letters = plain(point);
      // an accent of its own belongs to the letter before it
      if (!letters && units.at(-1)?.node === node) units.at(-1).end = end;
      for (let unit = 0; unit < letters.length; unit++) units.push({ node, start, end });
      text += letters;
      start = end;
    }
  }
  return { text, units };
}

function ends({ at, end }) {
  const [first, last] = [folded.units[at], folded.units[end]];
  return { startContainer: first.node, startOffset: first.start, endContainer: last.node, endOffset: last.end };
}

function range(hit) {
  const { startContainer, startOffset, endContainer, endOffset } = ends(hit);
  const made = document.createRange();
  made.setStart(startContainer, startOffset);
  made.setEnd(endContainer, endOffset);
  return made;
}

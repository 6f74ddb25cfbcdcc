// A click or Enter on [1] leads to the sentence in the article; Escape leads back. Beside the chat, the article follows
// each answer by itself. The page itself is not changed: the exact words are marked with the CSS Custom Highlight API.

import { message } from "./locale.js";
import { whenThere } from "./page.js";
import { current, open } from "./pane.js";
import { turn } from "./views.js";

const WORDS = "pq-words";
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const beside = matchMedia("(min-width: 900px)");
let cameFrom = null;
let wanted = null;

const back = document.createElement("button");
back.className = "pq-back";
back.type = "button";
back.textContent = message("chat.back");
back.addEventListener("click", leave);

export function parse(link) {
  const [, article, number, start, end] = link.hash.match(/^#cite-([0-9a-f]{16})-(\d+)(?:-(\d+)-(\d+))?$/) ?? [];
  return article && { selector: `#article [id="s-${article}-${number}"]`, article, number: Number(number), start, end };
}

export function motion() {
  return calm.matches ? "auto" : "smooth";
}

export function show(link) {
  const cited = parse(link);
  if (cited) seek(cited, (sentence) => visit(link, sentence, cited));
}

// An answer opens the article that it quotes. Neither the focus nor the window moves, for nobody asked for that; where
// the chat hides the article, nothing else does.
export function accompany(reply) {
  clear();
  const link = reply.querySelector("blockquote a.pq-cite");
  const cited = link && parse(link);
  if (!cited) return;
  const answered = !reply.querySelector(".pq-refusal");
  seek(cited, (sentence) => {
    if (!answered || !beside.matches) return;
    paint(sentence, cited);
    centre(sentence);
  });
}

// What a link to an answer leads to is marked also where the chat hides the article.
export function mark(cited) {
  seek(cited, (sentence) => {
    paint(sentence, cited);
    centre(sentence);
  });
}

function seek(cited, then) {
  clear();
  wanted = { ...cited, then };
  if (!current() || !document.querySelector(cited.selector)) open(cited.article);
  look();
}

// The mark is gone whenever the article is drawn anew. Once another article was opened, the sentence is no longer wanted.
function look() {
  if (!wanted || !current()) return;
  const sentence = document.querySelector(wanted.selector);
  if (!sentence) wanted = null;
  else if (!sentence.matches(".pq-cited")) wanted.then(sentence);
}

// A line of the contents leads to its heading.
export function part(link, place) {
  const heading = document.querySelector(`#article [id="s-${place}"]`);
  if (!heading) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  heading.scrollIntoView({ block: "start", behavior: motion() });
}

export function step(by) {
  turn("asking");
  const links = [...document.querySelectorAll("#chat a.pq-cite")].filter((link) => link.checkVisibility());
  const here = links.indexOf(document.activeElement);
  links.at(here < 0 ? (by > 0 ? 0 : -1) : (here + by + links.length) % links.length)?.focus();
}

export function leave() {
  const link = cameFrom;
  turn("asking");
  clear();
  if (!link) return;
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "center", behavior: motion() });
}

function visit(link, sentence, cited) {
  paint(sentence, cited);
  document.querySelector("#article").after(back);
  if (cameFrom === link) return centre(sentence); // it was drawn anew, and the reader may be elsewhere by now
  cameFrom = link;
  turn("reading");
  sentence.tabIndex = -1;
  sentence.focus({ preventScroll: true });
  sentence.scrollIntoView({ block: "center", behavior: motion() });
}

function paint(sentence, { start, end }) {
  unmark();
  sentence.classList.add("pq-cited");
  if (end) CSS.highlights?.set(WORDS, new Highlight(range(sentence, Number(start), Number(end))));
}

// By hand, for scrollIntoView would scroll the window, too.
export function centre(place) {
  const pane = document.querySelector("#article");
  const { top, height } = place.getBoundingClientRect();
  const above = top - pane.getBoundingClientRect().top;
  pane.scrollBy({ top: above - (pane.clientHeight - height) / 2, behavior: motion() });
}

function range(sentence, start, end) {
  const found = document.createRange();
  const texts = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
  for (let place = 0; texts.nextNode(); place += texts.currentNode.length) {
    const inside = (offset) => offset >= place && offset <= place + texts.currentNode.length;
    if (inside(start)) found.setStart(texts.currentNode, start - place);
    if (inside(end)) found.setEnd(texts.currentNode, end - place);
  }
  return found;
}

export function clear() {
  cameFrom = wanted = null;
  unmark();
}

function unmark() {
  for (const cited of document.querySelectorAll(".pq-cited")) cited.classList.remove("pq-cited");
  CSS.highlights?.delete(WORDS);
  back.remove();
}

whenThere("#article", (pane) => new MutationObserver(look).observe(pane, { childList: true, subtree: true }));

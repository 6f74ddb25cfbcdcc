// A click or Enter on [1] leads to the sentence in the article; Escape leads back. The page itself is not changed: the
// exact words are marked with the CSS Custom Highlight API.

import { send, whenThere } from "./page.js";
import { turn } from "./views.js";

const WORDS = "pq-words";
const AGAIN = 3_000; // milliseconds
const TRIES = 5;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let cameFrom = null;
let waiting = 0;

const back = document.createElement("button");
back.className = "pq-back";
back.type = "button";
back.textContent = "Back to the answer";
back.addEventListener("click", leave);

export function parse(link) {
  const [, article, number, start, end] = link.hash.match(/^#cite-([0-9a-f]{16})-(\d+)(?:-(\d+)-(\d+))?$/) ?? [];
  return article && { selector: `#article [id="s-${article}-${number}"]`, article, start, end };
}

export function show(link) {
  const cited = parse(link);
  if (!cited) return;
  open(cited, TRIES);
  whenThere(cited.selector, (sentence) => {
    clearTimeout(waiting);
    paint(link, sentence, cited);
  });
}

// Gradio may lose what the page asks for while it is busy.
function open(cited, tries) {
  clearTimeout(waiting);
  if (!tries || document.querySelector(cited.selector)) return;
  send(`open ${cited.article}`);
  waiting = setTimeout(open, AGAIN, cited, tries - 1);
}

export function step(by) {
  turn("asking");
  const links = [...document.querySelectorAll("#chat a.pq-cite")].filter((link) => link.checkVisibility());
  const here = links.indexOf(document.activeElement);
  links.at(here < 0 ? (by > 0 ? 0 : -1) : (here + by + links.length) % links.length)?.focus();
}

export function leave() {
  clearTimeout(waiting);
  turn("asking");
  if (!cameFrom) return;
  clear();
  cameFrom.focus({ preventScroll: true });
  cameFrom.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  cameFrom = null;
}

function paint(link, sentence, { start, end }) {
  clear();
  cameFrom = link;
  turn("reading");
  document.querySelector("#article").after(back);
  sentence.classList.add("pq-cited");
  if (end) CSS.highlights?.set(WORDS, new Highlight(range(sentence, Number(start), Number(end))));
  sentence.tabIndex = -1;
  sentence.focus({ preventScroll: true });
  sentence.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
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
  for (const cited of document.querySelectorAll(".pq-cited")) cited.classList.remove("pq-cited");
  CSS.highlights?.delete(WORDS);
  back.remove();
}

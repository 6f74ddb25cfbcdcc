// What a person selects in the article is sent to the server: the sentences that it touches, and the UTF-16 units of its
// ends in them.

import "./headings.js";
import { message } from "./locale.js";
import { send, whenThere, write } from "./page.js";

const LONGEST = 10_000;
const PAUSE = 250;
const GIVE_UP = 3_000;
let waiting = 0;
let sent = 0;
let last = "";

whenThere("#article", (pane) => {
  // The pane scrolls, so the keyboard must be able to reach it; Gradio gives no way to say so.
  pane.tabIndex = 0;
  pane.setAttribute("role", "region");
  pane.setAttribute("aria-label", message("chat.article"));
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => select(pane), PAUSE);
  });
});

whenThere("#said", (said) => said.setAttribute("role", "status"));

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#questions a, #answers a, #said a, #article a");
  const [, name, which] = link?.hash.match(/^#([a-z]+)-([0-9a-f]*)$/) ?? [];
  if (!name) return;
  event.preventDefault();
  event.stopPropagation();
  send(`${name} ${which}`);
  if (name === "edit") focus("#pq-asked textarea");
  else stay(link, name);
}, true);

function select(pane) {
  const chosen = document.getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return;
  const range = chosen.getRangeAt(0);
  const touched = [...pane.querySelectorAll(".pq-sentence")].filter((sentence) => range.intersectsNode(sentence));
  if (!touched.length) return;
  const end = touched.length - 1;
  const [, article, first] = touched[0].id.match(/^s-([0-9a-f]+)-(\d+)$/);
  const start = units(touched[0], range.startContainer, range.startOffset, 0);
  const stop = units(touched[end], range.endContainer, range.endOffset, touched[end].textContent.length);
  const words = touched
    .map(({ textContent }, place) => textContent.slice(place ? 0 : start, place === end ? stop : undefined))
    .join(" ");
  const selection = { article, first: Number(first), start, last: Number(first) + end, end: stop };
  const message = JSON.stringify({ ...selection, words: words.slice(0, LONGEST) });
  if (!words.trim() || message === last) return;
  last = message;
  sent += 1;
  // numbered, because a box that gets the same text twice has not changed
  write("#pq-selected", JSON.stringify({ ...selection, words: words.slice(0, LONGEST), sent }));
}

// UTF-16 units before a point of the sentence; `outside` if the point is outside the sentence.
function units(sentence, node, offset, outside) {
  if (!sentence.contains(node)) return outside;
  const before = document.createRange();
  before.selectNodeContents(sentence);
  before.setEnd(node, offset);
  return before.toString().length;
}

// The list is written again after each change; the keyboard focus stays at the same place of the list.
function stay(link, name) {
  const list = link.closest("#questions, #answers")?.id;
  if (!list) return;
  const alike = () => [...document.querySelectorAll(`#${list} a[href^="#${name}-"]`)];
  const place = alike().indexOf(link);
  const observer = new MutationObserver(() => {
    const now = alike();
    if (link.isConnected || !now.length) return;
    observer.disconnect();
    (now[place] ?? now.at(-1)).focus();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), GIVE_UP);
}

function focus(selector) {
  document.querySelector(selector)?.focus();
}

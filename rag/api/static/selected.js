// Words selected in the article become a question: a button beside them, or Alt+A, puts it into the box, to be changed or
// asked. With Shift and the arrow keys words are selected without a mouse, from the sentence that has the focus, or from
// the first that is seen.

import { message } from "./locale.js";
import { near } from "./near.js";
import { element, whenThere, write } from "./page.js";
import { turn } from "./views.js";

const LONGEST = 200;
const PAUSE = 150; // milliseconds
const WAYS = { ArrowRight: "forward", ArrowLeft: "backward" };

const button = element("button", { type: "button", id: "pq-ask-about", textContent: message("chat.askAbout"), hidden: true });
let timer = 0;

button.addEventListener("mousedown", (event) => event.preventDefault()); // it would end the selection
button.addEventListener("click", ask);

whenThere("#article", (pane) => {
  pane.after(button);
  document.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  pane.addEventListener("scroll", look);
  pane.addEventListener("keydown", (event) => { if (event.shiftKey && WAYS[event.key]) extend(event, pane); });
});

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.code !== "KeyA" || !words()) return;
  event.preventDefault();
  ask();
});

function words() {
  const selected = getSelection();
  const pane = document.querySelector("#article");
  const inside = !selected.isCollapsed && pane.contains(selected.anchorNode) && pane.contains(selected.focusNode);
  return inside ? selected.toString().replace(/\s+/g, " ").trim() : "";
}

function look() {
  if (words()) near(button, getSelection().getRangeAt(0).getBoundingClientRect());
  else button.hidden = true;
}

function ask() {
  let asked = words();
  if (!asked) return;
  if (asked.length > LONGEST) asked = `${asked.slice(0, LONGEST).replace(/\s\S*$/, "")}…`;
  write("#question", `What is “${asked}”?`);
  turn("asking");
  document.querySelector("#question textarea").focus();
  getSelection().removeAllRanges();
  look();
}

function extend(event, pane) {
  const selected = getSelection();
  if (!words()) {
    const top = pane.getBoundingClientRect().top;
    const seen = (one) => one.getBoundingClientRect().bottom > top;
    const from = event.target.closest(".pq-sentence") ?? [...pane.querySelectorAll(".pq-sentence")].find(seen);
    if (!from) return;
    selected.collapse(from.firstChild, 0);
  }
  selected.modify("extend", WAYS[event.key], "word");
  event.preventDefault();
}

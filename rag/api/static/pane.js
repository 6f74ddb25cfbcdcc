// Which article stands beside the chat. Gradio may lose what a page asks for while it is busy, and may bring what was
// asked for first at the end. So each pane tells the number of the command that it answers, and the last command is given
// again until its pane is there, and when another one takes its place.

import { send, whenThere } from "./page.js";

const AGAIN = 3_000; // milliseconds
const TRIES = 5;
let command = "";
let since = 0;
let came = true;
let waiting = 0;

export function open(article) {
  order(`open ${article}`);
}

// The conversation, too, as it is now.
export function refresh(article) {
  order(`show ${article}`);
}

// Whether the pane is the one that was asked for last.
export function current() {
  return Number(document.querySelector('#article [id^="pq-pane-"]')?.id.slice("pq-pane-".length) ?? 0) >= since;
}

function order(what) {
  command = what;
  since = give(TRIES);
}

function give(tries) {
  clearTimeout(waiting);
  came = false;
  if (tries > 1) waiting = setTimeout(give, AGAIN, tries - 1);
  return send(command);
}

function look() {
  if (current()) {
    clearTimeout(waiting);
    came = true;
  } else if (came) give(TRIES);
}

whenThere("#article", (pane) => new MutationObserver(look).observe(pane, { childList: true, subtree: true }));

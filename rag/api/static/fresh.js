// "New chat" empties the page, and a conversation of the history takes the place of what is shown. For ten seconds, or
// until something is asked, Undo brings everything back: until then the server keeps it under another id.

import { message } from "./locale.js";
import { element, newId, send, whenThere } from "./page.js";

const LONG = 10_000; // milliseconds
const AGAIN = 3_000;
const TRIES = 5;
const SAID = '#chat [data-testid="bot"]';

let aside = "";
let next = {};
let phase = ""; // what was shown is "leaving" or, undone, "returning"; what takes its place is "coming" or "shown"
let before = "";
let undone = false; // before the page was empty: only then can what is set aside be asked for
let leaving = {}; // the id, and a promise of whoever still reads what the server has under it
let timer = 0;
let waiting = 0;

const told = element("span");
const undo = element("button", { type: "button", textContent: message("chat.undo") });
const notice = element("div", { className: "pq-notice" }, told, undo);
notice.setAttribute("role", "status");
undo.addEventListener("click", restore);

whenThere("#chat", (chat) => new MutationObserver(look).observe(chat, { childList: true, subtree: true }));

export function fresh() {
  if (replies()) replace({ count: 0, what: message("chat.new") });
}

// Shows the turns that the server has under the id `from`, `count` of them. What is told of them goes with Undo, or
// `stays` until something is asked.
export function replace(other) {
  close();
  next = other;
  if (replies()) {
    before = asked();
    aside = newId();
    leaving = { aside, read: null };
    order(`new ${aside}`, "leaving");
  } else come();
  // on a telephone, the keyboard would cover what comes
  if (!next.from || matchMedia("(pointer: fine)").matches) document.querySelector("#question textarea").focus();
}

export function restore() {
  if (!aside) return;
  if (phase === "leaving") {
    undone = true;
    return;
  }
  const gone = aside;
  aside = "";
  close();
  order(`undo ${gone}`, "returning");
  document.querySelector("#question textarea").focus();
}

function look() {
  const count = replies();
  // a question may go before the command is heard
  if (phase === "leaving" && count) before = asked();
  if (phase === "leaving" && !count) {
    phase = "";
    document.dispatchEvent(new CustomEvent("pq-new", { detail: leaving }));
    if (undone) restore();
    else come();
  }
  if (phase === "returning" && asked() === before) {
    phase = "";
    document.dispatchEvent(new Event("pq-undone"));
  }
  if (phase === "coming" && count === next.count) show();
  else if (phase === "shown" && count !== next.count) close(); // something was asked
}

function come() {
  // this also lets the server forget it under that id
  if (next.from) order(`undo ${next.from}`, "coming");
  else phase = "coming";
}

// Gradio may lose what a page asks for while it is busy.
function order(command, now, tries = TRIES) {
  clearTimeout(waiting);
  phase = now;
  send(command);
  if (tries > 1) waiting = setTimeout(() => { if (phase === now) order(command, now, tries - 1); }, AGAIN);
}

function show() {
  phase = "shown";
  told.textContent = next.what;
  undo.hidden = !aside;
  document.querySelector("#question").before(notice);
  timer = setTimeout(wait, LONG);
}

// Not while somebody is about to press Undo.
function wait() {
  if (notice.matches(":hover, :focus-within")) timer = setTimeout(wait, LONG);
  else if (next.stays) end();
  else close();
}

function end() {
  const gone = aside;
  if (gone) Promise.resolve(leaving.read).then(() => send(`end ${gone}`));
  aside = "";
  undo.hidden = true;
}

function close() {
  clearTimeout(timer);
  end();
  undone = false;
  phase = "";
  notice.remove();
}

function asked() {
  return [...document.querySelectorAll('#chat [data-testid="user"]')].map((one) => one.textContent).join("\n");
}

function replies() {
  return document.querySelectorAll(SAID).length;
}

// The id of the page's conversation, and what the page asks of the server. Both go through hidden text boxes, because
// Gradio gives a script no other way. The id is a random secret, new at every load. The id of the load before, kept for
// this tab alone, tells where the conversation was left.

import { message } from "./locale.js";
import { session } from "./storage.js";

const KEY = "pullquote-conversation";
export const earlier = session.getItem(KEY);
const ROUTE = 8; // characters
const route = (earlier ?? crypto.randomUUID()).slice(0, ROUTE);
export const conversation = newId();

const APART = 20; // milliseconds

let sent = 0;
let line = Promise.resolve();
// What is asked, if it is not all that the chat is about: it stands beside the question, for what was chosen may be out
// of sight.
const chosen = {};
const asked = document.createElement("p");
asked.className = "pq-asked";

// All ids of a tab begin alike: of several servers behind one address, the same one then has them all. The rest is random
// enough to be a secret.
export function newId() {
  return route + crypto.randomUUID().slice(ROUTE);
}

// Commands are numbered: a box that gets the same text twice has not changed, and the server would not be told. Nor would
// it of the first of two commands that come at once.
export function send(command, box = "#pq-command") {
  sent += 1;
  const text = `${command} ${sent}`;
  line = line.then(() => {
    write(box, text);
    return new Promise((done) => setTimeout(done, APART));
  });
  return sent;
}

// A document of one's own goes before an article that was chosen.
export function tell(kind, title) {
  chosen[kind] = title;
  const what = chosen.own || chosen.article;
  asked.textContent = what ? message("chat.about", { title: what }) : "";
  whenThere("#question", (box) => { if (!asked.isConnected) box.before(asked); });
}

export function address(format, id = conversation) {
  return `pullquote/conversation/${id}.${format}`;
}

export async function begin(restore) {
  write("#pq-conversation", conversation);
  if (earlier) await restore(earlier);
  session.setItem(KEY, conversation);
  if (earlier) send(`resume ${earlier}`);
}

export function write(selector, text) {
  const box = document.querySelector(`${selector} :is(textarea, input)`);
  if (!box) return;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

export function ask(question) {
  write("#question", question);
  whenThere("#question .submit-button", (button) => button.click());
}

export function whenThere(selector, then) {
  const found = document.querySelector(selector);
  if (found) {
    then(found);
    return;
  }
  new MutationObserver((_, observer) => {
    const late = document.querySelector(selector);
    if (!late) return;
    observer.disconnect();
    then(late);
  }).observe(document, { childList: true, subtree: true });
}

export function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// What the chat's links and keys do. The fragment of a link says what it does: Gradio removes all other attributes.

import "./below.js";
import "./card.js";
import { choose } from "./chooser.js";
import { accompany, clear, leave, motion, part, show, step } from "./citations.js";
import { copy, copyLink } from "./copying.js";
import "./find.js";
import "./display.js";
import { fresh } from "./fresh.js";
import { follow } from "./linked.js";
import { message, translated } from "./locale.js";
import "./menus.js";
import "./names.js";
import "./opening.js";
import { address, ask, begin, send, whenThere, write } from "./page.js";
import { open } from "./pane.js";
import { lose } from "./reach.js";
import "./selected.js";
import { keep } from "./strip.js";
import { restore } from "./turns.js";
import { turn } from "./views.js";

const ACTIONS = {
  cite: show,
  copy,
  link: copyLink,
  edit: (link, number) => edit(Number(number)),
  raw: (link, number) => send(number, "#pq-raw"),
  open: (link, article) => open(article),
  part,
  ask: (link) => ask(link.textContent),
  there: (link, place) => askThere(link.textContent, ...place.split("-")),
  save: (link, format) => save(format),
  new: fresh,
  helped: (link, number) => send(`helped ${number}`),
  failed: (link, number) => send(`failed ${number}`),
};
const QUESTION = "#question textarea";
const LEAST = 16; // pixels below the last answer
const BY_HAND = ["wheel", "touchmove", "pointerdown", "keydown"];
let known = [];
let answering = -1;
let moved = false;
let pressed = null;
let acted = false;

const said = document.createElement("div");
said.className = "pq-aside";
said.setAttribute("role", "status");

const editing = document.createElement("button");
editing.className = "pq-editing";
editing.type = "button";
editing.addEventListener("click", cancel);

// While a link is pressed, the page may move, or draw it anew. The browser then takes the release for no click on it.
document.addEventListener("pointerdown", ({ target }) => {
  pressed = linkAt(target);
  acted = false;
}, true);

document.addEventListener("mouseup", (event) => {
  if (pressed && event.button === 0 && linkAt(event.target) !== pressed) acted = act(event, pressed);
}, true);

document.addEventListener("click", (event) => {
  if (acted && event.detail) stop(event); // by the hand that has just acted, and not by a key
  else act(event, linkAt(event.target));
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#question .submit-button")) asked();
});

// Questions to begin with go once one is asked. Where a key has pressed the button, the focus must not go with it.
document.addEventListener("click", (event) => {
  if (!event.detail && event.target.closest?.("#starters button, #pq-own-starters button")) focusQuestion();
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.(QUESTION);
  if (event.key === "Enter" && box && !event.shiftKey) asked();
  if (event.key === "Escape") editing.isConnected ? cancel() : leave();
  else if (event.key === "ArrowUp" && box && !box.value) edit(questions().length - 1);
  else if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyQ") focusQuestion();
  else if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyJ") step(1);
  else if (event.altKey && !event.ctrlKey && !event.metaKey && event.code === "KeyK") step(-1);
  else return;
  if (event.altKey || event.key === "ArrowUp") event.preventDefault();
});

whenThere(QUESTION, () => whenThere("#pq-command :is(textarea, input)", () => begin(restore).then(follow)));
whenThere("#chat", (chat) => {
  chat.after(said);
  whenThere("#article", (pane) => {
    // The pane scrolls, so the keyboard must be able to reach it; Gradio gives no way to say so.
    pane.tabIndex = 0;
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", message("chat.article"));
    keep(pane, chat);
    for (const kind of BY_HAND) chat.addEventListener(kind, () => { moved = true; }, { passive: true });
    new MutationObserver(() => accompanyLatest(chat)).observe(chat, { childList: true, subtree: true });
  });
});

// The newest question stands at the top of the log while it is answered and when its answer comes; then the article
// follows. A quick answer may come without a step before it.
function accompanyLatest(chat) {
  const asked = questions();
  const texts = asked.map((question) => question.textContent);
  const given = replies();
  const reading = given.findIndex((reply) => reply.querySelector(".pq-step"));
  if (reading >= 0) {
    if (reading !== answering) {
      moved = false;
      raise(chat, asked, reading);
    }
    answering = reading;
    known = texts;
    return;
  }
  const fresh = texts.length > known.length || !known.includes(texts.at(-1));
  const place = answering >= 0 ? answering : fresh ? texts.length - 1 : -1;
  // Gradio writes a reply after the element that it stands in
  if (texts.length && place >= 0 && !given[place]?.querySelector(".pq-acts")) return;
  if (answering < 0) moved = false;
  answering = -1;
  known = texts;
  if (!texts.length) clear();
  else if (place >= 0) {
    if (!moved) raise(chat, asked, place);
    accompany(given[place]);
  }
}

// To where the first question stood, below Gradio's buttons. Under a short answer there must be room for that.
function raise(chat, asked, place) {
  const log = chat.querySelector('[role="log"]');
  const list = log.firstElementChild;
  const [begin, first, top] = [log, asked[0], asked[place]].map((one) => one.getBoundingClientRect().top);
  const used = first - begin + log.scrollTop + list.getBoundingClientRect().bottom - top;
  list.style.marginBottom = `${Math.max(LEAST, log.clientHeight - used)}px`;
  log.scrollTo({ top: top - first, behavior: motion() });
}

function linkAt(target) {
  return target.closest?.("#chat a, #article a, #more a");
}

function act(event, link) {
  const [, name, rest] = link?.hash.match(/^#([a-z]+)(?:-(.*))?$/) ?? [];
  if (!ACTIONS[name]) return false;
  stop(event);
  ACTIONS[name](link, rest);
  return true;
}

function stop(event) {
  event.preventDefault();
  event.stopPropagation();
}

// Editing ends when a question is sent, so that the next question does not replace an earlier one, too.
function asked() {
  if (editing.isConnected) setTimeout(endEditing, 300);
}

function questions() {
  return [...document.querySelectorAll('#chat [data-testid="user"]')];
}

function replies() {
  return [...document.querySelectorAll('#chat [data-testid="bot"]')];
}

function focusQuestion() {
  turn("asking");
  document.querySelector(QUESTION)?.focus();
}

// The choice stays, and shows what the next question is about, too.
function askThere(title, article, number) {
  const asked = questions()[number]?.textContent.trim();
  const own = [...document.querySelectorAll(".pq-own-choices input")];
  const mine = own.find((one) => one.value === article);
  (mine ?? own.find((one) => !one.value))?.click();
  if (!mine) choose({ id: article, title });
  if (asked) ask(asked);
}

function edit(number) {
  const asked = questions()[number];
  if (!asked) return;
  write("#pq-edited", String(number));
  write("#question", asked.textContent.trim());
  editing.textContent = message("chat.editing", { number: number + 1 });
  document.querySelector("#question").before(editing);
  focusQuestion();
}

function endEditing() {
  editing.remove();
  write("#pq-edited", "");
}

function cancel() {
  endEditing();
  write("#question", "");
  focusQuestion();
}

async function save(format) {
  turn("asking"); // where what is wrong is told
  const answer = await fetch(address(format)).catch(() => null);
  if (!answer) return lose();
  if (!answer.ok) {
    said.textContent = translated("errors", (await answer.json()).detail);
    said.classList.remove("pq-aside");
    setTimeout(() => said.classList.add("pq-aside"), 4000);
    return;
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = `conversation.${format}`;
  link.click();
  URL.revokeObjectURL(link.href);
}

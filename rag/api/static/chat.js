// What the chat's links and keys do. The fragment of a link says what it does: Gradio removes all other attributes.

import { choose } from "./chooser.js";
import { leave, parse, show, step } from "./citations.js";
import { fresh } from "./fresh.js";
import "./names.js";
import { address, ask, begin, send, whenThere, write } from "./page.js";
import { lose } from "./reach.js";
import { keep } from "./strip.js";
import { restore } from "./turns.js";
import { turn } from "./views.js";

const ACTIONS = {
  cite: show,
  copy,
  edit: (link, number) => edit(Number(number)),
  raw: (link, number) => send(number, "#pq-raw"),
  open: (link, article) => send(`open ${article}`),
  ask: (link) => ask(link.textContent),
  there: (link, place) => askThere(link.textContent, ...place.split("-")),
  save: (link, format) => save(format),
  new: fresh,
  helped: (link, number) => send(`helped ${number}`),
  failed: (link, number) => send(`failed ${number}`),
};
const QUESTION = "#question textarea";
let followed = "";

const said = document.createElement("div");
said.className = "pq-aside";
said.setAttribute("role", "status");

const editing = document.createElement("button");
editing.className = "pq-editing";
editing.type = "button";
editing.addEventListener("click", cancel);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#chat a, #article a, #more a");
  const [, name, rest] = link?.hash.match(/^#([a-z]+)(?:-(.*))?$/) ?? [];
  if (!ACTIONS[name]) return;
  event.preventDefault();
  event.stopPropagation();
  ACTIONS[name](link, rest);
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#question .submit-button")) asked();
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

whenThere(QUESTION, () => whenThere("#pq-command :is(textarea, input)", () => begin(restore)));
whenThere("#chat", (chat) => {
  chat.after(said);
  whenThere("#article", (pane) => {
    // The pane scrolls, so the keyboard must be able to reach it; Gradio gives no way to say so.
    pane.tabIndex = 0;
    pane.setAttribute("role", "region");
    pane.setAttribute("aria-label", "Article");
    keep(pane, chat);
    new MutationObserver(() => follow(chat)).observe(chat, { childList: true, subtree: true });
  });
});

// If there are several articles, the one that the latest answer quotes is opened.
function follow(chat) {
  const links = chat.querySelectorAll("blockquote a.pq-cite");
  const cited = links.length && parse(links[links.length - 1]);
  if (!cited || cited.selector === followed || chat.querySelector(".pq-step")) return;
  followed = cited.selector;
  if (!document.querySelector(cited.selector)) send(`open ${cited.article}`);
}

// Editing ends when a question is sent, so that the next question does not replace an earlier one, too.
function asked() {
  if (editing.isConnected) setTimeout(endEditing, 300);
}

function questions() {
  return [...document.querySelectorAll('#chat [data-testid="user"]')];
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
  editing.textContent = `Editing question ${number + 1}; what came after it will go. Cancel`;
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

async function copy(link) {
  const source = link.closest('[data-testid="bot"]')?.querySelector(".pq-source")?.textContent ?? "";
  try {
    await navigator.clipboard.writeText(source);
    link.textContent = "Copied";
    said.textContent = "Copied with its source";
  } catch {
    said.textContent = "";
    link.textContent = "The browser does not allow copying";
  }
  setTimeout(() => { link.textContent = "Copy with source"; }, 2000);
}

async function save(format) {
  turn("asking"); // where what is wrong is told
  const answer = await fetch(address(format)).catch(() => null);
  if (!answer) return lose();
  if (!answer.ok) {
    said.textContent = (await answer.json()).detail;
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

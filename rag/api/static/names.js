// What a screen reader is told. Gradio names each message by its markup, and has all that changes in the log read out;
// here messages have numbers, what acts is a button that says on which question, and the answer alone is read out.

import "./headings.js";
import { ARTICLE, language, message } from "./locale.js";
import { element, whenThere } from "./page.js";

const BOX = "#question textarea";
const ACTS = "#chat a.pq-act, #more a.pq-act";
const UNSAID = "details, .pq-source, .pq-acts, .pq-aside, .pq-elsewhere, a.pq-act";
const QUOTED = "blockquote, .pq-answer, .pq-closest li, .pq-next, .pq-quoted";
const OWN = ":is(blockquote, .pq-closest li) :is(.pq-aside, .pq-unsure, .pq-place)";

const said = element("div", { className: "pq-aside" });
said.setAttribute("role", "status");

let answers = 0;
let under = false;
let thanks = 0;

whenThere("#chat", (chat) => {
  chat.after(said);
  const told = () => tell(chat);
  new MutationObserver(told).observe(chat, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
  });
  tell(chat);
});
whenThere("#starters", (row) => set(row, "lang", ARTICLE));
whenThere("#more a.pq-act", () => document.querySelectorAll("#more a.pq-act").forEach((one) => set(one, "role", "button")));

// Gradio's label holds the button, too, and would give its word to the box.
whenThere(BOX, (box) => set(box, "aria-label", box.closest("label").querySelector("span").textContent.trim()));

document.addEventListener("keydown", (event) => {
  const button = event.key === " " && event.target.closest?.(ACTS);
  if (!button) return;
  event.preventDefault();
  button.click();
});

function tell(chat) {
  const log = chat.querySelector('[role="log"]');
  if (log) {
    set(log, "aria-live", "off");
    set(log, "aria-label", message("chat.conversation"));
  }
  // the words of an empty chat are no landmark
  const about = chat.querySelector('[role="complementary"]');
  if (about) set(about, "role", "none");
  const questions = [...chat.querySelectorAll('[data-testid="user"]')];
  const replies = [...chat.querySelectorAll('[data-testid="bot"]')];
  for (const [number, reply] of replies.entries()) {
    const question = questions[number];
    name(reply, message("chat.answer", { number: number + 1 }));
    for (const quoted of reply.querySelectorAll(QUOTED)) set(quoted, "lang", ARTICLE);
    for (const own of reply.querySelectorAll(OWN)) set(own, "lang", language);
    if (!question) continue;
    set(question, "lang", ARTICLE);
    name(question, message("chat.question", { number: number + 1 }));
    for (const act of reply.querySelectorAll("a.pq-act")) {
      set(act, "role", "button");
      if (!act.matches(".pq-next")) set(act, "aria-label", `${act.textContent.trim()}: ${question.textContent.trim()}`);
    }
  }
  const before = thanks;
  thanks = chat.querySelectorAll(".pq-thanks").length;
  if (thanks > before && replies.length === answers) said.textContent = message("chat.thanks");
  else readOut(replies);
}

function readOut(replies) {
  const last = replies.at(-1);
  if (last?.querySelector(".pq-step")) {
    under = true;
    said.textContent = "";
    return;
  }
  // a conversation that was loaded again is not read out
  if (last && (under || replies.length === answers + 1)) {
    const answer = last.querySelector(".message-content").cloneNode(true);
    answer.querySelectorAll(UNSAID).forEach((one) => one.remove());
    said.replaceChildren(...spoken(answer));
  }
  under = false;
  answers = replies.length;
}

// The words alone, each part in its language: links and ids would be there twice.
function spoken(answer) {
  const parts = [];
  const texts = document.createTreeWalker(answer, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    const lang = parentElement.closest("[lang]")?.lang ?? language;
    parts.push(element("span", { lang, textContent: data.replace(/\s+/g, " ") }));
  }
  return parts;
}

function name(message, label) {
  set(message, "role", "group");
  set(message, "aria-label", label);
}

// Setting an attribute to what it is would be a change, which is told of again.
function set(one, attribute, value) {
  if (one.getAttribute(attribute) !== value) one.setAttribute(attribute, value);
}

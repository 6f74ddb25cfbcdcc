// The turns that are shown are kept for this tab, so that the conversation goes on when the server was started anew.
// But nothing of a reader's own documents: the server has lost those, and a browser may write to the disk what it keeps.

import { address, element, whenThere } from "./page.js";
import { knows, run } from "./reach.js";

const TURNS = "pullquote-turns";
const PAUSE = 500; // milliseconds
const MOST = 60_000; // bytes: the server takes 64 kB

let timer = 0;
let shown = Infinity;

const told = element("span");
const ok = element("button", { type: "button", textContent: "OK" });
const notice = element("div", { className: "pq-notice" }, told, ok);
notice.setAttribute("role", "status");
ok.addEventListener("click", () => notice.remove());

whenThere("#chat", (chat) => new MutationObserver(() => {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE, chat);
}).observe(chat, { childList: true, subtree: true }));
document.addEventListener("pq-new", () => sessionStorage.removeItem(TURNS));

async function keep(chat) {
  const replies = chat.querySelectorAll('[data-testid="bot"]').length;
  if (!replies || chat.querySelector(".pq-step")) return;
  if (replies > shown) notice.remove();
  const reply = await fetch(address("json")).catch(() => null);
  if (!reply?.ok) return;
  const { turns } = await reply.json();
  const kept = turns.filter(({ citations, closest, passages }) =>
    ![...citations, ...closest, ...passages].some(({ article }) => article.startsWith("own_")));
  sessionStorage.setItem(TURNS, JSON.stringify({ run: await run, turns: kept, all: turns.length }));
}

// Another run of the server than that which answered has forgotten the conversation: it is told the latest turns.
export async function restore(conversation) {
  const { run: before, turns: latest = [], all = 0 } = JSON.parse(sessionStorage.getItem(TURNS) ?? "{}");
  if (!all || before === await run || await knows(conversation)) return;
  while (new Blob([JSON.stringify({ turns: latest })]).size > MOST) latest.shift();
  const reply = await fetch(`pullquote/conversation/${conversation}/turns`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ turns: latest }),
  }).catch(() => null);
  shown = reply?.ok ? (await reply.json()).kept : 0;
  const what = shown === all ? "Your conversation is still here."
    : shown ? `Of your ${all} questions, ${shown} are still here.` : "Your conversation is gone.";
  told.textContent = `The server was started anew. ${what}`;
  whenThere("#question", (box) => box.before(notice));
}

// "New chat" empties the page. For ten seconds, or until something is asked, Undo brings everything back: so long the
// server keeps it under another id.

import { element, send, whenThere } from "./page.js";

const LONG = 10_000; // milliseconds

let aside = "";
let timer = 0;

const undo = element("button", { type: "button", textContent: "Undo" });
const notice = element("div", { className: "pq-notice" }, element("span", { textContent: "This is a new chat." }), undo);
notice.setAttribute("role", "status");
undo.addEventListener("click", restore);

whenThere("#chat", (chat) => new MutationObserver(() => {
  const said = chat.querySelector(".bot");
  if (!aside || !said === notice.isConnected) return;
  // what is asked in the new chat ends the old one
  if (said) return end();
  document.querySelector("#question").before(notice);
  timer = setTimeout(wait, LONG);
  document.dispatchEvent(new Event("pq-new"));
}).observe(chat, { childList: true, subtree: true }));

export function fresh() {
  if (!document.querySelector("#chat .bot")) return;
  end();
  aside = crypto.randomUUID();
  send(`new ${aside}`);
  document.querySelector("#question textarea").focus();
}

// Not while somebody is about to press Undo.
function wait() {
  if (notice.matches(":hover, :focus-within")) timer = setTimeout(wait, LONG);
  else end();
}

function end() {
  if (aside) send(`end ${aside}`);
  close();
}

function restore() {
  send(`undo ${aside}`);
  close();
  whenThere("#chat .bot", () => document.dispatchEvent(new Event("pq-undone")));
  document.querySelector("#question textarea").focus();
}

function close() {
  clearTimeout(timer);
  aside = "";
  notice.remove();
}

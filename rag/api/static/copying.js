// An answer is copied in the form that was chosen: what is copied stands hidden behind its button.

import { message } from "./locale.js";
import { element, whenThere } from "./page.js";

const LONG = 2_000; // milliseconds

const said = element("div", { className: "pq-aside" });
said.setAttribute("role", "status");
whenThere("#chat", (chat) => chat.after(said));

export function copy(button) {
  return put(button, form(button));
}

export function copyLink(button) {
  return put(button, `${location.origin}${location.pathname}#${form(button)}`);
}

function form(button) {
  return button.nextElementSibling.textContent;
}

async function put(button, text) {
  if (!button.children.length) return; // it says what became of it
  const before = [...button.childNodes];
  said.textContent = "";
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = said.textContent = message("chat.copied");
  } catch {
    button.textContent = said.textContent = message("chat.notCopied");
  }
  setTimeout(() => button.replaceChildren(...before), LONG);
}

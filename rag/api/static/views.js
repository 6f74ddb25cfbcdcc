// A narrow screen shows the conversation or the article, and two tabs switch between them; a wide one shows both.

import { message } from "./locale.js";
import { element, whenThere } from "./page.js";

const tabs = element("div", { className: "pq-views" }, tab("asking", message("chat.chat")), tab("reading", message("chat.article")));
tabs.setAttribute("role", "tablist");
tabs.setAttribute("aria-label", message("chat.shown"));
tabs.addEventListener("keydown", ({ key }) => {
  if (key !== "ArrowLeft" && key !== "ArrowRight") return;
  turn(document.body.classList.contains("pq-reading") ? "asking" : "reading");
  tabs.querySelector("[aria-selected=true]").focus();
});
turn("asking");
whenThere("#panes", (panes) => panes.before(tabs));
// The keyboard of a telephone then makes the window lower, and the question box stays above it.
document.querySelector("meta[name=viewport]").content += ", interactive-widget=resizes-content";

function tab(view, textContent) {
  const made = element("button", { type: "button", textContent });
  made.setAttribute("role", "tab");
  made.setAttribute("aria-controls", view);
  made.addEventListener("click", () => turn(view));
  return made;
}

export function turn(view) {
  document.body.classList.toggle("pq-reading", view === "reading");
  for (const one of tabs.children) {
    const chosen = one.getAttribute("aria-controls") === view;
    one.setAttribute("aria-selected", String(chosen));
    one.tabIndex = chosen ? 0 : -1;
  }
}

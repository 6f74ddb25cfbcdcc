// A sentence above the question box, until OK is pressed or it no longer holds.

import { message } from "./locale.js";
import { element, whenThere } from "./page.js";

export function makeNotice() {
  const told = element("span");
  const ok = element("button", { type: "button", textContent: message("chat.ok") });
  const notice = element("div", { className: "pq-notice" }, told, ok);
  notice.setAttribute("role", "status");
  ok.addEventListener("click", () => notice.remove());
  return {
    show(what) {
      told.textContent = what;
      whenThere("#question", (box) => box.before(notice));
    },
    hide() {
      notice.remove();
    },
  };
}

// Gradio's arrow to the end of the log is shown only while a part of the last answer is below: Gradio counts the room that
// is left under a short answer, too. What it does, Gradio says in English.

import { message } from "./locale.js";
import { whenThere } from "./page.js";

const ARROW = ".scroll-down-button-container button";

whenThere("#chat", (chat) => {
  const look = () => {
    const last = [...chat.querySelectorAll('[data-testid="bot"]')].at(-1);
    const end = chat.querySelector('[role="log"]')?.getBoundingClientRect().bottom;
    const arrow = chat.querySelector(ARROW);
    if (arrow) arrow.title = arrow.ariaLabel = message("chat.below");
    chat.classList.toggle("pq-all-seen", !last || last.getBoundingClientRect().bottom <= end);
  };
  chat.addEventListener("scroll", look, true); // that of the log within, which does not bubble
  chat.addEventListener("toggle", look, true);
  document.addEventListener("pq-appearance", look);
  new MutationObserver(look).observe(chat, { childList: true, subtree: true });
  new ResizeObserver(look).observe(chat);
});

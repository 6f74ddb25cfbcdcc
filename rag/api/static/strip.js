// A strip beside the article shows where the cited sentences are: darker means cited more often. It is for the eye and
// the mouse; with the keyboard the citations in the chat lead to the sentences.

import { parse } from "./citations.js";
import { message } from "./locale.js";

const strip = document.createElement("div");
strip.className = "pq-strip";
strip.setAttribute("role", "img");

export function keep(pane, chat) {
  pane.parentElement.classList.add("pq-beside");
  pane.after(strip);
  const redraw = () => draw(pane, chat);
  for (const watched of [pane, chat]) new MutationObserver(redraw).observe(watched, { childList: true, subtree: true });
  // what stands above the pane moves it
  for (const sized of [pane, pane.parentElement]) new ResizeObserver(redraw).observe(sized);
  document.addEventListener("pq-appearance", redraw); // a bigger text moves its sentences
  redraw();
  strip.addEventListener("click", ({ clientY }) => {
    const share = (clientY - strip.getBoundingClientRect().top) / strip.clientHeight;
    pane.scrollTo({ top: share * pane.scrollHeight - pane.clientHeight / 2 });
  });
}

function draw(pane, chat) {
  const times = new Map();
  for (const link of chat.querySelectorAll("blockquote a.pq-cite")) {
    const cited = parse(link);
    if (cited) times.set(cited.selector, (times.get(cited.selector) ?? 0) + 1);
  }
  const top = pane.getBoundingClientRect().top - pane.scrollTop;
  const marks = [];
  for (const [selector, count] of times) {
    const box = document.querySelector(selector)?.getBoundingClientRect();
    if (!box) continue;
    const mark = document.createElement("i");
    mark.style.top = `${(100 * (box.top - top)) / pane.scrollHeight}%`;
    mark.style.height = `${(100 * box.height) / pane.scrollHeight}%`;
    mark.style.opacity = Math.min(1, 0.4 + 0.2 * count);
    marks.push(mark);
  }
  strip.replaceChildren(...marks);
  strip.style.top = `${pane.offsetTop}px`;
  strip.style.height = `${pane.offsetHeight}px`;
  strip.hidden = !marks.length;
  strip.setAttribute("aria-label", message("chat.cited", { count: marks.length }));
}

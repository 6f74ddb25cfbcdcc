// Gradio removes the level of a heading: the article's title is the second, below that of the page.

import { whenThere } from "./page.js";

whenThere("#article", (pane) => {
  const rank = () => pane.querySelectorAll(".pq-title:not([aria-level])").forEach((one) => one.setAttribute("aria-level", "2"));
  new MutationObserver(rank).observe(pane, { childList: true, subtree: true });
  rank();
});

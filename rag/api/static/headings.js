// Gradio removes the level of a heading: the article's title is the second, below that of the page, and its other
// headings are the third. It also removes what
// tells a screen reader that the article is in its own language, and what is said about it in the page's.

import { ARTICLE, language } from "./locale.js";
import { whenThere } from "./page.js";

whenThere("#article", (pane) => {
  const rank = () => {
    pane.lang = pane.querySelector(".pq-sentence") ? ARTICLE : language;
    pane.querySelectorAll(".pq-warning").forEach((one) => { one.lang = language; });
    pane.querySelectorAll(".pq-contents > summary").forEach((one) => { one.lang = language; });
    pane.querySelectorAll(":is(.pq-title, .pq-heading):not([aria-level])").forEach((one) => {
      one.setAttribute("aria-level", one.matches(".pq-title") ? "2" : "3");
    });
  };
  new MutationObserver(rank).observe(pane, { childList: true, subtree: true });
  rank();
});

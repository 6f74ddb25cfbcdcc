// The articles, where there are few: which of them are asked about, and which one stands beside the chat.

import { ARTICLE, message } from "./locale.js";
import { reading } from "./noted.js";
import { element, whenThere } from "./page.js";
import { open } from "./pane.js";

// Tells `choose` the articles that are ticked: none if all are asked.
export function makeSources(known, choose) {
  const asked = element("summary");
  const hint = element("p", { id: "pq-sources-hint", textContent: message("sources.hint") });
  const list = element("ul");
  const sources = element("details", { id: "choice", className: "pq-sources" }, asked, hint, list);
  const rows = known.map((article) => {
    const box = element("input", { type: "checkbox" });
    const read = element("button", { type: "button" });
    const row = { article, box, read };
    box.setAttribute("aria-describedby", hint.id);
    box.addEventListener("change", () => settle(box.checked ? article : null));
    read.addEventListener("click", () => open(article.id));
    list.append(element("li", {}, element("label", {}, box, element("span", { lang: ARTICLE, textContent: article.title })), read));
    return row;
  });

  const all = message("sources.all", { articles: rows.length });
  const some = (length) => message("sources.some", { asked: length, articles: rows.length });

  function settle(wanted, ticked = rows.filter(({ box }) => box.checked).map(({ article }) => article)) {
    const { length } = ticked;
    const what = length === 0 ? all : length === 1 ? ticked[0].title : some(length);
    asked.textContent = message("sources.asked", { what });
    choose(ticked, what);
    // of these articles, one that is asked is read
    const now = shown();
    if (wanted || (length && now && !ticked.includes(now))) open((wanted ?? ticked[0]).id);
  }

  // Its sentences tell it by its version; after a correction its title does.
  function shown() {
    const now = reading();
    return now && (known.find(({ sha256 }) => sha256.startsWith(now.version)) ?? known.find(({ title }) => title === now.title));
  }

  function look() {
    const now = shown();
    for (const { article, read } of rows) {
      read.textContent = message(article === now ? "sources.reading" : "sources.read");
      read.setAttribute("aria-label", `${read.textContent}: ${article.title}`);
      if (article === now) read.setAttribute("aria-current", "true");
      else read.removeAttribute("aria-current");
    }
  }

  whenThere("#article", (pane) => {
    new MutationObserver(look).observe(pane, { childList: true, subtree: true });
    look();
  });
  asked.textContent = message("sources.asked", { what: all });
  return {
    shownAs: sources,
    // It has no box if it was added since.
    tick(one) {
      for (const { article, box } of rows) box.checked = article.id === one.id;
      settle(one, [one]);
    },
  };
}

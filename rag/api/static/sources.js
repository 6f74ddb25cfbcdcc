// The articles, where there are few: which of them are asked about, and which one stands beside the chat.

import { ARTICLE, message } from "./locale.js";
import { element, whenThere } from "./page.js";
import { open } from "./pane.js";
import { reading } from "./shown.js";

// Tells `choose` the articles that are ticked: none if all are asked.
export function makeSources(known, choose) {
  const asked = element("summary");
  const hint = element("p", { id: "pq-sources-hint", textContent: message("sources.hint") });
  const list = element("ul");
  const sources = element("details", { id: "choice", className: "pq-sources" }, asked, hint, list);
  const rows = [];
  known.forEach(add);

  function add(article) {
    const box = element("input", { type: "checkbox" });
    const read = element("button", { type: "button" });
    rows.push({ article, box, read });
    box.setAttribute("aria-describedby", hint.id);
    box.addEventListener("change", () => settle(box.checked ? article : null));
    read.addEventListener("click", () => open(article.id));
    list.append(element("li", {}, element("label", {}, box, element("span", { lang: ARTICLE, textContent: article.title })), read));
  }

  function say(ticked) {
    const [articles, { length }] = [rows.length, ticked];
    const what = length === 0 ? message("sources.all", { articles })
      : length === 1 ? ticked[0].title : message("sources.some", { asked: length, articles });
    asked.textContent = message("sources.asked", { what });
    return what;
  }

  function settle(wanted) {
    const ticked = rows.filter(({ box }) => box.checked).map(({ article }) => article);
    const { length } = ticked;
    choose(ticked, say(ticked));
    // of these articles, one that is asked is read
    const now = shown();
    if (wanted || (length && now && !ticked.includes(now))) open((wanted ?? ticked[0]).id);
  }

  // Its sentences tell it by its version; after a correction its title does.
  function shown() {
    const now = reading();
    const articles = rows.map(({ article }) => article);
    return now && (articles.find(({ sha256 }) => sha256?.startsWith(now.version)) ?? articles.find(({ title }) => title === now.title));
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
  say([]);
  return {
    shownAs: sources,
    tick(one) {
      // it may have been added since
      if (!rows.some(({ article }) => article.id === one.id)) add(one);
      for (const { article, box } of rows) box.checked = article.id === one.id;
      look();
      settle(one);
    },
  };
}

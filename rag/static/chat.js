// The chat's citations: a click, or Enter, on [1] takes the reader to the sentence in the article.
// Nothing is written into the page: the exact words are painted with the CSS Custom Highlight API.

const WORDS = "pq-words";
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let cameFrom = null;

const back = document.createElement("button");
back.className = "pq-back";
back.type = "button";
back.textContent = "Back to the answer";
back.addEventListener("click", leave);

document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href*="#cite-"]');
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  show(link);
}, true);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && cameFrom) leave();
});

// The pane scrolls, so the keyboard must be able to reach it; Gradio gives no way to say so.
new MutationObserver((_, observer) => {
  const pane = document.getElementById("article");
  if (!pane) return;
  pane.tabIndex = 0;
  pane.setAttribute("role", "region");
  pane.setAttribute("aria-label", "Article");
  observer.disconnect();
}).observe(document, { childList: true, subtree: true });

function show(link) {
  const [, article, number, start, end] =
    link.hash.match(/^#cite-([0-9a-f]{16})-(\d+)(?:-(\d+)-(\d+))?$/) ?? [];
  const sentence = document.querySelector(`#article [id="s-${article}-${number}"]`);
  if (!sentence) return;
  clear();
  cameFrom = link;
  document.body.append(back);
  sentence.classList.add("pq-cited");
  if (end) CSS.highlights?.set(WORDS, new Highlight(range(sentence, Number(start), Number(end))));
  sentence.tabIndex = -1;
  sentence.focus({ preventScroll: true });
  sentence.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
}

function range(sentence, start, end) {
  const found = document.createRange();
  const texts = document.createTreeWalker(sentence, NodeFilter.SHOW_TEXT);
  for (let place = 0; texts.nextNode(); place += texts.currentNode.length) {
    const inside = (offset) => offset >= place && offset <= place + texts.currentNode.length;
    if (inside(start)) found.setStart(texts.currentNode, start - place);
    if (inside(end)) found.setEnd(texts.currentNode, end - place);
  }
  return found;
}

function clear() {
  for (const cited of document.querySelectorAll(".pq-cited")) cited.classList.remove("pq-cited");
  CSS.highlights?.delete(WORDS);
  back.remove();
}

function leave() {
  clear();
  cameFrom?.focus({ preventScroll: true });
  cameFrom?.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" });
  cameFrom = null;
}

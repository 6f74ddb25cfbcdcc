// Which articles are shown: the one that is read beside the chat, and those that the conversation quotes. The beginnings of
// their digests tell them.

import { parse } from "./citations.js";

// an answer from a reader's own document has no link
const CITED = '#chat [data-testid="bot"]:has(a[href="#link"]) blockquote .pq-cite';
const LONGEST = 150; // code points of a title, which ends with a mark if the first line is longer

export function reading() {
  const first = document.querySelector("#article .pq-sentence");
  return first && { version: first.id.split("-")[1], title: cut(first.parentElement.textContent) };
}

// Those that others can open, with their titles, the one that was quoted last first.
export function quoted() {
  const links = [...document.querySelectorAll(CITED)].reverse();
  return new Map(links.map((link) => [parse(link)?.article, link.querySelector(".pq-from")?.textContent.trim()]));
}

function cut(line) {
  const marks = [...line.trim()];
  return marks.length > LONGEST ? `${marks.slice(0, LONGEST - 1).join("").trimEnd()}…` : marks.join("");
}

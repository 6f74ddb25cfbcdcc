// Which article stands beside the chat, and which ones the conversation quotes: told by the beginnings of their digests.

import { parse } from "./citations.js";

export function reading() {
  const first = document.querySelector("#article .pq-sentence");
  return first && { version: first.id.split("-")[1], title: first.parentElement.textContent };
}

// With their titles, the one that was quoted last first.
export function quoted() {
  const links = [...document.querySelectorAll("#chat blockquote .pq-cite")].reverse();
  return new Map(links.map((link) => [parse(link)?.article, link.querySelector(".pq-from")?.textContent.trim()]));
}

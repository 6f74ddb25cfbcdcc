// How big the text is, and whether the page is light or dark, as the reader chose it in this browser. The page waits for
// this before it is shown, so that nothing jumps or flashes. Gradio follows the system, and does so whenever that changes.

import { local } from "./storage.js";

// of each choice, what holds until one is made comes first
export const CHOICES = { size: ["normal", "large", "largest"], colours: ["system", "light", "dark"] };
const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

export function chosen(what) {
  const kept = local.getItem(key(what));
  return CHOICES[what].includes(kept) ? kept : CHOICES[what][0];
}

export function choose(what, one) {
  local.setItem(key(what), one);
  apply();
  if (chosen("colours") === "system") colour(night.matches);
}

function key(what) {
  return `pullquote-${what}`;
}

function apply() {
  for (const what of Object.keys(CHOICES)) root.dataset[what] = chosen(what);
  insist();
  document.dispatchEvent(new Event("pq-appearance"));
}

function insist() {
  const colours = chosen("colours");
  if (colours !== "system") colour(colours === "dark");
}

function colour(dark) {
  if (document.body.classList.contains("dark") !== dark) document.body.classList.toggle("dark", dark);
}

apply();
new MutationObserver(insist).observe(document.body, { attributeFilter: ["class"] });
addEventListener("storage", ({ key: changed }) => {
  if (Object.keys(CHOICES).some((what) => key(what) === changed)) choose("colours", chosen("colours"));
});

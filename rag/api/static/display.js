// A small menu: how big the text is, and the colours.

import { CHOICES, choose, chosen } from "./appearance.js";
import { message } from "./locale.js";
import { element, whenThere } from "./page.js";

const NAMES = {
  size: message("display.size"), normal: message("display.normal"), large: message("display.large"),
  largest: message("display.largest"), colours: message("display.colours"), system: message("display.system"),
  light: message("display.light"), dark: message("display.dark"),
};
const WIDTH = 240; // pixels
const GAP = 6;

const opener = element("button", { type: "button", textContent: message("display.display") });
const menu = element("div", { className: "pq-display", popover: "auto" }, ...Object.keys(CHOICES).map(group));
menu.setAttribute("role", "dialog");
menu.setAttribute("aria-label", message("display.display"));
menu.style.width = `${WIDTH}px`;
opener.popoverTargetElement = menu;

menu.addEventListener("beforetoggle", ({ newState }) => {
  if (newState === "open") draw();
});
menu.addEventListener("toggle", ({ newState }) => {
  if (newState === "open") menu.querySelector(":checked").focus();
});
// Esc closes the menu, and leads nowhere else
menu.addEventListener("keydown", (event) => event.stopPropagation());
document.addEventListener("pq-appearance", draw);

whenThere("#more", (links) => links.before(opener));
document.body.append(menu);

function draw() {
  for (const one of menu.querySelectorAll("input")) one.checked = one.value === chosen(one.name);
  const { bottom, right } = opener.getBoundingClientRect();
  menu.style.top = `${bottom + GAP}px`;
  menu.style.maxHeight = `${innerHeight - bottom - 2 * GAP}px`; // in a low window it scrolls
  menu.style.right = `${Math.min(innerWidth - right, innerWidth - WIDTH - GAP)}px`;
}

function group(what) {
  return element("fieldset", {}, element("legend", { textContent: NAMES[what] }), ...CHOICES[what].map((value) => {
    const input = element("input", { type: "radio", name: what, value });
    input.addEventListener("change", () => choose(what, value));
    return element("label", {}, input, element("span", { textContent: NAMES[value] }));
  }));
}

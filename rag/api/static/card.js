// A citation under the mouse, or reached by the keyboard, shows its sentence on a card, between those around it in the
// article. A finger opens the article at once. The card stays while the mouse is on it, and Esc closes it.

import { parse } from "./citations.js";
import { near } from "./near.js";
import { element, whenThere } from "./page.js";

const CITED = "#chat a.pq-cite";
const PAUSE = 200; // milliseconds
const OTHERS = "a, .pq-place, .pq-unsure";

const card = element("div", { id: "pq-card", className: "pq-card", hidden: true });
card.setAttribute("role", "tooltip");
let cited = null;
let timer = 0;
let place = "";

whenThere("#chat", (chat) => {
  chat.after(card);
  for (const over of [chat, card]) {
    over.addEventListener("pointerover", ({ target, pointerType, clientX, clientY }) => {
      // not where a citation comes to lie under a mouse that rests
      if (pointerType === "mouse" && place !== `${clientX} ${clientY}`) soon(card.contains(target) ? cited : target.closest(CITED));
    });
    over.addEventListener("pointerleave", () => soon(null));
  }
  chat.addEventListener("focusin", ({ target }) => { if (target.matches(`${CITED}:focus-visible`)) show(target); });
  chat.addEventListener("focusout", hide);
  chat.addEventListener("click", hide, true);
  document.addEventListener("scroll", (event) => { if (!card.contains(event.target)) hide(); }, true);
});

document.addEventListener("pointermove", ({ clientX, clientY }) => { place = `${clientX} ${clientY}`; }, true);

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || card.hidden) return;
  hide();
  event.stopPropagation();
}, true);

function soon(link) {
  clearTimeout(timer);
  if (link !== cited) timer = setTimeout(() => { link ? show(link) : hide(); }, PAUSE);
}

function show(link) {
  const found = parse(link);
  if (!found || !link.isConnected) return;
  hide();
  cited = link;
  const quoted = link.parentElement.cloneNode(true);
  quoted.querySelectorAll(OTHERS).forEach((one) => one.remove());
  const sentence = document.querySelector(found.selector);
  const around = (one) => element("span", { className: "pq-around", textContent: one?.textContent ?? "" });
  card.replaceChildren(
    around(link.querySelector(".pq-from")), around(sentence?.previousElementSibling), " ",
    element("span", {}, ...quoted.childNodes), " ", around(sentence?.nextElementSibling),
  );
  link.setAttribute("aria-describedby", card.id);
  near(card, link.querySelector(".pq-chip").getBoundingClientRect());
}

function hide() {
  clearTimeout(timer);
  cited?.removeAttribute("aria-describedby");
  cited = null;
  card.hidden = true;
}

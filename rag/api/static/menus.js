// What is folded above the chat closes once something else is pressed, or Esc.

const OPEN = "#more details[open]";

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(OPEN)) {
    if (!menu.querySelector("summary").contains(target)) menu.open = false;
  }
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector(OPEN);
  if (!menu) return;
  event.stopImmediatePropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
}, true);

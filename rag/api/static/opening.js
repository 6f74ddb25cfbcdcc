// What the first HTML has makes room for the chat once all of that is there, so that nothing moves under the reader's
// eyes. What was hidden could not take the focus, so the question box takes it then.

const QUESTION = "#question textarea";
const PARTS = ["#more a", "#chat :is(.placeholder, .bot)", "#article p", QUESTION];
const opening = document.querySelector("#opening");

new MutationObserver((_, watching) => {
  if (!PARTS.every((part) => document.querySelector(part)) || document.querySelector("gradio-app .loading")) return;
  watching.disconnect();
  opening?.remove();
  if (document.activeElement === document.body) document.querySelector(QUESTION).focus({ preventScroll: true });
}).observe(document.querySelector("gradio-app"), { childList: true, subtree: true });

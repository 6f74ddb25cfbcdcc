// Which page this is, and what it asks of the server: hidden boxes, for Gradio gives a script no other way.
// The page's word is new at every load; the earlier one, kept for this tab alone, is where the conversation was left.

const KEY = "pullquote-page";
const word = crypto.randomUUID();

let sent = 0;

// Numbered, for a box that gets the same text twice has not changed.
export function send(order, box = "#pq-order") {
  sent += 1;
  write(box, `${order} ${sent}`);
}

export function address(format) {
  return `/pullquote/conversation/${word}.${format}`;
}

export function begin() {
  write("#pq-page", word);
  const earlier = sessionStorage.getItem(KEY);
  sessionStorage.setItem(KEY, word);
  if (earlier) send(`resume ${earlier}`);
}

export function write(selector, text) {
  const box = document.querySelector(`${selector} :is(textarea, input)`);
  if (!box) return;
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

export function whenThere(selector, then) {
  const found = document.querySelector(selector);
  if (found) {
    then(found);
    return;
  }
  new MutationObserver((_, observer) => {
    const late = document.querySelector(selector);
    if (!late) return;
    observer.disconnect();
    then(late);
  }).observe(document, { childList: true, subtree: true });
}

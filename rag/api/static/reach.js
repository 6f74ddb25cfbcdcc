// Nothing that is typed is lost while the server cannot be reached. Before a question goes, the page looks whether the
// server is there: Gradio would drop the question. A banner tells that it waits. When the server is back, it is given what
// only the page has, the page is loaded anew, and a question that was sent goes then. So it is if another run of the server
// answers that does not know what was said; but once for a question, for behind one address there may be several.

import { message } from "./locale.js";
import { conversation, element, whenThere, write } from "./page.js";
import { session } from "./storage.js";

const ASKING = "#question .submit-button, #starters button";
const BOX = "#question textarea";
const OWN = "#pq-own :is(textarea, input)"; // which of a reader's own documents is asked
const RUN = "gradio_api/app_id";
const ANSWER = "#chat .bot:has(div.pq-acts)"; // whole: its element is there before its words
const WAITS = '#question [data-testid="status-tracker"] .progress-text';
const DRAFT = "pullquote-draft";
const AGAIN = 2_000; // milliseconds
const PATIENCE = 10_000;
const PAUSE = 100;
const LATEST = 10_000;
const LONG = 5_000; // for a question to be taken
const TRIES = 5;
const LOST = /Attempting reconnection|Connection errored out/;

const seen = new WeakSet(); // titles of errors

let waiting = false;
let sure = false;
let going = false;
let anew = false;
let timer = 0;
let loading = null;
let giveBack = async () => true;
let asked = null; // the question that went last, and how many answers there were then

const said = element("span");
const again = element("button", { type: "button", textContent: message("chat.again") });
const banner = element("div", { className: "pq-notice" }, said, again);
banner.setAttribute("role", "alert");
again.addEventListener("click", retry);

// Which run of the server answers; nothing if none does. Of several behind one address, that one is meant which has, or
// is to have, the conversation.
async function server() {
  try {
    const reply = await fetch(RUN, {
      cache: "no-store", headers: { "pullquote-conversation": conversation }, signal: AbortSignal.timeout(PATIENCE),
    });
    return reply.ok ? reply.text() : "";
  } catch {
    return "";
  }
}

export const run = server();

// Whether the server has turns of a conversation, whichever run of it answers. It is told none and counts what is there:
// to get what is not there would be a fault, and look like a guess.
export async function knows(id = conversation) {
  const reply = await fetch(`pullquote/conversation/${id}/turns`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: '{"turns": []}',
    signal: AbortSignal.timeout(PATIENCE),
  }).catch(() => null);
  return reply?.ok ? reply.json().then(({ kept }) => kept > 0, () => false) : false;
}

// What is to be done before the page is loaded anew; it tells whether the server was there all the time.
export function beforeLoading(work) {
  giveBack = work;
}

function loadAnew() {
  clearTimeout(timer);
  banner.remove();
  loading ??= giveBack().then((given) => {
    if (given) return location.reload();
    loading = null;
    lose();
  });
}

export function lose() {
  if (loading) return;
  said.textContent = message(waiting ? "chat.unreachableSent" : "chat.unreachable");
  if (banner.isConnected) return;
  document.querySelector("#question")?.before(banner);
  timer = setTimeout(retry, AGAIN);
}

async function retry() {
  clearTimeout(timer);
  if (await server()) loadAnew();
  else timer = setTimeout(retry, AGAIN);
}

// Gradio would load the page anew as soon as it has heard that the server is back. It alone asks by a URL object.
const fetched = window.fetch;
window.fetch = async (place, options) => {
  if (!(place instanceof URL && place.pathname.endsWith(RUN))) return fetched(place, options);
  lose();
  throw new Error();
};

document.addEventListener("click", (event) => look(event, event.target.closest?.(ASKING)), true);
document.addEventListener("keydown", (event) => {
  const sent = event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.closest?.(BOX);
  if (sent) look(event, document.querySelector("#question .submit-button"));
}, true);
document.addEventListener("input", (event) => {
  if (!waiting || !event.target.closest?.(BOX)) return;
  waiting = false;
  lose();
});

// Whether Gradio takes a question within a while. It shows that one waits before the server has heard of it.
function taken() {
  return new Promise((done) => {
    whenThere(WAITS, () => done(true));
    setTimeout(done, LONG, false);
  });
}

// Whether what is chosen of a reader's own documents is the same again within a while.
async function chosen(own = "") {
  for (let left = PATIENCE; left; left -= PAUSE) {
    if (document.querySelector(OWN)?.value === own) return true;
    await new Promise((done) => setTimeout(done, PAUSE));
  }
  return false;
}

function answers() {
  return document.querySelectorAll(ANSWER).length;
}

function look(event, pressed) {
  if (!pressed || sure) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // nothing was asked; or it is on its way, and the box will be empty when it has gone
  if (pressed.closest("#question") && !document.querySelector(BOX).value.trim()) document.querySelector(BOX).focus();
  else go(pressed);
}

async function go(pressed) {
  if (going) return;
  going = true;
  const now = !banner.isConnected && await server();
  const known = now && (anew || now === await run || await knows());
  going = false;
  if (known && !loading) {
    anew = false;
    const text = pressed.closest("#question") ? document.querySelector(BOX).value : pressed.textContent.trim();
    asked = document.querySelector(".pq-editing") ? null : { text, answers: answers() };
    sure = true;
    pressed.click();
    sure = false;
    return;
  }
  if (!pressed.closest("#question")) write("#question", pressed.textContent.trim());
  // what takes the place of an earlier question is for the person to send: after a reload it would come behind all
  waiting = !document.querySelector(".pq-editing");
  if (now || loading) loadAnew();
  else lose();
}

addEventListener("offline", async () => { if (!await server()) lose(); });
addEventListener("pagehide", () => {
  const typed = document.querySelector(BOX)?.value ?? "";
  // the server may have ended in the middle of its answer
  const open = asked && answers() === asked.answers && [asked.text, ""].includes(typed);
  session.setItem(DRAFT, JSON.stringify({
    text: open ? asked.text : typed, waiting: waiting || Boolean(open), open: Boolean(open), said: answers() > 0,
    own: document.querySelector(OWN)?.value,
  }));
});
// Gradio tells the same in a box that covers the title. An error's box always has an English title, and says in English
// what closes it.
new MutationObserver(() => {
  for (const close of document.querySelectorAll('[data-testid="toast-close"]')) close.ariaLabel = message("chat.close");
  for (const refused of document.querySelectorAll(".toast-title.error")) {
    const title = refused.firstChild;
    if (title?.data?.trim() === "Error") title.data = message("chat.error");
    // what the server refuses is for the person to send again; not so what Gradio says of a server that is lost
    const told = refused.closest('[data-testid="toast-body"]')?.textContent ?? "";
    if (!seen.has(refused) && told && !LOST.test(told)) asked = null;
    seen.add(refused);
  }
  for (const toast of document.querySelectorAll('[data-testid="toast-body"]')) {
    if (toast.style.display || !toast.textContent.includes("Attempting reconnection")) continue;
    toast.style.display = "none";
    lose();
  }
}).observe(document.body, { childList: true, subtree: true });

whenThere(BOX, (box) => {
  const kept = JSON.parse(session.getItem(DRAFT) ?? "{}");
  session.removeItem(DRAFT);
  if (!kept.text || box.value) return;
  write("#question", kept.text);
  if (!kept.waiting) return;
  let sent = false;
  // Gradio may lose a question, too, while its page is still being made
  const send = async () => {
    if (!await chosen(kept.own)) return; // it stays in the box, and is asked of nothing else
    const [last] = [...document.querySelectorAll('#chat [data-testid="user"]')].slice(-1);
    if (kept.open && last?.textContent.trim() === kept.text) return; // it was answered all the same
    for (let tries = sent ? 0 : TRIES; tries && box.value === kept.text; tries -= 1) {
      sent = anew = true;
      await go(document.querySelector("#question .submit-button"));
      if (await taken()) return;
    }
  };
  // behind what was said before, which it may refer to
  whenThere(kept.said ? ANSWER : "#chat", send);
  setTimeout(send, LATEST);
});

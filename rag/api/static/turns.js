// The turns that are shown are kept for this tab, so that the conversation goes on when the server was started anew.
// But nothing of a reader's own documents, for a browser may write to the disk what it keeps: turns about those are in the
// memory of the page alone, which tells them before it is loaded anew (uploads.js).

import { message } from "./locale.js";
import { makeNotice } from "./notice.js";
import { address, conversation, whenThere } from "./page.js";
import { knows, run } from "./reach.js";
import { session } from "./storage.js";

const TURNS = "pullquote-turns";
const PAUSE = 500; // milliseconds
const PATIENCE = 30_000;
const LARGEST = 60_000; // bytes: the server takes 64 kB at a time

let timer = 0;
let shown = Infinity;
let changes = 0; // of the conversation for another one
let latest = []; // those about own documents, too

const notice = makeNotice();

whenThere("#chat", (chat) => new MutationObserver(() => {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE, chat);
}).observe(chat, { childList: true, subtree: true }));
document.addEventListener("pq-new", () => {
  changes += 1;
  latest = [];
  session.removeItem(TURNS);
});
document.addEventListener("pq-undone", () => { changes += 1; });

async function keep(chat) {
  const replies = chat.querySelectorAll('[data-testid="bot"]').length;
  if (!replies || chat.querySelector(".pq-step")) return;
  if (replies > shown) notice.hide();
  const before = changes;
  const turns = await saidIn();
  if (!turns || before !== changes) return;
  latest = turns;
  session.setItem(TURNS, JSON.stringify({ run: await run, turns: withoutOwn(turns), all: turns.length }));
  document.dispatchEvent(new CustomEvent("pq-kept", { detail: turns }));
}

// What the server has of a conversation, that of the page or another; null if it has nothing.
export async function saidIn(conversation) {
  if (!await knows(conversation)) return null;
  const reply = await fetch(address("json", conversation)).catch(() => null);
  return reply?.ok ? reply.json().then(({ turns }) => turns, () => null) : null;
}

export function withoutOwn(turns) {
  return turns.filter(({ citations, closest, passages }) =>
    ![...citations, ...closest, ...passages].some(({ article }) => article.startsWith("own_")));
}

// Tells the server turns that it has forgotten; gives how many of them stand, and null if it does not answer.
export async function retell(conversation, turns) {
  let after = 0;
  for (const some of portions(turns)) {
    const reply = await fetch(`pullquote/conversation/${conversation}/turns`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ turns: some, after }),
      signal: AbortSignal.timeout(PATIENCE),
    }).catch(() => null);
    if (!reply?.ok) return null;
    const { kept } = await reply.json().catch(() => ({ kept: null }));
    if (kept === null) return null;
    if (kept > after + some.length) return kept; // another page was quicker
    after = kept;
  }
  return after;
}

function portions(turns) {
  const made = [];
  let room = 0;
  for (const turn of turns) {
    const size = new TextEncoder().encode(JSON.stringify(turn)).length + 1;
    if (size > LARGEST) continue;
    if (size > room) {
      made.push([]);
      room = LARGEST;
    }
    made.at(-1).push(turn);
    room -= size;
  }
  return made;
}

// Another run of the server than that which answered has forgotten the conversation: it is told the turns.
export async function restore(conversation) {
  const { run: before, turns = [], all = 0, told } = JSON.parse(session.getItem(TURNS) ?? "{}");
  if (!all || before === await run) return;
  // the one that was told all may have ended, too
  const there = await knows(conversation);
  if (there && told === undefined) return;
  shown = there ? told : await retell(conversation, turns) ?? 0;
  if (shown < (there ? all : turns.length)) {
    const detail = shown ? await saidIn(conversation) : [];
    document.dispatchEvent(new CustomEvent("pq-left-out", { detail }));
  }
  notice.show(shown === all ? message("chat.restarted")
    : shown ? message("chat.restartedPart", { all, kept: shown }) : message("chat.restartedGone"));
}

// Tells all turns, those about own documents too, before the page is loaded anew; false if the server does not answer.
export async function tellAll() {
  // nothing is shown yet: what is kept for this tab stays
  if (!latest.length) return true;
  const told = await retell(conversation, latest);
  if (told === null) return false;
  session.setItem(TURNS, JSON.stringify({ run: await run, turns: withoutOwn(latest), all: latest.length, told }));
  return true;
}

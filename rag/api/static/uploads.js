// A person's own documents: chosen, dropped or pasted, then asked about, until they are deleted or the page is left.
// They go by a route of our own: only the conversation's id, a secret of this page, leads to them. What the server made of
// them is kept in the memory of the page, and nowhere else, for the server that comes next if that one ends.

import { clear } from "./citations.js";
import { ARTICLE, message, translated } from "./locale.js";
import { makeNotice } from "./notice.js";
import { ask, conversation, earlier, element, tell, whenThere, write } from "./page.js";
import { open, refresh } from "./pane.js";
import { beforeLoading } from "./reach.js";
import { session } from "./storage.js";
import { tellAll } from "./turns.js";
import { turn } from "./views.js";

const ROUTE = "pullquote/uploads/";
const LIBRARY = "the-articles";
const MINE = "my-documents";
const EVERYTHING = "all-together";
const CHOSEN = "pullquote-own";
const COUNT = "pullquote-own-count";
const WHY = "pullquote-own-why";
const JSON_BODY = { "Content-Type": "application/json" };
const KINDS = ".pdf,.docx,.epub,.eml,.html,.htm,.md,.markdown,.txt";
const TRIES = 30;
const UNHEARD = 5; // times that a server may end over a document
const PATIENCE = 10_000; // milliseconds
const ASK_AGAIN = / Ask again in \d+ seconds\.$/; // it is sent again without the person

const records = new Map(); // by id, as the server gave them
const refusals = new Set(); // why a server did not take documents back
const notice = makeNotice();

let documents = [];
let chosen = "";
let before = "";
let limits = {};
let line = Promise.resolve();
let waiting = 0;
let bringing = null;
let owed = false; // whether a server has documents back, and may not have been told the turns
let offering = new AbortController();

const add = element("button", { type: "button", className: "pq-own-add", textContent: message("uploads.add") });
const file = element("input", { type: "file", id: "pq-own-file", accept: KINDS, multiple: true });
const text = element("textarea", { id: "pq-own-text", rows: 4 });
const take = element("button", { type: "button", className: "pq-own-add", textContent: message("uploads.askText") });
const address = element("input", { type: "url", id: "pq-own-address", placeholder: "https://" });
const get = element("button", { type: "button", className: "pq-own-add", textContent: message("uploads.askPage") });
const web = element("div", { className: "pq-own-web", hidden: true },
  element("label", { htmlFor: address.id, textContent: message("uploads.address") }), address, get);
const hint = element("p", { className: "pq-own-hint" });
const panel = element("div", { id: "pq-own-panel", className: "pq-own-panel", hidden: true },
  element("label", { htmlFor: file.id, textContent: message("uploads.choose") }), file,
  element("label", { htmlFor: text.id, textContent: message("uploads.paste") }), text, take, web, hint);
const choices = element("fieldset", { className: "pq-own-choices", hidden: true });
const bar = element("progress", { hidden: true });
const said = element("p", { className: "pq-own-said" });
const wrong = element("ul", { className: "pq-own-wrong", hidden: true });
const stop = element("button", { type: "button", className: "pq-own-stop", textContent: message("uploads.cancel"), hidden: true });
const section = element("section", { className: "pq-own" }, add, panel, choices,
  element("div", { className: "pq-own-now" }, said, stop), bar, wrong);

const starters = element("div", { id: "pq-own-starters" });
let begun = 0; // questions that were there when the document was chosen
let told = 0; // questions that were there when something was told

section.setAttribute("aria-label", message("uploads.own"));
said.setAttribute("role", "status");
wrong.setAttribute("aria-live", "polite");
wrong.setAttribute("aria-label", message("uploads.wrong"));
bar.setAttribute("aria-label", message("uploads.progress"));
add.setAttribute("aria-controls", panel.id);
document.body.dataset.pqDrop = message("uploads.drop");
unfold(false);

add.addEventListener("click", () => {
  unfold(panel.hidden);
  if (!panel.hidden) file.focus();
});
panel.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  unfold(false);
  add.focus();
});
file.addEventListener("change", () => {
  later([...file.files]);
  file.value = "";
});
take.addEventListener("click", () => {
  if (text.value.trim()) later([new File([text.value], "")]);
  else say(message("uploads.pasteFirst"));
});
get.addEventListener("click", () => {
  if (address.value.trim()) later([{ name: address.value.trim(), address: address.value.trim(), size: 0 }]);
  else say(message("uploads.addressFirst"));
});
address.addEventListener("keydown", (event) => {
  if (event.key === "Enter") get.click();
});
stop.addEventListener("click", () => bringing?.abort());

for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    document.body.classList.toggle("pq-dropping", kind === "dragover");
    if (kind === "drop") later([...event.dataTransfer.files]);
  }, true);
}
// A new chat begins without documents; Undo brings them back.
document.addEventListener("pq-new", () => {
  before = chosen;
  if (!waiting) refuse();
  if (documents.length) show([], "");
});
document.addEventListener("pq-undone", () => {
  session.setItem(CHOSEN, before);
  list(conversation);
});
addEventListener("pagehide", () => {
  bringing?.abort();
  // what is read just now may be there before the server knows that nobody waits
  if (documents.length || bringing) navigator.sendBeacon(`${ROUTE}${conversation}/page/left`);
});
addEventListener("pageshow", ({ persisted }) => {
  if (persisted && documents.length) open(chosen || documents[0].id);
});

whenThere("#article", (pane) => pane.before(section));
whenThere("#starters", (row) => row.after(starters));
// Questions to begin with go when one is asked, and so does what was told of a document.
whenThere("#chat", (chat) => new MutationObserver(() => {
  const now = questions();
  if (now > begun) starters.replaceChildren();
  if (now > told && !bringing) say("");
  begun = Math.min(begun, now); // questions also go
  told = Math.min(told, now);
}).observe(chat, { childList: true, subtree: true }));
list(earlier || conversation);

// After a reload the list is asked for by the id of the load before; the server takes the documents over on its own.
async function list(from, left = TRIES) {
  const reply = await fetch(ROUTE + from).catch(() => null);
  // not if the server has no place for documents
  if (!reply?.ok) return void (left && reply?.status !== 404 && setTimeout(list, 5000, from, left - 1));
  const known = await reply.json();
  limits = known.limits;
  web.hidden = !limits.addresses;
  hint.textContent = message("uploads.hint", limits);
  const gone = Number(session.getItem(COUNT)) - known.documents.length;
  const why = session.getItem(WHY);
  session.removeItem(WHY);
  if (gone > 0) notice.show(message(why ? "uploads.goneWhy" : "uploads.gone", { count: gone, why }));
  // one may have been brought while the list was on its way
  const brought = missing(known.documents);
  const last = session.getItem(CHOSEN) ?? "";
  // all of them are no longer those that were chosen
  const same = gone > 0 && [MINE, EVERYTHING].includes(last) ? "" : last;
  show([...known.documents, ...brought], brought.length ? chosen : same);
  learn(from, TRIES);
}

function has(id) {
  return documents.some((one) => one.id === id);
}

function missing(there) {
  return documents.filter((one) => !there.some(({ id }) => id === one.id));
}

async function learn(from, left) {
  for (const { id } of documents.filter((one) => !records.has(one.id))) {
    const reply = await fetch(`${ROUTE}${from}/${id}`).catch(() => null);
    const record = reply?.ok ? await reply.text().catch(() => "") : "";
    if (record && has(id)) records.set(id, record);
    else if (left && reply?.status !== 404) return void setTimeout(learn, 5000, from, left - 1);
  }
}

// Gives the documents to a server that does not have them, then tells the turns about them; false if it does not answer.
beforeLoading(async () => {
  let given;
  // what is added meanwhile would not arrive if the page were loaded anew
  do given = await (line = line.then(returned)); while (given && waiting);
  return given;
});

async function returned() {
  if (!documents.length) return true;
  const reply = await fetch(ROUTE + conversation, { signal: AbortSignal.timeout(PATIENCE) }).catch(() => null);
  // it may have been started anew without a place for documents
  if (reply?.status === 404) return true;
  const known = reply?.ok ? await reply.json().catch(() => null) : null;
  if (!known) return false;
  const lost = missing(known.documents);
  if (!lost.length && !owed) return true;
  owed = true;
  notice.show(message("uploads.givingBack"));
  const given = await giveBack(lost) && await tellAll();
  notice.hide();
  if (!given) say("");
  return given;
}

async function giveBack(lost) {
  for (const one of lost) {
    const body = records.get(one.id);
    // it may have been deleted meanwhile
    if (!body) continue;
    say(message("uploads.sending", { name: one.title }));
    const { problem, unheard } = await carried(`/${one.id}`, { method: "PUT", body, headers: JSON_BODY }, one.title);
    one.unheard = (one.unheard ?? 0) + Boolean(unheard);
    if (unheard && one.unheard < UNHEARD) return false;
    // without the title, for a browser may write to the disk what it keeps
    if (problem) refusals.add(problem.startsWith(one.title) ? message("uploads.yourDocument") + problem.slice(one.title.length) : problem);
    if (!has(one.id)) await fetch(`${ROUTE}${conversation}/${one.id}`, { method: "DELETE" }).catch(() => null);
  }
  session.setItem(WHY, [...refusals].join(" "));
  return true;
}

// One after the other; what is wrong with some of them stays to be read while others come.
function later(files) {
  turn("reading");
  if (!waiting) refuse();
  for (const one of files) {
    waiting += 1;
    line = line.then(() => bring(one)).finally(() => { waiting -= 1; });
  }
}

async function bring(blob) {
  const called = blob.name.replace(/[\p{Cc}\p{Cf}]/gu, "�") || message("uploads.yourText");
  if (limits.megabytes && blob.size > limits.megabytes * 1e6) {
    return refuse(message("uploads.tooBig", { name: called, megabytes: limits.megabytes }));
  }
  const what = blob.address ? { body: JSON.stringify({ address: blob.address }), headers: JSON_BODY } : { body: blob };
  const place = blob.address ? "/page/address" : `?name=${encodeURIComponent([...blob.name].slice(-200).join(""))}`;
  say(message(blob.address ? "uploads.getting" : "uploads.sending", { name: called }));
  const { document: taken, problem } = await carried(place, { method: "POST", ...what }, called);
  if (problem) return refuse(problem);
  show([...documents.filter((one) => one.id !== taken.id), taken], taken.id);
  learn(conversation, TRIES);
  say(message("uploads.added", { title: taken.title }));
  text.value = address.value = "";
  unfold(false);
  turn("asking");
  document.querySelector("#question textarea")?.focus();
}

// Sends a document, and shows how far it is; gives the document, or the problem, and whether the server did not answer.
async function carried(place, what, called) {
  bringing = new AbortController();
  const { signal } = bringing;
  stop.hidden = bar.hidden = false;
  bar.removeAttribute("value");
  try {
    const { document: taken, problem } = await sent(place, { ...what, signal }, called);
    return { document: taken, problem: problem && translated("errors", problem) };
  } catch {
    const { aborted } = signal;
    return { problem: message(aborted ? "uploads.notAdded" : "uploads.lost", { name: called }), unheard: !aborted };
  } finally {
    stop.hidden = bar.hidden = true;
    bringing = null;
  }
}

async function sent(place, what, called) {
  for (let left = TRIES; ; left -= 1) {
    const reply = await fetch(ROUTE + conversation + place, what);
    if (reply.ok) return followed(reply, called);
    const answer = await reply.json().catch(() => ({}));
    // a proxy's own page
    if (!answer.detail && reply.status >= 500) throw new Error(reply.statusText);
    const why = answer.detail ?? message("uploads.lost", { name: called });
    if (![429, 503].includes(reply.status) || !left) return { problem: why };
    const reason = why.replace(ASK_AGAIN, "");
    say(message("uploads.waits", { name: called, why: translated("errors", reason) }));
    await new Promise((done) => setTimeout(done, 1000 * Number(reply.headers.get("Retry-After") || 5)));
    what.signal.throwIfAborted();
  }
}

// The reply is a line of JSON for each step; the last tells the document, or why it was not taken.
async function followed(reply, called) {
  const reader = reply.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let last = null;
  for (;;) {
    const { value, done } = await reader.read();
    // until then, the server takes no other document of ours
    if (done && last) return last;
    if (done) throw new Error("the reply has no end");
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const step of lines.map((one) => JSON.parse(one))) {
      if (step.document || step.problem) last = step;
      else if (step.step === "fetching") say(message("uploads.getting", { name: called }));
      else if (step.step === "reading") say(message("uploads.reading", { name: called }));
      else {
        bar.max = step.of;
        bar.value = step.done;
        say(message("uploads.preparing", { name: called }));
      }
    }
  }
}

function show(known, now) {
  documents = known;
  session.setItem(COUNT, String(documents.length));
  for (const id of records.keys()) if (!has(id)) records.delete(id);
  const rows = documents.map((one) => {
    const gone = element("button", { type: "button", className: "pq-own-delete", textContent: message("uploads.delete") });
    gone.setAttribute("aria-label", message("uploads.deleteOne", { title: one.title }));
    gone.addEventListener("click", () => remove(one));
    return element("div", { className: "pq-own-row" }, radio(one.id, one.title), gone);
  });
  if (documents.length > 1) rows.push(radio(MINE, message("uploads.all")));
  rows.push(radio(EVERYTHING, message("uploads.everything")));
  choices.replaceChildren(element("legend", { textContent: message("uploads.askAbout") }), radio("", message("uploads.chat")), ...rows);
  choices.hidden = !documents.length;
  choose(now);
}

function radio(id, title) {
  const input = element("input", { type: "radio", name: "pq-own-choice", value: id });
  input.addEventListener("change", () => choose(id));
  return element("label", { className: "pq-own-choice" }, input, element("span", { textContent: title }));
}

function choose(id) {
  const input = [...choices.querySelectorAll("input")].find((one) => one.value === id);
  if (!input) return choose("");
  input.checked = true;
  session.setItem(CHOSEN, id);
  document.body.classList.toggle("pq-mine", Boolean(id));
  tell("own", id && input.nextSibling.textContent);
  if (id === chosen) return;
  chosen = id;
  starters.replaceChildren();
  begun = questions();
  offering.abort();
  offering = new AbortController();
  const { signal } = offering;
  // behind the documents that are still to come
  if (has(id)) line.then(() => offer(id, TRIES, signal));
  whenThere("#pq-own :is(textarea, input)", () => write("#pq-own", chosen));
  if (id !== MINE && id !== EVERYTHING) open(id || LIBRARY);
}

// Questions to begin with; that there are none yet, or none at all, is no trouble to tell of.
async function offer(id, left, signal) {
  if (signal.aborted || waiting) return;
  const reply = await fetch(`${ROUTE}${conversation}/${id}/questions`, { signal }).catch(() => null);
  // after a reload the server may not have taken the document over yet
  const again = reply?.status === 503 ? left : reply?.status === 404 && left > TRIES - 3;
  if (again) return void setTimeout(offer, 5000, id, left - 1, signal);
  if (!reply?.ok || questions() > begun) return;
  const offered = await reply.json().catch(() => null);
  if (signal.aborted || !offered) return;
  starters.replaceChildren(element("span", { textContent: message("uploads.begin") }), ...offered.questions.map((textContent) => {
    const button = element("button", { type: "button", lang: ARTICLE, textContent });
    button.addEventListener("click", () => ask(textContent));
    return button;
  }));
}

function questions() {
  return document.querySelectorAll('#chat [data-testid="user"]').length;
}

async function remove({ id, title }) {
  // questions to begin with that are still drafted would find the document gone
  if (id === chosen) offering.abort();
  const reply = await fetch(`${ROUTE}${conversation}/${id}`, { method: "DELETE" });
  if (!reply.ok && reply.status !== 404) return say(translated("errors", (await reply.json()).detail));
  clear();
  const left = documents.filter((one) => one.id !== id);
  show(left, left.at(-1)?.id ?? "");
  refresh(chosen || LIBRARY);
  say(message("uploads.deleted", { title }));
  add.focus();
}

function unfold(shown) {
  panel.hidden = !shown;
  add.setAttribute("aria-expanded", String(shown));
}

function say(what) {
  told = questions();
  if (said.textContent !== what) said.textContent = what;
}

function refuse(...problems) {
  say("");
  if (problems.length) wrong.append(...problems.map((textContent) => element("li", { textContent })));
  else wrong.replaceChildren();
  wrong.hidden = !wrong.children.length;
}

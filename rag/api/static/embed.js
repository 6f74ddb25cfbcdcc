// The chat in a frame: asks /api/ask and shows the answer. Questions and answers are written as text, never as markup.
// Addresses are relative, so that it also works below a path of a proxy.

import { ARTICLE, language, message, translated } from "./locale.js";

const REASONS = { nothing_near: "answer.nothingNear", not_stated: "answer.notStated" };
const [log, form, box, starters] = ["log", "ask", "question", "starters"].map((id) => document.getElementById(id));
const button = form.querySelector("button");
const wanted = new URLSearchParams(location.search).get("article") || null;
// A page may have a frame for each article, and a reader goes from page to page: each has a conversation of its own.
const KEY = `pullquote-embed ${wanted ?? ""}`;
let several = false;
let article = null;
let conversation = recalled();
let busy = false;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = box.value.trim();
  if (busy || !question) return;
  box.value = "";
  ask(question);
});

begin();

async function begin() {
  try {
    const { articles, total } = await got("api/articles?limit=1");
    several = total > 1;
    article = wanted ?? (several ? null : articles[0].id);
    const shown = article && await got(`api/articles/${encodeURIComponent(article)}`);
    if (shown) quotation(document.getElementById("title"));
    name(shown ? shown.title : message("embed.articles", { count: total }));
    suggest(shown ? shown.starters : []);
  } catch (problem) {
    report(problem, begin);
    return;
  }
  form.hidden = false;
  await resume();
}

async function ask(question, literally = false) {
  wait(true);
  log.append(quotation(element("p", "asked", question)));
  const step = element("p", "busy", message("embed.searching"));
  log.append(step);
  step.scrollIntoView({ block: "nearest" });
  try {
    conversation.kept ||= remembered();
    show(await got("api/ask", { question, article, conversation: conversation.id, literally }));
  } catch (problem) {
    report(problem, () => ask(question, literally));
  } finally {
    step.remove();
    wait(false);
  }
}

async function got(address, question) {
  const options = question && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  };
  let reply;
  try {
    reply = await fetch(address, { credentials: "omit", ...options });
  } catch {
    throw { text: message("embed.unreachable"), again: true };
  }
  if (reply.ok) return reply.json();
  const { detail } = await reply.json().catch(() => ({}));
  const seconds = Number(reply.headers.get("Retry-After"));
  const later = seconds ? message("embed.later", { count: seconds }) : message("embed.soon");
  if (reply.status === 429) throw { text: message("embed.limit", { later }), again: true };
  if (reply.status === 503) throw { text: message("embed.busy", { later }), again: true };
  if ([404, 422].includes(reply.status) && !question) throw { text: message("embed.noArticle") };
  throw { text: typeof detail === "string" ? translated("errors", detail) : message("embed.failed"), again: reply.status >= 500 };
}

function report(problem, again) {
  // an error of this script is not a problem of the server: it goes to the console
  if (!problem.text) throw problem;
  const line = element("div", "problem");
  line.append(element("p", "", problem.text));
  if (problem.again) {
    line.append(action(message("embed.again"), () => {
      if (busy) return;
      if (line.previousElementSibling?.className === "asked") line.previousElementSibling.remove();
      line.remove();
      again();
    }));
  }
  log.append(line);
  line.scrollIntoView({ block: "nearest" });
}

function show(answer) {
  const shown = element("div", "answer");
  const talk = answer.status === "small_talk";
  if (!talk && (answer.understood_as !== answer.question || answer.in_light_of)) {
    const as = answer.understood_as !== answer.question && answer.understood_as;
    const understood = element("p", "aside");
    for (const [key, question] of [["answer.understood", as], ["answer.inLightOf", answer.in_light_of]]) {
      if (question) understood.append(`${message(key)} `, quotation(element("span", "", question)), " ");
    }
    understood.append(action(message("embed.asTyped"), () => busy || ask(answer.question, true)));
    shown.append(understood);
  }
  if (talk) shown.append(element("p", "", translated("talk", answer.text)));
  else if (answer.status === "not_in_article") shown.append(...refusal(answer));
  else shown.append(...given(answer));
  log.append(shown);
  (shown.previousElementSibling ?? shown).scrollIntoView({ block: "nearest" });
  shown.scrollIntoView({ block: "nearest" });
}

function given(answer) {
  if (answer.status === "overview") {
    return [
      element("p", "words", message("answer.overview")),
      ...answer.citations.map((cited) => quoted(cited, [])),
    ];
  }
  return [
    words(answer),
    ...answer.citations.map((cited) => quoted(cited, answer.spans)),
    ...(answer.missing ? [missing(answer.missing)] : []),
  ];
}

function missing(question) {
  const said = element("p", "aside", `${message("answer.missing")} `);
  said.append(quotation(element("span", "", question)));
  return said;
}

// The doubt is a part of the words, so that nobody hears them without it.
function words(answer) {
  const shown = quotation(element("p", "words"));
  if (answer.status === "unsure") {
    shown.append(Object.assign(element("span", "unsure", message("answer.unsure")), { lang: language }), " ");
  }
  shown.append(answer.text);
  return shown;
}

function refusal(answer) {
  const rivals = answer.closest.slice(0, answer.competing.length);
  const others = answer.closest.slice(rivals.length);
  const words = answer.competing.map((span) => message("place.heading", { heading: span.text })).join(` ${message("embed.or")} `);
  const foreign = answer.reason === "not_english";
  const none = message(foreign ? "answer.notEnglish" : "answer.notInArticle");
  const opened = rivals.length ? [] : others.splice(0, 1);
  const reason = REASONS[answer.reason] && message(REASONS[answer.reason]);
  const said = rivals.length ? [message("answer.competing"), words]
    : [none, reason, opened.length && message("answer.closest")];
  const parts = [
    element("p", "refusal", said.filter(Boolean).join(" ")),
    ...rivals.map((sentence) => quoted(sentence, answer.competing)),
    ...opened.map((sentence) => quoted(sentence, [])),
  ];
  if (others.length) {
    const more = element("details", "");
    const list = element("ul", "");
    list.append(...others.map((sentence) => quotation(element("li", "", sentence.quote))));
    more.append(element("summary", "", message("answer.more")), list);
    parts.push(more);
  }
  return parts;
}

// Offsets count code points, and JavaScript's strings count UTF-16 units: so the sentence is split into code points.
function quoted(sentence, spans) {
  const marks = [...sentence.quote];
  const words = (start, end) => marks.slice(start, end).join("");
  const inside = spans
    .filter((span) => span.article === sentence.article && sentence.start <= span.start && span.end <= sentence.end)
    .map((span) => [span.start - sentence.start, span.end - sentence.start])
    .sort(([one], [other]) => one - other);
  const block = quotation(element("blockquote", ""));
  let place = 0;
  for (const [start, end] of inside) {
    block.append(words(place, start), element("mark", "", words(start, end)));
    place = end;
  }
  const number = sentence.number ? `[${sentence.number}] ` : "";
  const title = several ? `${sentence.title}, ` : "";
  const { page, heading, paragraph } = sentence.place;
  const found = page ? `${message("place.page", { number: page })}, `
    : heading ? `${message("place.heading", { heading })}, ` : "";
  const counted = found && paragraph ? `${message("place.paragraph", { number: paragraph })}, ` : "";
  const source = `${number}${title}${found}${counted}${message("place.sentence", { number: sentence.sentence + 1 })}`;
  block.append(words(place), Object.assign(element("cite", "", source), { lang: language }));
  return block;
}

function suggest(questions) {
  starters.replaceChildren(...questions.slice(0, 3).map((one) => quotation(action(one, () => busy || ask(one)))));
  starters.hidden = !questions.length;
}

function name(title) {
  document.getElementById("title").textContent = title;
  document.title = `${title} · Pullquote`;
}

function wait(waiting) {
  busy = waiting;
  if (waiting) starters.hidden = true;
  button.setAttribute("aria-disabled", String(waiting));
  log.setAttribute("aria-busy", String(waiting));
}

function action(text, act) {
  const made = element("button", "", text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

// What is the article's or the reader's, in whatever language the page speaks.
function quotation(one) {
  return Object.assign(one, { lang: ARTICLE });
}

function element(kind, style, text = "") {
  const made = document.createElement(kind);
  if (style) made.className = style;
  made.textContent = text;
  return made;
}

// The server keeps the conversation under its id, a random secret; after a reload it is shown again. If the browser
// stores nothing for a frame, the conversation lasts as long as the page.
function recalled() {
  let id = null;
  try {
    id = sessionStorage.getItem(KEY);
  } catch {
    // not allowed here
  }
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return { kept: id !== null, id: id ?? [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("") };
}

function remembered() {
  try {
    sessionStorage.setItem(KEY, conversation.id);
  } catch {
    // not allowed here
  }
  return true;
}

async function resume() {
  if (!conversation.kept) return;
  const reply = await fetch(`pullquote/conversation/${conversation.id}.json`, { credentials: "omit" });
  if (!reply.ok) return;
  const { turns } = await reply.json();
  for (const answer of turns) {
    log.append(quotation(element("p", "asked", answer.question)));
    show(answer);
  }
  if (turns.length) starters.hidden = true;
}

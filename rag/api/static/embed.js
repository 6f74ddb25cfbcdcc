// The chat in a frame: asks /api/ask and shows the answer. Questions and answers are written as text, never as markup.
// Addresses are relative, so that it also works below a path of a proxy.

const REASONS = {
  nothing_near: "Nothing in the article is near the question.",
  not_stated: "Parts of the article are about the topic, but none answers the question.",
};
const COMPETING = "The article gives two possible answers:";
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
    name(shown ? shown.title : `${total} articles`);
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
  log.append(element("p", "asked", question));
  const step = element("p", "busy", "Searching the article …");
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
    throw { text: "The chat cannot be reached. Is it still running, and are you online?", again: true };
  }
  if (reply.ok) return reply.json();
  const { detail } = await reply.json().catch(() => ({}));
  const seconds = Number(reply.headers.get("Retry-After"));
  const later = seconds ? `Try again in ${seconds} ${seconds === 1 ? "second" : "seconds"}.` : "Try again in a moment.";
  if (reply.status === 429) throw { text: `That were many questions in a short time. ${later}`, again: true };
  if (reply.status === 503) throw { text: `Many others are asking just now. ${later}`, again: true };
  if ([404, 422].includes(reply.status) && !question) throw { text: "There is no such article here. The address of this chat is wrong." };
  throw { text: typeof detail === "string" ? detail : "That did not work.", again: reply.status >= 500 };
}

function report(problem, again) {
  // an error of this script is not a problem of the server: it goes to the console
  if (!problem.text) throw problem;
  const line = element("div", "problem");
  line.append(element("p", "", problem.text));
  if (problem.again) {
    line.append(action("Try again", () => {
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
    const as = answer.understood_as !== answer.question ? `Understood as: ${answer.understood_as} ` : "";
    const light = answer.in_light_of ? `In the light of: ${answer.in_light_of} ` : "";
    const understood = element("p", "aside", as + light);
    understood.append(action("Ask as typed", () => busy || ask(answer.question, true)));
    shown.append(understood);
  }
  if (talk) shown.append(element("p", "", answer.text));
  else if (answer.status === "not_in_article") shown.append(...refusal(answer));
  else shown.append(...given(answer));
  log.append(shown);
  (shown.previousElementSibling ?? shown).scrollIntoView({ block: "nearest" });
  shown.scrollIntoView({ block: "nearest" });
}

function given(answer) {
  if (answer.status === "overview") {
    return [
      element("p", "words", "In its own words, the article is about:"),
      ...answer.citations.map((cited) => quoted(cited, [])),
    ];
  }
  return [
    words(answer),
    ...answer.citations.map((cited) => quoted(cited, answer.spans)),
  ];
}

// The doubt is a part of the words, so that nobody hears them without it.
function words(answer) {
  const shown = element("p", "words");
  if (answer.status === "unsure") shown.append(element("span", "unsure", "Unsure: check the sentence"), " ");
  shown.append(answer.text);
  return shown;
}

function refusal(answer) {
  const rivals = answer.closest.slice(0, answer.competing.length);
  const others = answer.closest.slice(rivals.length);
  const words = answer.competing.map((span) => `“${span.text}”`).join(" or ");
  const foreign = answer.reason === "not_english";
  const none = foreign ? "I read English, and this article is in another language." : "The article doesn't say this.";
  const opened = rivals.length ? [] : others.splice(0, 1);
  const said = rivals.length ? [COMPETING, words] : [none, REASONS[answer.reason], opened.length && "Closest passages:"];
  const parts = [
    element("p", "refusal", said.filter(Boolean).join(" ")),
    ...rivals.map((sentence) => quoted(sentence, answer.competing)),
    ...opened.map((sentence) => quoted(sentence, [])),
  ];
  if (others.length) {
    const more = element("details", "");
    const list = element("ul", "");
    list.append(...others.map((sentence) => element("li", "", sentence.quote)));
    more.append(element("summary", "", "More passages"), list);
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
  const block = element("blockquote", "");
  let place = 0;
  for (const [start, end] of inside) {
    block.append(words(place, start), element("mark", "", words(start, end)));
    place = end;
  }
  const number = sentence.number ? `[${sentence.number}] ` : "";
  const title = several ? `${sentence.title}, ` : "";
  const { page, heading, paragraph } = sentence.place;
  const found = page ? `page ${page}, ` : heading ? `“${heading}”, ` : "";
  const counted = found && paragraph ? `paragraph ${paragraph}, ` : "";
  const source = `${number}${title}${found}${counted}sentence ${sentence.sentence + 1}`;
  block.append(words(place), element("cite", "", source));
  return block;
}

function suggest(questions) {
  starters.replaceChildren(...questions.slice(0, 3).map((one) => action(one, () => busy || ask(one))));
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
    log.append(element("p", "asked", answer.question));
    show(answer);
  }
  if (turns.length) starters.hidden = true;
}

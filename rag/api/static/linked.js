// A link to one answer names an article, a question and a sentence. Nothing of it is believed: the question is asked anew,
// of the article as it is now, and the sentence is marked only where the article has it.

import { choose, several } from "./chooser.js";
import { mark, parse } from "./citations.js";
import { message } from "./locale.js";
import { makeNotice } from "./notice.js";
import { ask, write } from "./page.js";
import { lose } from "./reach.js";

const ID = /^[0-9a-z_]{1,64}$/;

const notice = makeNotice();

addEventListener("hashchange", follow);

export async function follow() {
  const link = new URLSearchParams(location.hash.slice(1));
  const [article, question, earlier] = ["article", "question", "earlier"].map((name) => link.get(name));
  const cited = parse({ hash: `#cite-${link.get("sentence")}` });
  if (!cited || !ID.test(article) || !question) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  notice.hide();
  const reply = await fetch(`api/articles/${article}`).catch(() => null);
  if (!reply) return lose();
  if (!reply.ok) {
    write("#question", question);
    return notice.show(message("chat.linkGone"));
  }
  const { id, title, sha256, sentences } = await reply.json();
  [...document.querySelectorAll(".pq-own-choices input")].find((one) => !one.value)?.click();
  if (await several) choose({ id, title });
  // a follow-up is read in the light of what was asked before it
  if (earlier) await answered(earlier);
  const links = (await answered(question)).querySelectorAll("blockquote a.pq-cite");
  const now = [...links].map(parse);
  const same = now.find(({ selector }) => selector === cited.selector);
  if (same) return mark(same);
  if (sha256.startsWith(cited.article) && cited.number < sentences.length) {
    mark(cited);
    return notice.show(message("chat.linkOther"));
  }
  if (now.length) mark(now[0]);
  notice.show(message("chat.linkChanged"));
}

function answered(question) {
  const chat = document.querySelector("#chat");
  const all = (who) => [...chat.querySelectorAll(`[data-testid="${who}"]`)];
  const plain = (text) => text.replace(/\s+/g, " ").trim();
  const before = all("bot").length;
  return new Promise((done) => {
    new MutationObserver((_, watching) => {
      const given = all("bot");
      // not what was resumed after a reload, nor what a person asks meanwhile
      if (given.length <= before || plain(all("user").at(-1)?.textContent ?? "") !== plain(question)) return;
      if (!given.every((reply) => reply.querySelector(".pq-acts"))) return;
      watching.disconnect();
      done(given.at(-1));
    }).observe(chat, { childList: true, subtree: true });
    ask(question);
  });
}

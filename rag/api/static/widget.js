// The chat in the page of another site: <script src="https://HOST/widget.js" data-article="ID" async></script>, or <pull-quote>.
// One file without imports, so that it runs as a classic script and as a module. Questions and answers are
// written as text, never as markup; nothing is stored; the page's own document is not changed. docs/widget.md says what a page can set.

(() => {
  "use strict";

  const NAME = "pull-quote";
  const PATIENCE = 30_000;
  const LONGEST = 500;
  // Of the characters of a quotation, at most one in so many may differ in a page that words it a little differently.
  const ONE_IN = 5;
  const NEVER_READ = `${NAME}, head, script, style, noscript, template, textarea, select, iframe, svg, canvas, video,
    audio, object`;
  const SETTINGS = ["article", "host", "theme", "position", "title", "greeting", "starters", "lang"];
  const CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");
  // Asked of the prototype: an element of the page with the name "currentScript" would take the script's place.
  const SCRIPT = Reflect.get(Document.prototype, "currentScript", document) ?? document.querySelector('script[type="module"][src*="/widget.js"]');
  const HOST = SCRIPT?.src ? new URL(".", SCRIPT.src).href : "";

  // In each language: the server writes it here.
  const LABELS = "MESSAGES";

  // In a shadow root !important beats the page's own !important, so nothing a page says about the element counts.
  // Custom properties are the exception, and meant for that. Sizes are in em: rem would be the page's.
  const STYLE = `
    :host {
      all: initial !important; display: block !important; position: fixed !important; z-index: 2147483647 !important;
      bottom: calc(var(--pullquote-offset, 1em) + var(--pullquote-slot, 0) * 3.75em) !important;
      right: var(--pullquote-offset, 1em) !important; overflow: visible !important;
    }
    :host([data-position="left"]) { right: auto !important; left: var(--pullquote-offset, 1em) !important; }
    :host([data-position="inline"]) {
      position: relative !important; inset: auto !important; z-index: auto !important;
    }
    :host([hidden]) { display: none !important; }
    @media print { :host { display: none !important; } }
    .root {
      --back: var(--pullquote-background, #fff); --text: var(--pullquote-text, #1f2328);
      --soft: var(--pullquote-soft, #f1f3f5); --edge: var(--pullquote-edge, #767c84);
      --accent: var(--pullquote-accent, #0b57d0); --on-accent: var(--pullquote-on-accent, #fff);
      --words: var(--pullquote-words, #ffc83d); --on-words: var(--pullquote-on-words, #1c1400);
      font: 1em/1.5 var(--pullquote-font, system-ui, sans-serif); color: var(--text); color-scheme: light;
    }
    .root[data-theme="dark"] {
      --back: var(--pullquote-background, #1c1f24); --text: var(--pullquote-text, #e8eaed);
      --soft: var(--pullquote-soft, #2a2e35); --edge: var(--pullquote-edge, #8d949e);
      --accent: var(--pullquote-accent, #a8c7fa); --on-accent: var(--pullquote-on-accent, #062e6f);
      color-scheme: dark;
    }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    button, input { font: inherit; color: inherit; }
    button {
      cursor: pointer; border: 1px solid var(--edge); border-radius: 999px; background: none; padding: .25em .9em;
    }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .launcher, .send { background: var(--accent); color: var(--on-accent); border-color: var(--accent); }
    .launcher {
      padding: .6em 1.2em; font-weight: 600; box-shadow: 0 2px 10px rgb(0 0 0 / 35%);
      max-inline-size: calc(100vw - 2em); min-block-size: 3em;
    }
    .root[data-open] .launcher { inline-size: 2em; min-block-size: 2em; padding: 0; font-size: 1.5em; line-height: 1; }
    /* The launcher keeps its corner: what appears stands beside it, or above it where there is no room. */
    .bar { display: flex; flex-flow: row-reverse wrap-reverse; align-items: center; gap: .5em; }
    .root[data-position="left"] .bar, .root[dir="rtl"] .bar { flex-direction: row; }
    .root[data-position="left"][dir="rtl"] .bar { flex-direction: row-reverse; }
    .unmark { background: var(--back); }
    .bar .unmark { padding: .6em 1.2em; box-shadow: 0 2px 10px rgb(0 0 0 / 35%); min-block-size: 3em; }
    .panel {
      display: flex; flex-direction: column; background: var(--back); overflow: auto; overflow-wrap: anywhere;
      border: 1px solid var(--edge); border-radius: var(--pullquote-radius, .75em);
      block-size: var(--pullquote-height, 38em);
    }
    .root:not([data-position="inline"]) .panel {
      --below: calc(var(--pullquote-offset, 1em) + (var(--pullquote-slot, 0) + 1) * 3.75em);
      position: fixed; bottom: var(--below); right: var(--pullquote-offset, 1em);
      inline-size: min(var(--pullquote-width, 26em), calc(100vw - 2em)); box-shadow: 0 6px 30px rgb(0 0 0 / 35%);
      block-size: min(var(--pullquote-height, 38em), calc(100dvh - var(--below) - 1em));
    }
    .root[data-position="left"] .panel { right: auto !important; left: var(--pullquote-offset, 1em); }
    .root[data-aside] .panel { block-size: min(17em, 45dvh) !important; }
    @media (max-width: 30em), (max-height: 30em) {
      .root:not([data-position="inline"]) .panel {
        inset: auto 0 0 0 !important; inline-size: 100vw; block-size: 100dvh;
      }
      .root:not([data-position="inline"])[data-open] .launcher { display: none; }
    }
    .panel > * { flex-shrink: 0; }
    .header {
      display: flex; flex-wrap: wrap; gap: .5em; align-items: center; padding: .6em 1em; background: var(--soft);
    }
    .title { flex: 1; margin: 0; font-size: 1em; font-weight: 700; }
    .log { flex: 1 1 4em; min-block-size: 4em; overflow-y: auto; padding: 0 1em; overscroll-behavior: contain; }
    .log:focus-visible { outline-offset: -3px; }
    .greeting, .understood, .missing, .progress { font-style: italic; }
    .unsure {
      display: block; inline-size: fit-content; margin-block-end: .25em; padding: 0 .7em; font-weight: 600;
      background: color-mix(in srgb, var(--words) 25%, var(--back)); border: 1px solid var(--doubt); border-radius: 999px;
    }
    .answer:has(.unsure) {
      --doubt: color-mix(in srgb, var(--words) 55%, var(--text));
      border-inline-start: 6px solid var(--doubt); padding-inline-start: .7em;
    }
    .turn { border-block-start: 1px solid var(--soft); }
    .question { margin: 1em 0 .5em; padding: .4em .8em; border-radius: .6em; background: var(--soft); }
    .answer { font-weight: 700; margin: .5em 0; }
    .refusal { background: var(--soft); border-inline-start: 3px solid var(--edge); padding: .4em .8em; }
    .quote { margin: .6em 0; border-inline-start: 3px solid var(--words); padding: .1em .8em; }
    .quote p { margin: 0 0 .25em; }
    mark { background: var(--words); color: var(--on-words); border-radius: 2px; }
    summary { cursor: pointer; }
    .citation, .literally, .again, .copy { color: var(--accent); border-color: currentColor; font-size: .9em; }
    .starters { display: flex; flex-wrap: wrap; gap: .4em; padding: .5em 1em; margin: 0; list-style: none; }
    .starter { text-align: start; border-radius: 1em; }
    .copy { margin-block-end: .75em; }
    .notice, .problem {
      margin: 0; padding: .6em 1em; border-block-start: 1px solid var(--edge); background: var(--soft);
    }
    .notice {
      display: flex; flex-wrap: wrap; gap: .25em .75em; align-items: center; max-block-size: 40%; overflow-y: auto;
    }
    .notice[data-empty] { padding: 0; border: 0; }
    .status { margin: 0; }
    .form { display: flex; gap: .5em; padding: .75em 1em; border-block-start: 1px solid var(--edge); }
    .input {
      flex: 1; min-inline-size: 0; padding: .4em .7em; background: var(--back);
      border: 1px solid var(--edge); border-radius: .6em;
    }
    .input::placeholder { color: inherit; opacity: .75; }
    .unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
    .progress::after { content: " …"; }
    @media (pointer: coarse) { button, summary, .input { min-block-size: 44px; align-content: center; } }
    @media (prefers-reduced-motion: no-preference) {
      .progress { animation: breathe 1.6s ease-in-out infinite alternate; }
      @keyframes breathe { from { opacity: 1; } to { opacity: .75; } }
    }
  `;

  // ---- Finding a quotation in the page's own text

  const QUOTE_MARKS = [["‘’‚‛′`´", "'"], ["“”„‟″«»", '"'], ["‐‑‒–—―−", "-"]];
  const FOLDED = new Map(QUOTE_MARKS.flatMap(([marks, plain]) => [...marks].map((mark) => [mark, plain])));

  // White space, marks that cannot be seen, accents and capitals do not tell one sentence from another.
  function foldedCharacter(character) {
    let plain = FOLDED.get(character);
    if (plain === undefined) {
      plain = character.normalize("NFKD").replace(/[\s\p{Cf}\p{M}]/gu, "").toLowerCase();
      FOLDED.set(character, plain);
    }
    return plain;
  }

  function folded(text) {
    let plain = "";
    for (const character of text) plain += foldedCharacter(character);
    return plain;
  }

  // The page's folded text, and for each of its units the text node and the offsets it comes from.
  function readPage(selector) {
    const page = { text: "", nodes: [], starts: [], ends: [] };
    const found = [...document.querySelectorAll(selector)];
    const parts = [];
    for (const root of found.filter((one) => !found.some((other) => other !== one && other.contains(one)))) {
      const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, readable);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) readNode(node, page, parts);
    }
    page.text = parts.join("");
    return page;
  }

  function readable(node) {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    // By name, for a page may well show its scripts: * { all: unset } makes them inline text.
    if (node.matches(NEVER_READ)) return NodeFilter.FILTER_REJECT;
    return isShown(node) ? NodeFilter.FILTER_SKIP : NodeFilter.FILTER_REJECT;
  }

  function isShown(element) {
    if (getComputedStyle(element).display === "contents") return true;
    return element.checkVisibility?.({ visibilityProperty: true }) ?? element.getClientRects().length > 0;
  }

  function readNode(node, page, parts) {
    let offset = 0;
    for (const character of node.data) {
      for (const unit of foldedCharacter(character).split("")) {
        parts.push(unit);
        page.nodes.push(node);
        page.starts.push(offset);
        page.ends.push(offset + character.length);
      }
      offset += character.length;
    }
  }

  function rangeOf(page, { start, end }) {
    const range = document.createRange();
    range.setStart(page.nodes[start], page.starts[start]);
    range.setEnd(page.nodes[end - 1], page.ends[end - 1]);
    return range;
  }

  // Where the page has the quotation: word for word if it can be, else with the fewest differences.
  function locate(page, { quote, prefix = "", suffix = "" }) {
    const wanted = folded(quote);
    if (!wanted) return null;
    const before = folded(prefix);
    const after = folded(suffix);
    let places = everywhere(page.text, wanted);
    const exact = places.length > 0;
    if (!exact) places = nearest(page.text, wanted, Math.floor(wanted.length / ONE_IN));
    const fit = ({ start, end }) => {
      const context = alike(before, page.text.slice(Math.max(0, start - before.length), start), -1);
      return 4 * (context + alike(after, page.text.slice(end, end + after.length), 1)) + standing(page.nodes[start]);
    };
    const judged = places.map((place) => ({ ...place, exact, fit: fit(place) }));
    return judged.sort((one, other) => other.fit - one.fit)[0] ?? null;
  }

  function everywhere(text, wanted) {
    const places = [];
    for (let start = text.indexOf(wanted); start >= 0; start = text.indexOf(wanted, start + 1)) {
      places.push({ start, end: start + wanted.length });
    }
    return places;
  }

  // How many characters two texts have in common from the border between them and the quotation.
  function alike(one, other, direction) {
    let count = 0;
    while (count < one.length && count < other.length) {
      const at = direction > 0 ? count : -1 - count;
      if (one.at(at) !== other.at(at)) break;
      count++;
    }
    return count;
  }

  function standing(node) {
    return node.parentElement.closest("article") ? 2 : node.parentElement.closest("main") ? 1 : 0;
  }

  // Sellers' alignment of the whole quotation with any stretch of the text, at most `most` characters added, lost or
  // changed; rows that can no longer lead to one are left out (Ukkonen): a million characters take half a second.
  function nearest(text, wanted, most) {
    const rows = wanted.length;
    const cost = Uint32Array.from({ length: rows + 1 }, (_, row) => row);
    const from = new Uint32Array(rows + 1);
    let last = Math.min(most, rows);
    let fewest = most;
    let places = [];
    for (let column = 0; column < text.length; column++) {
      let [diagonal, diagonalFrom] = [0, column];
      from[0] = column;
      for (let row = 1; row <= Math.min(last + 1, rows); row++) {
        let [least, leastFrom] = [diagonal + (wanted[row - 1] === text[column] ? 0 : 1), diagonalFrom];
        if (cost[row] + 1 < least) [least, leastFrom] = [cost[row] + 1, from[row]];
        if (cost[row - 1] + 1 < least) [least, leastFrom] = [cost[row - 1] + 1, row === 1 ? column + 1 : from[row - 1]];
        [diagonal, diagonalFrom] = [cost[row], from[row]];
        [cost[row], from[row]] = [least, leastFrom];
      }
      last = Math.min(last + 1, rows);
      while (cost[last] > most) last--;
      if (last < rows || cost[rows] > fewest) continue;
      if (cost[rows] < fewest) places = [];
      fewest = cost[rows];
      places.push({ start: from[rows], end: column + 1 });
    }
    return places.filter(({ start, end }) => end > start);
  }

  // The answer's words within the sentence that was found, as folded places in the page.
  function wordsThere(page, place, quote, words) {
    return words.flatMap(([from, to]) => {
      const wanted = folded(quote.slice(from, to));
      const start = place.start + folded(quote.slice(0, from)).length;
      if (place.exact) return [{ start, end: start + wanted.length }];
      const inside = everywhere(page.text.slice(place.start, place.end), wanted);
      const starts = inside.map((there) => there.start + place.start);
      const [closest] = starts.sort((one, other) => Math.abs(one - start) - Math.abs(other - start));
      return wanted && closest !== undefined ? [{ start: closest, end: closest + wanted.length }] : [];
    });
  }

  // ---- Painting it

  let painters = 0;

  class Painter {
    #sentence = `pullquote-sentence-${++painters}`;
    #words = `pullquote-words-${painters}`;
    #sheet = new CSSStyleSheet();
    #marks = [];
    painted = false;

    constructor() {
      this.#sheet.replaceSync(`
        ::highlight(${this.#sentence}) {
          background-color: var(--pullquote-sentence, #fff3c4); color: var(--pullquote-on-sentence, #1c1400);
        }
        ::highlight(${this.#words}) {
          background-color: var(--pullquote-words, #ffc83d); color: var(--pullquote-on-words, #1c1400);
        }
      `);
    }

    paint(page, sentence, words) {
      this.clear();
      this.painted = true;
      if (!CSS.highlights) {
        this.#mark(page, sentence, words);
        return;
      }
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, this.#sheet];
      CSS.highlights.set(this.#sentence, new Highlight(rangeOf(page, sentence)));
      const strong = new Highlight(...words.map((place) => rangeOf(page, place)));
      strong.priority = 1;
      CSS.highlights.set(this.#words, strong);
    }

    clear() {
      this.painted = false;
      CSS.highlights?.delete(this.#sentence);
      CSS.highlights?.delete(this.#words);
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== this.#sheet);
      for (const mark of this.#marks) {
        const parent = mark.parentNode;
        mark.replaceWith(...mark.childNodes);
        parent?.normalize();
      }
      this.#marks = [];
    }

    // Without the Highlight API there is no way but to write into the page. From the end, so that offsets stay right.
    #mark(page, sentence, words) {
      for (let end = sentence.end; end > sentence.start; ) {
        const strong = words.some((word) => word.start < end && end <= word.end);
        let start = end - 1;
        const sameKind = (unit) => words.some((word) => word.start <= unit && unit < word.end) === strong;
        while (start > sentence.start && page.nodes[start - 1] === page.nodes[end - 1] && sameKind(start - 1)) start--;
        const mark = document.createElement("mark");
        mark.style.setProperty("background-color", strong ? "#ffc83d" : "#fff3c4", "important");
        mark.style.setProperty("color", "#1c1400", "important");
        rangeOf(page, { start, end }).surroundContents(mark);
        this.#marks.push(mark);
        end = start;
      }
    }
  }

  // Brings a range to the middle of the part of the window above `free`; gives where its lower edge will be.
  function bringIntoView(range, free) {
    const box = range.getBoundingClientRect();
    let { top } = box;
    const page = document.scrollingElement ?? document.documentElement;
    for (let parent = range.startContainer.parentElement; parent && parent !== page; parent = parent.parentElement) {
      if (!scrolls(parent)) continue;
      const area = parent.getBoundingClientRect();
      top -= scroll(parent, top - area.top - Math.max(16, (area.height - box.height) / 2));
    }
    top -= scroll(page, top - Math.max(16, (free - box.height) / 2));
    return top + box.height;
  }

  function scrolls(element) {
    if (element === document.body && getComputedStyle(document.documentElement).overflowY === "visible") return false;
    return element.scrollHeight > element.clientHeight && /auto|scroll/.test(getComputedStyle(element).overflowY);
  }

  function scroll(element, by) {
    const before = element.scrollTop;
    const top = Math.max(0, Math.min(before + by, element.scrollHeight - element.clientHeight));
    element.scrollTo({ top, behavior: CALM.matches ? "instant" : "smooth" });
    return top - before;
  }

  // ---- Talking to the server, and finding out why it does not answer

  class Failure extends Error {
    constructor(code, message = "") {
      super(message);
      this.code = code;
    }
  }

  // What only the operator of the page or of the chat can mend. The console tells it, with the way to mend it:
  // a reader of the page can do nothing with either.
  const FOR_OPERATORS = ["origin", "csp", "mixed", "article", "unreachable", "host"];
  const told = new Set();

  function tell(message) {
    if (message && !told.has(message)) console.error(`Pullquote: ${message}`);
    told.add(message);
  }

  function originOf(address) {
    try {
      const { protocol, origin: found } = new URL(address);
      return protocol.startsWith("http") ? found : "";
    } catch {
      return "";
    }
  }

  async function call(host, path, signal, body) {
    const theirs = originOf(host);
    if (!theirs) {
      throw new Failure("host", `“${host}” is no address. Set data-host to the chat's, as https://chat.example`);
    }
    let blocked = false;
    const watch = ({ disposition, blockedURI }) => {
      blocked ||= disposition === "enforce" && blockedURI.startsWith(theirs);
    };
    document.addEventListener("securitypolicyviolation", watch);
    try {
      let reply = await once(host + path, signal, body);
      if (!reply || reply.status === 503) {
        await pause(Math.min(Number(reply?.headers.get("Retry-After")) || 1, 5) * 1_000);
        if (!blocked) reply = await once(host + path, signal, body);
      }
      if (!reply) throw await diagnosis(host, blocked);
      if (reply.status === 200 && reply.data) return reply.data;
      throw refusal(host, path, reply);
    } finally {
      document.removeEventListener("securitypolicyviolation", watch);
    }
  }

  // One request: its reply, or null where the network or the browser stopped it.
  async function once(address, signal, body) {
    const control = new AbortController();
    const stop = () => control.abort();
    const timer = setTimeout(stop, PATIENCE);
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      const reply = await fetch(address, {
        method: body ? "POST" : "GET",
        body: body && JSON.stringify(body),
        headers: body && { "Content-Type": "application/json" },
        credentials: "omit",
        signal: control.signal,
      });
      return { status: reply.status, headers: reply.headers, data: parsed(await reply.text()) };
    } catch (error) {
      if (signal.aborted) throw new Failure("cancelled");
      if (control.signal.aborted) throw new Failure("timeout");
      if (error instanceof TypeError) return null;
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  }

  function refusal(host, path, { status, data }) {
    const detail = typeof data?.detail === "string" ? data.detail : "";
    if (status === 403) return new Failure("origin", detail || notAllowed(host));
    if (status === 429) return new Failure("limit");
    if (status === 503) return new Failure("busy");
    if (data && (status === 404 || (status === 422 && path.startsWith("/api/articles/")))) {
      return new Failure("article", `${host} has no such article. Set data-article to an id of ${host}/api/articles.`);
    }
    if (status === 404 || status === 200) {
      return new Failure("host", `${host}${path} is not a Pullquote server's. Set data-host to the address of yours.`);
    }
    return new Failure("failed", detail || `${host}${path} answered with status ${status}. Look at the server's log.`);
  }

  async function diagnosis(host, blocked) {
    if (blocked) {
      const fix = `Add to it: connect-src ${originOf(host)}`;
      return new Failure("csp", `The page's Content-Security-Policy blocks ${host}. ${fix}`);
    }
    if (location.protocol === "https:" && /^http:(?!\/\/(localhost|127\.|\[::1\]))/.test(host)) {
      return new Failure("mixed", `A page under https cannot ask ${host}. Serve the chat under https.`);
    }
    const check = await peek(`${host}/embed/check?origin=${encodeURIComponent(origin)}`, "cors");
    if (check?.allowed === false) return new Failure("origin", notAllowed(host, check.problems?.[0]?.fix));
    if (check?.allowed) {
      const way = "Look for a proxy or an extension of the browser that does so.";
      return new Failure("unreachable", `${host} allows this page, but a request was stopped on the way. ${way}`);
    }
    if (await peek(`${host}/widget.js`, "no-cors")) return new Failure("origin", notAllowed(host));
    const fix = `Start it, with --allow-origin ${origin}`;
    return new Failure("unreachable", `${host} cannot be reached, or turns pages of ${origin} away. ${fix}`);
  }

  function notAllowed(host, fix) {
    if (origin === "null") return "A page from a file or a sandbox has no origin to be allowed. Serve it under https.";
    return `${host} does not let pages of ${origin} ask. ${fix ?? `Start it with --allow-origin ${origin}`}`;
  }

  // What a request for diagnosis brings: JSON, true where it went through unread, null where it did not.
  async function peek(address, mode) {
    try {
      const signal = AbortSignal.timeout(5_000);
      const reply = await fetch(address, { mode, credentials: "omit", cache: "no-store", signal });
      return mode === "cors" ? parsed(await reply.text()) : true;
    } catch {
      return null;
    }
  }

  function pause(milliseconds) {
    return new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  // ---- The element

  // An element whose part, for the page's styles, is also its class, for ours.
  function make(tag, { part, text, on, ...attributes } = {}, ...children) {
    const made = document.createElement(tag);
    if (part) {
      made.className = part;
      made.setAttribute("part", part);
    }
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    if (text !== undefined) made.textContent = text;
    if (on) made.addEventListener("click", on);
    made.append(...children);
    return made;
  }

  // The stretches of a cited sentence that are the answer; the server counts code points, JavaScript half of them.
  function wordsOf(quoted, spans) {
    const points = [...quoted.quote];
    const units = (count) => points.slice(0, count).join("").length;
    return spans
      .filter((span) => span.article === quoted.article && quoted.start <= span.start && span.end <= quoted.end)
      .map((span) => [units(span.start - quoted.start), units(span.end - quoted.start)])
      .sort((one, other) => one[0] - other[0]);
  }

  function pageIsDark() {
    const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    for (const element of [document.body, document.documentElement]) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = getComputedStyle(element).backgroundColor;
      pen.fillRect(0, 0, 1, 1);
      const [red, green, blue, opacity] = pen.getImageData(0, 0, 1, 1).data;
      if (opacity > 127) return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
    }
    const scheme = getComputedStyle(document.documentElement).colorScheme;
    return scheme.includes("dark") && (!scheme.includes("light") || DARK.matches);
  }

  class PullQuote extends HTMLElement {
    static observedAttributes = [...SETTINGS.map((setting) => `data-${setting}`), "dir"];

    #parts = {};
    #painter = new Painter();
    #connection = null; // aborted when the element leaves the page
    #talk = new AbortController(); // aborted when the conversation is cleared
    #conversation = "";
    #queue = Promise.resolve();
    #busy = false;
    #changed = false;
    #loaded = "";
    #ready = false;
    #starters = [];
    #several = false;
    #words = new WeakMap();
    #url = "";
    #shownBy = null;
    #cameFrom = null;
    #gone = false;

    constructor() {
      super();
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
      this.#build();
    }

    connectedCallback() {
      if (this.#gone) return;
      this.#connection = new AbortController();
      const { signal } = this.#connection;
      const theme = () => this.#setTheme();
      const watcher = new MutationObserver(theme);
      for (const element of [document.documentElement, document.body]) watcher.observe(element, { attributes: true });
      signal.addEventListener("abort", () => watcher.disconnect());
      document.addEventListener("transitionend", theme, { signal });
      DARK.addEventListener("change", theme, { signal });
      document.addEventListener("keydown", (event) => event.key === "Escape" && this.#unmark(), { signal });
      this.#dress();
      this.#load();
    }

    disconnectedCallback() {
      this.#connection?.abort();
      this.#connection = null;
      this.#unmark();
    }

    // Attributes that change together are read together.
    attributeChangedCallback() {
      if (!this.#changed) queueMicrotask(() => this.#renew());
      this.#changed = true;
    }

    #renew() {
      this.#changed = false;
      if (!this.#connection) return;
      this.#dress();
      this.#load();
    }

    // ---- What a page can call

    open() {
      if (this.#gone || !this.#parts.panel.hidden) return;
      if (this.dataset.position !== "inline") for (const other of this.#beside()) if (other !== this) other.close();
      this.#cameFrom = this.shadowRoot.activeElement ? null : document.activeElement;
      this.#toggle(true);
      const { input, again, problem } = this.#parts;
      (problem.hidden ? input : again).focus({ preventScroll: true });
    }

    close() {
      if (this.#gone || this.#parts.panel.hidden) return;
      const inside = this.shadowRoot.activeElement;
      this.#toggle(false);
      if (!inside) return;
      const away = this.#cameFrom?.isConnected && this.#cameFrom !== document.body;
      (away ? this.#cameFrom : this.#parts.launcher).focus({ preventScroll: true });
    }

    ask(question, { literally = false } = {}) {
      this.#queue = this.#queue.then(() => this.#ask(String(question).trim(), literally));
      return this.#queue;
    }

    clear() {
      this.#talk.abort();
      this.#talk = new AbortController();
      // randomUUID exists only in a secure context; the other random id exists everywhere.
      this.#conversation = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
      this.#unmark();
      this.#say("");
      const greeting = this.dataset.greeting ?? this.#label("greeting");
      this.#parts.log.replaceChildren(make("p", { part: "greeting", dir: "auto", text: greeting }));
      this.#offer();
    }

    highlight(quotation) {
      const wanted = typeof quotation === "string" ? { quote: quotation } : quotation;
      if (this.#gone || typeof wanted?.quote !== "string") return false;
      this.#painter.clear();
      const page = this.#read();
      const place = locate(page, wanted);
      const text = place ? rangeOf(page, place).toString() : "";
      if (place) this.#paint(page, place, wanted);
      this.#toggle(!this.#parts.panel.hidden);
      const message = !place ? "notHere" : place.exact ? "shown" : "shownNear";
      this.#say(this.#label(message), place?.exact ? "" : wanted.quote);
      this.#showFocused();
      this.#emit("highlight", { found: Boolean(place), exact: Boolean(place?.exact), text, citation: wanted });
      return Boolean(place);
    }

    destroy() {
      this.#gone = true;
      this.#talk.abort();
      this.remove();
      this.shadowRoot.replaceChildren();
      this.shadowRoot.adoptedStyleSheets = [];
      if (window.Pullquote === this) delete window.Pullquote;
    }

    // ---- What it is made of

    #build() {
      const parts = this.#parts;
      parts.launcher = make("button", {
        part: "launcher", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", "aria-controls": "panel",
        on: () => (parts.panel.hidden ? this.open() : this.close()),
      });
      parts.title = make("h2", { part: "title", id: "title", dir: "auto" });
      parts.clear = make("button", { part: "clear", type: "button", on: () => this.#startAgain() });
      parts.close = make("button", { part: "close", type: "button", on: () => this.close() });
      parts.log = make("div", { part: "log", role: "log", tabindex: "0" });
      parts.status = make("p", { part: "status", role: "status", dir: "auto" });
      parts.notice = make("div", { part: "notice", "data-empty": "" }, parts.status);
      parts.unmark = make("button", {
        part: "unmark", type: "button", "aria-keyshortcuts": "Escape", title: "Esc", on: () => this.#removeMarks(),
      });
      parts.reason = make("span");
      parts.again = make("button", { part: "again", type: "button", on: () => this.#tryAgain() });
      parts.problem = make("p", { part: "problem", role: "alert", hidden: "" }, parts.reason, " ", parts.again);
      parts.starters = make("ul", { part: "starters", hidden: "" });
      parts.label = make("label", { part: "unseen", for: "input" });
      parts.input = make("input", {
        part: "input", id: "input", maxlength: LONGEST, autocomplete: "off", enterkeyhint: "send", dir: "auto",
      });
      parts.send = make("button", { part: "send", type: "submit" });
      parts.form = make("form", { part: "form" }, parts.label, parts.input, parts.send);
      const header = make("div", { part: "header" }, parts.title, parts.clear, parts.close);
      parts.panel = make(
        "div", { part: "panel", id: "panel", "aria-labelledby": "title", hidden: "" },
        header, parts.log, parts.problem, parts.notice, parts.starters, parts.form,
      );
      parts.bar = make("div", { part: "bar" }, parts.launcher);
      parts.root = make("div", { part: "root" }, parts.bar, parts.panel);
      parts.form.addEventListener("submit", (event) => this.#submit(event));
      parts.input.addEventListener("focus", () => delete parts.root.dataset.aside);
      parts.root.addEventListener("keydown", (event) => this.#key(event));
      this.shadowRoot.append(parts.root);
    }

    // Everything that attributes say, said again whenever one changes.
    #dress() {
      const { root, panel, launcher, title, clear, close, log, starters, label, input, send, again, unmark } = this.#parts;
      const inline = this.dataset.position === "inline";
      root.dataset.position = this.dataset.position ?? "right";
      root.dir = getComputedStyle(this).direction;
      root.lang = this.#language();
      panel.setAttribute("role", inline ? "region" : "dialog");
      launcher.hidden = close.hidden = inline;
      title.textContent = this.dataset.title ?? this.#label("title");
      clear.textContent = this.#label("clear");
      close.textContent = this.#label("close");
      label.textContent = input.placeholder = this.#label("question");
      send.textContent = this.#label("send");
      again.textContent = this.#label("again");
      unmark.textContent = this.#label("unmark");
      log.setAttribute("aria-label", this.#label("log"));
      starters.setAttribute("aria-label", this.#label("starters"));
      this.#setTheme();
      this.#float(!inline);
      this.#toggle(inline || !panel.hidden);
    }

    // The top layer is above every z-index. Widgets on the same side stand on each other.
    #float(floats) {
      if (floats && this.showPopover) {
        this.popover = "manual";
        if (!this.matches(":popover-open")) this.showPopover();
      } else this.removeAttribute("popover");
      if (floats) this.style.setProperty("--pullquote-slot", this.#beside().indexOf(this));
    }

    #beside() {
      const side = ({ dataset }) => (["left", "inline"].includes(dataset.position) ? dataset.position : "right");
      return [...document.querySelectorAll(NAME)].filter((other) => side(other) === side(this));
    }

    #toggle(open) {
      const { root, panel, launcher, unmark, bar, notice, problem, log } = this.#parts;
      const { painted } = this.#painter;
      panel.hidden = !open;
      root.toggleAttribute("data-open", open);
      launcher.setAttribute("aria-expanded", String(open));
      const answered = painted && log.querySelector(".turn");
      const name = answered ? this.#label("back") : (this.dataset.title ?? this.#label("title"));
      launcher.textContent = open ? "×" : problem.hidden ? name : `⚠ ${name}`;
      if (open) launcher.setAttribute("aria-label", this.#label("close"));
      else launcher.removeAttribute("aria-label");
      unmark.hidden = !painted;
      // Moved only if it must be, for what is moved loses the focus.
      const place = open ? notice : bar;
      if (unmark.parentNode !== place) place.append(unmark);
    }

    #setTheme() {
      const wanted = this.dataset.theme ?? "auto";
      const dark = wanted === "auto" ? DARK.matches : wanted === "host" ? pageIsDark() : wanted === "dark";
      this.#parts.root.dataset.theme = dark ? "dark" : "light";
    }

    #language() {
      const wanted = this.dataset.lang || this.closest("[lang]")?.lang || navigator.language;
      const language = wanted.toLowerCase().split("-")[0];
      return language in LABELS ? language : "en";
    }

    #label(name) {
      return this.dataset[`label${name[0].toUpperCase()}${name.slice(1)}`] ?? LABELS[this.#language()][name];
    }

    #emit(name, detail, cancelable = false) {
      // An `error` that rises to the window would be taken for a script's.
      const options = { detail, cancelable, composed: true, bubbles: name !== "error" };
      return this.dispatchEvent(new CustomEvent(name, options));
    }

    // ---- The article

    get #host() {
      return (this.dataset.host || HOST).replace(/\/+$/, "");
    }

    async #load() {
      const key = `${this.#host} ${this.dataset.article ?? ""}`;
      if (this.#loaded === key) return;
      this.#loaded = key;
      this.#trouble(null);
      this.#ready = false;
      this.#starters = [];
      this.clear();
      try {
        const article = await this.#describe(this.#connection.signal);
        if (this.#loaded !== key) return;
        this.#ready = true;
        this.#starters = article?.starters ?? [];
        this.#url = article?.url ?? "";
        this.#offer();
        this.#emit("ready", { article: article && { id: article.id, title: article.title } });
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        if (this.#loaded !== key) return;
        if (failure.code === "cancelled") this.#loaded = "";
        else this.#fail(failure);
      }
    }

    async #describe(signal) {
      const host = this.#host;
      let id = this.dataset.article;
      if (!id) {
        const { articles, total } = await call(host, "/api/articles", signal);
        this.#several = total > 1;
        id = total === 1 ? articles[0].id : null;
      }
      return id && call(host, `/api/articles/${encodeURIComponent(id)}`, signal);
    }

    #fail(failure) {
      const reason = this.#label(["timeout", "busy", "limit"].includes(failure.code) ? failure.code : "unavailable");
      tell(failure.message);
      this.#trouble(reason);
      this.#emit("error", { code: failure.code, message: failure.message || reason });
    }

    // A problem takes the place of the form: there is nothing to ask until it is mended.
    #trouble(message) {
      const { problem, reason, form, starters, panel, log } = this.#parts;
      problem.hidden = message === null;
      log.hidden = message !== null && !log.querySelector(".turn");
      form.hidden = message !== null;
      if (message !== null) starters.hidden = true;
      reason.textContent = message ?? "";
      this.#toggle(!panel.hidden);
    }

    async #tryAgain() {
      this.#loaded = "";
      await this.#load();
      if (this.#parts.problem.hidden) this.#parts.input.focus();
    }

    #offer() {
      const { starters, log, problem } = this.#parts;
      const offered = this.dataset.starters?.split("|") ?? this.#starters;
      const chips = offered.filter((starter) => starter.trim()).map((starter) => {
        const on = () => {
          this.#parts.input.focus();
          this.ask(starter);
        };
        return make("li", {}, make("button", { part: "starter", type: "button", dir: "auto", text: starter, on }));
      });
      starters.replaceChildren(...chips);
      starters.hidden = !chips.length || !problem.hidden || log.querySelector(".turn") !== null;
    }

    // ---- The conversation

    #submit(event) {
      event.preventDefault();
      const { input } = this.#parts;
      const question = input.value.trim();
      if (!question || this.#busy) return;
      input.value = "";
      this.ask(question);
    }

    async #ask(question, literally) {
      if (!question || this.#gone || !this.#connection) return null;
      this.open();
      if (!this.#parts.problem.hidden) return null;
      const { signal } = this.#talk;
      this.#emit("question", { question });
      this.#unmark();
      this.#say("");
      const asker = make("span", { part: "unseen", text: `${this.#label("asked")} ` });
      const asked = make("p", { part: "question", dir: "auto" }, asker, question);
      const progress = make("p", { part: "progress", text: this.#label("waiting") });
      const turn = make("div", { part: "turn" }, asked, progress);
      const timer = setTimeout(() => (progress.textContent = this.#label("stillWaiting")), 8_000);
      this.#append(turn);
      this.#busyWith(true);
      try {
        const body = { question, article: this.dataset.article || null, conversation: this.#conversation, literally };
        const answer = await call(this.#host, "/api/ask", signal, body);
        progress.replaceWith(...this.#reply(answer));
        this.#scrollTo(turn);
        this.#emit(answer.status === "not_in_article" ? "abstain" : "answer", answer);
        return answer;
      } catch (failure) {
        if (!(failure instanceof Failure)) throw failure;
        if (failure.code !== "cancelled") this.#lose(failure, progress, question, literally);
        return null;
      } finally {
        clearTimeout(timer);
        this.#busyWith(false);
      }
    }

    // The question stays, with the reason and a way to ask it again; what only an operator can mend ends the talk.
    #lose(failure, progress, question, literally) {
      const offline = failure.code === "unreachable" && this.#ready;
      if (FOR_OPERATORS.includes(failure.code) && !offline) {
        progress.parentNode.remove();
        this.#fail(failure);
        return;
      }
      const reason = this.#label(offline ? "offline" : failure.code);
      tell(failure.message);
      const again = () => {
        line.parentNode.remove();
        this.#parts.input.focus();
        this.ask(question, { literally });
      };
      const button = make("button", { part: "again", type: "button", text: this.#label("again"), on: again });
      const line = make("p", { part: "failure", text: `${reason} ` }, button);
      progress.replaceWith(line);
      this.#emit("error", { code: failure.code, message: failure.message || reason });
    }

    #append(turn) {
      const { log, starters } = this.#parts;
      starters.hidden = true;
      log.append(turn);
      this.#scrollTo(turn);
    }

    #scrollTo(turn) {
      const { log } = this.#parts;
      log.scrollTop = turn.offsetTop - log.offsetTop;
    }

    #busyWith(busy) {
      this.#busy = busy;
      this.#parts.log.setAttribute("aria-busy", String(busy));
      this.#parts.send.setAttribute("aria-disabled", String(busy));
    }

    #startAgain() {
      this.clear();
      this.#parts.input.focus();
    }

    #reply(answer) {
      if (answer.status === "small_talk") {
        const said = LABELS[this.#language()].talk[answer.text] ?? answer.text;
        return [make("p", { part: "said", dir: "auto", text: said })];
      }
      const lines = [];
      const understood = answer.understood_as !== answer.question ? `${this.#label("understood")} ${answer.understood_as} ` : "";
      const light = answer.in_light_of ? `${this.#label("inLightOf")} ${answer.in_light_of} ` : "";
      if (understood || light) {
        const on = () => {
          this.#parts.input.focus();
          this.ask(answer.question, { literally: true });
        };
        const literally = make("button", { part: "literally", type: "button", text: this.#label("literally"), on });
        lines.push(make("p", { part: "understood", dir: "auto", text: understood + light }, literally));
      }
      if (answer.status === "not_in_article") return [...lines, ...this.#refusal(answer)];
      const overview = answer.status === "overview";
      // A part of the answer, so that nobody hears it without; bdi, for dir="auto" is to go by the article's words.
      const words = [overview ? this.#label("overview") : answer.text];
      if (answer.status === "unsure") words.unshift(make("bdi", { part: "unsure", text: this.#label("unsure") }), " ");
      lines.push(make("p", { part: "answer", dir: "auto" }, ...words));
      const spans = overview ? [] : answer.spans;
      const cited = answer.citations.map((citation) => this.#quotation(citation, spans, `[${citation.number}]`));
      const copy = make("button", { part: "copy", type: "button", text: this.#label("copy"), on: () => this.#copy(copy, answer) });
      const missing = answer.missing ? [make("p", { part: "missing", dir: "auto", text: `${this.#label("missing")} ${answer.missing}` })] : [];
      return [...lines, ...cited, ...missing, copy];
    }

    async #copy(button, answer) {
      let outcome = "copied";
      try {
        await navigator.clipboard.writeText(this.#source(answer));
      } catch {
        outcome = "notCopied";
      }
      button.textContent = this.#label(outcome);
      setTimeout(() => (button.textContent = this.#label("copy")), 2_000);
    }

    // In one line, and without what has no width: it may be pasted into a terminal, which would obey control characters.
    #source({ status, text, citations }) {
      const doubt = status === "unsure" ? `${this.#label("unsure")}. ` : "";
      const words = status === "overview" ? [] : [`${doubt}“${text}”`];
      const cited = citations.map(({ number, quote, title }) => `[${number}] “${quote}” ${title}.`);
      const line = [...words, ...cited, ...(this.#url ? [this.#url] : [])].join(" ");
      return line.replace(/[\n\r]/g, " ").replace(/(?!\u00ad)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "�");
    }

    #refusal(answer) {
      const said = {
        nothing_near: ["notInArticle", "nothingNear"], not_stated: ["notInArticle", "notStated"],
        competing: ["competing"], not_english: ["notEnglish"],
      }[answer.reason] ?? ["notInArticle"];
      const rivals = answer.closest.slice(0, answer.competing.length);
      const others = answer.closest.slice(rivals.length).map((quoted) => this.#quotation(quoted, [], "↗"));
      const opened = rivals.length ? [] : others.splice(0, 1);
      if (opened.length) said.push("closest");
      const folded = make("details", { part: "closest" }, make("summary", { text: this.#label("more") }), ...others);
      return [
        make("p", { part: "refusal", text: said.map((name) => this.#label(name)).join(" ") }),
        ...rivals.map((quoted) => this.#quotation(quoted, answer.competing, "↗")),
        ...opened,
        ...(others.length ? [folded] : []),
      ];
    }

    #quotation(quoted, spans, sign) {
      const words = wordsOf(quoted, spans);
      this.#words.set(quoted, words);
      const text = make("p", { dir: "auto" });
      let place = 0;
      for (const [start, end] of words.filter(([start]) => start >= place)) {
        const marked = make("mark", { part: "words", text: quoted.quote.slice(start, end) });
        text.append(quoted.quote.slice(place, start), marked);
        place = end;
      }
      text.append(quoted.quote.slice(place));
      const title = this.#several ? ` ${quoted.title}` : "";
      const on = () => {
        this.#shownBy = button;
        this.#show(quoted);
      };
      const button = make("button", { part: "citation", type: "button", text: `${sign}${title} ${this.#label("show")}`, on });
      return make("blockquote", { part: "quote" }, text, button);
    }

    // ---- The citation in the page

    #show(quoted) {
      if (this.#emit("citationclick", { citation: quoted }, true)) this.highlight(quoted);
    }

    #read() {
      const selector = this.dataset.articleSelector || "article, main, body";
      try {
        return readPage(selector);
      } catch (error) {
        if (error.name !== "SyntaxError") throw error;
        tell(`“${selector}” is no selector. Set data-article-selector to one that finds the article in the page.`);
        return readPage("body");
      }
    }

    #paint(page, place, wanted) {
      const range = rangeOf(page, place);
      const free = this.#makeRoom(range);
      const words = wordsThere(page, place, wanted.quote, this.#words.get(wanted) ?? []);
      const bottom = bringIntoView(range, free);
      this.#painter.paint(page, place, words);
      if (bottom > free) this.close();
    }

    // Where the panel lies over the sentence's lines it gets small, and the rest of the window is for the sentence.
    #makeRoom(range) {
      const { panel, root } = this.#parts;
      if (panel.hidden || this.dataset.position === "inline") return innerHeight;
      const { left, right } = panel.getBoundingClientRect();
      const box = range.getBoundingClientRect();
      if (box.right <= left || right <= box.left) return innerHeight;
      root.dataset.aside = "";
      return panel.getBoundingClientRect().top;
    }

    #unmark() {
      const { root, panel } = this.#parts;
      if (!this.#painter.painted) return false;
      this.#painter.clear();
      this.#say("");
      delete root.dataset.aside;
      this.#toggle(!panel.hidden);
      this.#showFocused();
      return true;
    }

    // The button goes with the marks, so the focus goes on to where it was before.
    #removeMarks() {
      const { panel, launcher, log } = this.#parts;
      const citation = this.#shownBy?.isConnected ? this.#shownBy : log;
      (panel.hidden ? launcher : citation).focus({ preventScroll: true });
      this.#unmark();
    }

    #showFocused() {
      this.shadowRoot.activeElement?.scrollIntoView({ block: "nearest" });
    }

    #say(message, quote = "") {
      this.#parts.status.textContent = quote ? `${message} “${quote}”` : message;
      this.#parts.notice.toggleAttribute("data-empty", !message);
    }

    // Keys typed here are not meant for the page. Esc takes the marks away first, and then the panel.
    #key(event) {
      event.stopPropagation();
      if (event.key !== "Escape" || event.isComposing) return;
      if (!this.#unmark() && this.dataset.position !== "inline") this.close();
    }
  }

  // ---- The script form: one widget a page, which stays when a single-page application runs the script again

  function begin() {
    const earlier = window.Pullquote;
    const widget = earlier instanceof customElements.get(NAME) ? earlier : document.createElement(NAME);
    for (const { name, value } of SCRIPT.attributes) {
      if (name.startsWith("data-") || name === "dir") widget.setAttribute(name, value);
    }
    if (!SCRIPT.dataset.host) widget.dataset.host = HOST;
    window.Pullquote = widget;
    const attach = () => widget.isConnected || document.body.append(widget);
    if (document.body) attach();
    else document.addEventListener("DOMContentLoaded", attach, { once: true });
  }

  if (!customElements.get(NAME)) customElements.define(NAME, PullQuote);
  if (SCRIPT?.dataset.article !== undefined) begin();
})();

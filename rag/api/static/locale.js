// What the page says, in the reader's language: the server has written it into the page, from the table of the language.

const table = JSON.parse(document.querySelector("#pq-messages").textContent);
export const language = document.documentElement.lang;
export const ARTICLE = "en"; // the language of articles, answers and questions
const GROUPED = /^\d{1,3}(,\d{3})+$/; // a number, as the server writes it
const forms = new Intl.PluralRules(language);

// The key is section and name; what the text has in braces is given by name, and a `count` may choose its form.
export function message(key, values = {}) {
  const [section, name] = key.split(".");
  const found = table[section][name];
  const text = typeof found === "string" ? found : found[forms.select(values.count)];
  return text.replace(/\{(\w+)\}/g, (_, one) => shown(values[one]));
}

// What the server says in English, because programs read it, too: small talk and errors, with what stands in their braces.
export function translated(section, text) {
  for (const [english, own] of Object.entries(table[section])) {
    const values = pattern(english).exec(text)?.groups;
    if (values) return own.replace(/\{(\w+)\}/g, (_, one) => translated(section, values[one].replace(GROUPED, regrouped)));
  }
  return text;
}

function pattern(english) {
  const escaped = english.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^(?<all>${escaped.replace(/\\\{(\w+)\\\}/g, "(?<$1>.+)")})$`, "s");
}

function regrouped(number) {
  return shown(Number(number.replaceAll(",", "")));
}

function shown(value) {
  return typeof value === "number" ? value.toLocaleString(language) : value;
}

// What the page says, in the reader's language: the server has written it into the page, from the table of the language.

const table = JSON.parse(document.querySelector("#pq-messages").textContent);
export const language = document.documentElement.lang;
export const ARTICLE = "en"; // the language of articles, answers and questions
const forms = new Intl.PluralRules(language);

// The key is section and name; what the text has in braces is given by name, and a `count` may choose its form.
export function message(key, values = {}) {
  const [section, name] = key.split(".");
  const found = table[section][name];
  const text = typeof found === "string" ? found : found[forms.select(values.count)];
  return text.replace(/\{(\w+)\}/g, (_, one) => shown(values[one]));
}

// What the server says in English because it is a part of an answer.
export function translated(section, text) {
  return table[section][text] ?? text;
}

function shown(value) {
  return typeof value === "number" ? value.toLocaleString(language) : value;
}

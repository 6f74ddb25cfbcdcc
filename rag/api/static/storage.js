// What a browser refuses to keep, because it is told to keep nothing, the page keeps itself until it is left.

class Memory {
  #kept = new Map();

  getItem(key) {
    return this.#kept.get(key) ?? null;
  }

  setItem(key, text) {
    this.#kept.set(key, text);
  }

  removeItem(key) {
    this.#kept.delete(key);
  }
}

function allowed(kind) {
  try {
    const store = window[kind];
    store.setItem("pullquote-probe", "");
    store.removeItem("pullquote-probe");
    return store;
  } catch {
    return null;
  }
}

// Of this tab.
export const session = allowed("sessionStorage") ?? new Memory();
const ofBrowser = allowed("localStorage");
export const lasting = ofBrowser !== null;
export const local = ofBrowser ?? session;

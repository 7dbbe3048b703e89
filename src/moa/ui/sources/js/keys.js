// Keys that work on every page. Off in fields, while a syllable is being composed, and when switched off.

const store = "moa-keys";
const first = { t: "today", i: "imports", p: "position", a: "approvals", l: "accounts" };
let waiting = 0;

export function keysAreOn() {
  return localStorage.getItem(store) !== "off";
}

/** True where a key press is text or belongs to a control. */
export function isTyping(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target;
  return at instanceof HTMLElement && (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) && at.type !== "checkbox";
}

function go(key) {
  const item = document.querySelector(`[data-go="${first[key]}"]`);
  if (item) item.click();
}

function press(event) {
  if (isTyping(event) || !keysAreOn()) return;
  if (Date.now() - waiting < 1200) {
    waiting = 0;
    if (first[event.key]) { event.preventDefault(); go(event.key); }
    return;
  }
  const acts = {
    g: () => { waiting = Date.now(); },
    "/": () => focus("[data-find]"),
    f: () => openConditions(),
    p: () => (document.querySelector("[data-print-view]") ?? { click: () => print() }).click(),
    e: () => document.querySelector("[data-export]")?.click(),
    "[": () => document.querySelector("a[rel=prev]")?.click(),
    "]": () => document.querySelector("a[rel=next]")?.click(),
    "?": () => document.getElementById("keys-help")?.showModal(),
  };
  if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
}

function focus(selector) {
  const field = document.querySelector(selector);
  field?.focus();
  field?.select?.();
}

function openConditions() {
  const box = document.querySelector("[data-conditions]");
  if (!box) return;
  box.hidden = false;
  document.querySelector("[data-add-condition]")?.setAttribute("aria-expanded", "true");
  box.querySelector("input:not([type=hidden]), select")?.focus();
}

/** Esc leaves the conditions, from a field of theirs too; what was typed stays in them. */
function closeConditions() {
  const box = document.querySelector("[data-conditions]");
  const add = document.querySelector("[data-add-condition]");
  const at = document.activeElement;
  if (!box || box.hidden || !(box.contains(at) || at === add || at === document.body)) return false;
  box.hidden = true;
  add?.setAttribute("aria-expanded", "false");
  add?.focus();
  return true;
}

export function startKeys() {
  document.addEventListener("keydown", press);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing || document.querySelector("dialog[open]")) return;
    if (closeConditions()) event.stopImmediatePropagation();
  });
  // Fields that ask for nothing stay out of the address.
  document.querySelector("[data-conditions]")?.addEventListener("formdata", ({ formData }) => {
    for (const [name, value] of [...formData]) if (value === "") formData.delete(name);
  });
  const add = document.querySelector("[data-add-condition]");
  add?.addEventListener("click", (event) => {
    event.preventDefault();
    const box = document.querySelector("[data-conditions]");
    if (box.hidden) return openConditions();
    box.hidden = true;
    add.setAttribute("aria-expanded", "false");
  });
  const help = document.getElementById("keys-help");
  if (!help) return;
  const off = help.querySelector("[data-keys-off]");
  off.checked = !keysAreOn();
  off.addEventListener("change", () => localStorage.setItem(store, off.checked ? "off" : "on"));
  const rows = help.querySelector("[data-density-choice]");
  rows.value = document.documentElement.dataset.density;
  rows.addEventListener("change", () => {
    document.documentElement.dataset.density = rows.value;
    document.cookie = `density=${rows.value}; path=/; max-age=${365 * 86400}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  });
  for (const opener of document.querySelectorAll("[data-keys-help]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => help.showModal());
  }
}

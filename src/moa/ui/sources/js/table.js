// Tables: j and k walk the rows, Enter opens the panel and the list stays, x selects, Esc closes.
import { isTyping, keysAreOn } from "./keys.js";
import { say } from "./menus.js";

let timer = 0;

const rows = (table) => [...table.querySelectorAll("tbody tr[data-row]")];
const link = (row) => row.querySelector("a.mo-rowa");
const panel = () => document.getElementById("panel");
const isOpen = () => Boolean(panel()?.firstElementChild);

function current(table) {
  return table.querySelector("tr.is-on") ?? document.activeElement?.closest?.("tr[data-row]");
}

function mark(table, row) {
  for (const old of table.querySelectorAll("tr.is-on")) {
    old.classList.remove("is-on");
    link(old)?.removeAttribute("aria-current");
  }
  row.classList.add("is-on");
  link(row)?.setAttribute("aria-current", "true");
}

function step(table, htmx, by) {
  const all = rows(table);
  if (!all.length) return;
  const at = all.indexOf(current(table));
  const row = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  mark(table, row);
  link(row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (isOpen()) {
    clearTimeout(timer);
    timer = setTimeout(() => open(table, htmx, row), 120);
  }
}

function open(table, htmx, row) {
  const href = link(row)?.href;
  if (!href || !panel()) return;
  mark(table, row);
  const wasOpen = isOpen();
  show(htmx, href).then(() => {
    const address = new URL(location.href);
    address.searchParams.set("open", row.dataset.row);
    // The list alone is one step back; walking with the panel open makes no further steps.
    if (wasOpen) history.replaceState(history.state, "", address);
    else history.pushState({ panel: true }, "", address);
  });
}

const show = (htmx, href) => htmx.ajax("GET", href, { target: "#panel", swap: "innerHTML" });

/** Back and forward of the browser: the panel is as the address says. */
function restore(table, htmx) {
  if (!panel()) return;
  const open = new URL(location.href).searchParams.get("open");
  const row = open && rows(table).find((one) => one.dataset.row === open);
  if (!open) return isOpen() && empty(table);
  if (!row || !link(row)) return location.reload();
  mark(table, row);
  show(htmx, link(row).href);
}

function empty(table) {
  panel().replaceChildren();
  const row = current(table);
  if (row) link(row)?.focus();
}

function close(table) {
  if (!isOpen()) return;
  const address = new URL(location.href);
  // Where the list stands one step back already, closing goes there, and forward opens the panel again.
  if (history.state?.panel && address.searchParams.has("open")) return history.back();
  empty(table);
  address.searchParams.delete("open");
  history.replaceState(null, "", address);
}

/** Esc in the bar of the chosen rows goes back to the row. */
function leaveBar(table) {
  if (!document.activeElement?.closest("[data-batch]")) return false;
  link(current(table) ?? rows(table)[0])?.focus();
  return true;
}

function format(minor, digits) {
  if (minor < 0n) return `\u2212${format(-minor, digits)}`;
  const text = String(minor).padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return digits ? `${whole}.${text.slice(-digits)}` : whole;
}

/** Count and sums of the chosen rows, kept over pages of the same list. Amounts stay whole minor units. */
function batch(table) {
  const bar = document.querySelector("[data-batch]");
  if (!bar) return;
  const key = `moa-chosen:${location.pathname}`;
  const chosen = new Map(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  const place = bar.querySelector("[data-sums]");
  const every = bar.elements.every;
  const labels = new Map([...place.querySelectorAll("[data-sum]")].map((one) => [one.dataset.sum, one.textContent]));
  const show = () => {
    const sums = new Map();
    for (const [, [amounts, currency, digits]] of chosen) {
      for (const amount of (amounts ?? "").split(",").filter(Boolean)) {
        const [column, minor] = amount.split(":");
        const name = `${column} ${currency} ${digits}`;
        sums.set(name, (sums.get(name) ?? 0n) + BigInt(minor));
      }
    }
    const whole = Boolean(every.value);
    bar.hidden = chosen.size === 0;
    bar.querySelector("[data-count]").textContent =
      whole ? bar.dataset.wordsEvery : bar.dataset.words.replace("#", chosen.size.toLocaleString());
    // What is done to rows is done to those that were chosen one by one; the sums of all stand at the foot.
    for (const one of bar.querySelectorAll("[data-by-row], [data-every]")) one.hidden = whole;
    place.hidden = whole;
    place.textContent = [...sums].filter(([, sum]) => sum !== 0n).map(([name, sum]) => {
      const [column, currency, digits] = name.split(" ");
      return `${labels.get(column) ?? column} ${format(sum, Number(digits))} ${currency}`;
    }).join(" · ");
    sessionStorage.setItem(key, JSON.stringify([...chosen]));
    if (chosen.size) say(bar.querySelector("[data-count]").textContent);
  };
  const set = (box, on) => {
    every.value = "";
    const row = box.closest("tr");
    box.checked = on;
    if (on) chosen.set(row.dataset.row, [row.dataset.amounts, row.dataset.currency, row.dataset.digits]);
    else chosen.delete(row.dataset.row);
  };
  // Rows chosen on other pages go along; those of this page are boxes of the form already.
  bar.addEventListener("submit", (event) => {
    for (const old of bar.querySelectorAll("input[name=row]")) old.remove();
    const here = new Set(rows(table).map((row) => row.dataset.row));
    for (const id of chosen.keys()) {
      if (here.has(id)) continue;
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = "row";
      input.value = id;
      bar.append(input);
    }
    // After a file the page and the choice stay.
    if (!event.submitter?.hasAttribute("data-file")) sessionStorage.removeItem(key);
  });
  bar.querySelector("[data-every]")?.addEventListener("click", () => {
    for (const box of boxes) set(box, true);
    every.value = "1";
    show();
    bar.querySelector("[data-file]").focus();
  });
  const boxes = rows(table).map((row) => row.querySelector("input[type=checkbox]")).filter(Boolean);
  for (const box of boxes) {
    box.checked = chosen.has(box.closest("tr").dataset.row);
    box.addEventListener("change", () => { set(box, box.checked); show(); });
  }
  table.querySelector("[data-all]")?.addEventListener("change", (event) => {
    for (const box of boxes) set(box, event.target.checked);
    show();
  });
  bar.querySelector("[data-clear]").addEventListener("click", () => {
    chosen.clear();
    every.value = "";
    for (const box of boxes) box.checked = false;
    show();
  });
  table.addEventListener("moa:choose", (event) => {
    const list = event.detail.range ? boxes.slice(event.detail.from, event.detail.to + 1) : [boxes[event.detail.to]];
    const on = event.detail.range || !list[0]?.checked;
    for (const box of list) if (box) set(box, on);
    show();
  });
  show();
}

export function startTables(htmx) {
  const table = document.querySelector("table[data-walk]");
  if (!table) return;
  let last = 0;
  batch(table);
  table.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest("input, a:not(.mo-rowa)") || !panel()) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(table, htmx, row);
  });
  addEventListener("popstate", () => restore(table, htmx));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-panel]")) { event.preventDefault(); close(table); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) return leaveBar(table) || close(table);
    // Enter on a row's box would send the bar of the chosen rows.
    if (event.key === "Enter" && event.target.closest?.("td.w-ck")) event.preventDefault();
    if (isTyping(event) || !keysAreOn()) return;
    const at = rows(table).indexOf(current(table));
    const choose = (range) => {
      table.dispatchEvent(new CustomEvent("moa:choose", { detail: { range, from: Math.min(last, at), to: range ? Math.max(last, at) : at } }));
      last = at;
    };
    const acts = {
      j: () => step(table, htmx, 1),
      k: () => step(table, htmx, at < 0 ? 1 : -1),
      x: () => at >= 0 && choose(false),
      b: () => document.querySelector("[data-batch]:not([hidden]) button:not([hidden], [data-every])")?.focus(),
      X: () => at >= 0 && choose(true),
    };
    // Enter on a button, a menu or another link is theirs.
    if (event.key === "Enter" && at >= 0 && !event.target.closest?.("summary, button, a:not(.mo-rowa), input") && panel()) {
      event.preventDefault();
      return open(table, htmx, rows(table)[at]);
    }
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
}

// "Why?": w, a click or Enter on a figure opens where it comes from beside the page; within, one walks on and back.
// A word of the field opens its line there too, by a click or Enter.
import { isTyping, keysAreOn } from "./keys.js";

let walked = [];
let from = null;

const place = () => document.getElementById("panel") ?? document.getElementById("whence");

function show(htmx, address) {
  const panel = place();
  htmx.ajax("GET", address, { target: `#${panel.id}`, swap: "innerHTML" }).then(() => {
    document.body.classList.toggle("has-ground", panel.id === "whence");
    const back = panel.querySelector("[data-why-back]");
    if (back) back.hidden = walked.length < 2;
    panel.querySelector(".b")?.focus({ preventScroll: true });
  });
}

function open(htmx, figure) {
  const inside = place().contains(figure);
  if (!inside) from = figure;
  if (!inside || !place().querySelector("[data-why-back]")) {
    // From a row's own panel one walks back to that panel.
    const row = inside && document.querySelector("tr.is-on a.mo-rowa");
    walked = row ? [row.href] : [];
  }
  walked.push(figure.href);
  show(htmx, figure.href);
}

function back(htmx) {
  walked.pop();
  show(htmx, walked.at(-1));
}

function close() {
  const panel = document.getElementById("whence");
  walked = [];
  if (panel?.firstElementChild) {
    panel.replaceChildren();
    document.body.classList.remove("has-ground");
  }
  if (from?.isConnected) from.focus();
  from = null;
}

/** The figure meant by the key: the one in focus, under the pointer, of the row one stands on, else the page's first. */
function meant() {
  const at = document.activeElement;
  const row = at?.closest?.("tr") ?? document.querySelector("tr.is-on");
  return at?.closest?.("a[data-why]") ?? document.querySelector("a[data-why]:hover")
    ?? row?.querySelector("a[data-why]")
    // The panel of a row says where its figures come from.
    ?? (row?.dataset.row && document.getElementById("panel") ? row.querySelector("a.mo-rowa") : null)
    ?? [...document.querySelectorAll("main a[data-why]")].find((one) => /[1-9]/.test(one.textContent))
    ?? document.querySelector("main a[data-why]");
}

export function startWhy(htmx) {
  if (!place()) return;
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    if (event.target.closest("[data-why-back]")) { event.preventDefault(); return back(htmx); }
    if (event.target.closest("#whence [data-close-panel]")) { event.preventDefault(); return close(); }
    const figure = event.target.closest("a[data-why], a[data-term]");
    if (figure) { event.preventDefault(); open(htmx, figure); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && from && !document.querySelector("dialog[open]")) return close();
    if (isTyping(event) || !keysAreOn() || event.key !== "w") return;
    const figure = meant();
    if (!figure) return;
    event.preventDefault();
    figure.click();
  });
}

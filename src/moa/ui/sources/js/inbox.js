// The inbox: j and k walk the list, a approves, r returns, c asks. And fields that are typed, never pasted.
import { isTyping, keysAreOn } from "./keys.js";

function step(list, by) {
  const all = [...list.querySelectorAll("a[href]")];
  if (!all.length) return;
  const at = all.findIndex((one) => one.getAttribute("aria-current") === "true");
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  if (next && all.indexOf(next) !== at) next.click();
}

/** A blocked button takes the focus, so that its reasons are read; a free one is pressed. */
function press(key) {
  const button = document.querySelector(`[data-key="${key}"]`);
  if (!button) return;
  button.focus();
  if (button.getAttribute("aria-disabled") !== "true") button.click();
}

function giveBack() {
  const reason = document.getElementById("reason");
  if (reason && !reason.value.trim()) return reason.focus();
  press("r");
}

function refusePastes() {
  for (const field of document.querySelectorAll("[data-no-paste]")) {
    const said = document.getElementById(field.dataset.noPaste);
    const refuse = (event) => {
      event.preventDefault();
      if (said) said.hidden = false;
    };
    field.addEventListener("paste", refuse);
    field.addEventListener("drop", refuse);
    field.addEventListener("input", () => { if (said) said.hidden = true; });
  }
}

export function startInbox() {
  refusePastes();
  const list = document.querySelector("[data-inbox]");
  if (!list && !document.querySelector("[data-key]")) return;
  document.addEventListener("keydown", (event) => {
    if (event.repeat || isTyping(event) || !keysAreOn()) return;
    const acts = {
      j: () => list && step(list, 1),
      k: () => list && step(list, -1),
      a: () => press("a"),
      r: giveBack,
      c: () => document.getElementById("question")?.focus(),
    };
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });
}

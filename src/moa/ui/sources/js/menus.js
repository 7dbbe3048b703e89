// The theme button, and menus that close with Esc or a click elsewhere.

const year = 31536000;

function toggleTheme(button) {
  const root = document.documentElement;
  const next = root.dataset.bsTheme === "dark" ? "light" : "dark";
  root.dataset.bsTheme = next;
  root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=${year}; SameSite=Lax${location.protocol === "https:" ? "; Secure" : ""}`;
  nameTheme(button);
  document.dispatchEvent(new CustomEvent("moa:theme"));
}

function nameTheme(button) {
  const dark = document.documentElement.dataset.bsTheme === "dark";
  button.setAttribute("aria-label", dark ? button.dataset.toLight : button.dataset.toDark);
  button.title = button.getAttribute("aria-label");
}

export function startMenus() {
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    nameTheme(button);
    button.addEventListener("click", () => toggleTheme(button));
  }
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.mo-pop[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  // A menu that asks for something puts the focus where it is typed.
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.mo-pop[open]")) event.target.querySelector("[data-first]")?.focus();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.mo-pop[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  });
  // The print view opens the dialog by itself, once its fonts are there; without scripts the browser's own menu prints.
  if (document.body.hasAttribute("data-print-now")) {
    document.fonts.ready.then(() => print());
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
      say(button.dataset.copied);
    });
  }
}

/** The page's one polite live region. */
export function say(text) {
  const region = document.getElementById("say");
  if (region) region.textContent = text;
}

// Runs before the first paint: a person who chose no theme gets the system's, without a flash.
const root = document.documentElement;
if (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches) {
  root.dataset.bsTheme = "dark";
}

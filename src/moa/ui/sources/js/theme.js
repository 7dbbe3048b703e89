// Runs before the first paint, so that nothing flashes: the system's theme for a person who chose none, the row height.
const root = document.documentElement;
root.dataset.density = document.cookie.match(/(?:^|; )density=(\w+)/)?.[1] ?? "usual";
if (root.dataset.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches) {
  root.dataset.bsTheme = "dark";
}

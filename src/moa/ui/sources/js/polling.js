// Long work asks again every two seconds, the count of notices every minute, and neither while the tab is hidden.

/** Whether a person has begun something here that a page loaded anew would take away. */
function isTouched() {
  return [...document.querySelectorAll("input[type=file]")].some((field) => field.files.length) ||
    document.querySelector("tbody :checked, [data-errors], dialog[open], .mo-conds:not([hidden])") !== null;
}

export function startPolling(htmx) {
  setInterval(() => {
    if (document.hidden) return;
    for (const line of document.querySelectorAll("[data-poll]")) htmx.trigger(line, "moa:tick");
  }, 2000);
  const count = () => {
    if (document.hidden) return;
    for (const bell of document.querySelectorAll("[data-minute]")) htmx.trigger(bell, "moa:minute");
  };
  // The last of the files was read: what it left to do, and the list, are asked for anew.
  document.addEventListener("moa:read", () => setTimeout(() => {
    if (!document.querySelector("[data-poll]") && !isTouched()) location.assign(location.href);
  }, 300));
  setInterval(count, 60000);
  document.addEventListener("visibilitychange", count);
}

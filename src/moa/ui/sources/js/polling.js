// Long work: asks again every two seconds, and not at all while the tab is hidden.

export function startPolling(htmx) {
  setInterval(() => {
    if (document.hidden) return;
    for (const line of document.querySelectorAll("[data-poll]")) htmx.trigger(line, "moa:tick");
  }, 2000);
}

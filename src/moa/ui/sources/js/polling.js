// Long work asks again every two seconds, the count of notices every minute, and neither while the tab is hidden.

export function startPolling(htmx) {
  setInterval(() => {
    if (document.hidden) return;
    for (const line of document.querySelectorAll("[data-poll]")) htmx.trigger(line, "moa:tick");
  }, 2000);
  const count = () => {
    if (document.hidden) return;
    for (const bell of document.querySelectorAll("[data-minute]")) htmx.trigger(bell, "moa:minute");
  };
  setInterval(count, 60000);
  document.addEventListener("visibilitychange", count);
}

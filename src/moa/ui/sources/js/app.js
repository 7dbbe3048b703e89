// What every page loads. Pages work without it; it adds keys, panels that open in place, and progress.
import htmx from "htmx.org";
import { startFields } from "./fields.js";
import { startInbox } from "./inbox.js";
import { startKept } from "./kept.js";
import { startKeys } from "./keys.js";
import { startMany } from "./many.js";
import { startMenus } from "./menus.js";
import { startPointing } from "./point.js";
import { startPolling } from "./polling.js";
import { startTables } from "./table.js";
import { startCheck, startUpload } from "./upload.js";
import { startVoucher } from "./voucher.js";
import { startWhy } from "./why.js";

htmx.config.selfRequestsOnly = true;

function startCharts(scope) {
  for (const box of scope.querySelectorAll("[data-chart]")) {
    import("./chart.js").then(({ startChart }) => startChart(box));
  }
}

startMenus();
startKeys();
startInbox();
startTables(htmx);
startWhy(htmx);
startPolling(htmx);
startUpload();
startCheck();
startFields(document);
startVoucher();
startMany();
startPointing(htmx);
startKept();
startCharts(document);
if (document.querySelector("[data-passkey], [data-strength]")) {
  import("./passkeys.js").then(({ startPasskeys, startStrength }) => { startPasskeys(); startStrength(); });
}

document.addEventListener("htmx:afterSwap", (event) => {
  startFields(event.target);
  startCharts(event.target.parentElement ?? document);
});

// The summary of a form's errors takes the focus, so that a screen reader and the keyboard start there.
document.querySelector("[data-errors]")?.focus();

// Entering a voucher by keys alone: Enter goes on and adds a row, Ctrl+Enter sends; the draft is saved by itself.
// Without it the same page has "Add rows" and "Save the draft".

const EVERY_MS = 5000;

function addRow(form) {
  const last = form.querySelector(".mo-legs tbody tr:last-child");
  const row = last.cloneNode(true);
  const number = Number(form.rows.value) + 1;
  form.rows.value = String(number);
  for (const field of row.querySelectorAll("input")) {
    field.value = "";
    field.name = field.name.replace(/\d+$/, number);
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    field.classList.remove("is-meant");
    if (field.id) field.id = `f-${field.name}`;
    const label = field.getAttribute("aria-label");
    if (label) field.setAttribute("aria-label", label.replace(String(number - 1), String(number)));
  }
  for (const told of row.querySelectorAll(".mo-ferr")) told.remove();
  row.querySelector("[data-found]").textContent = "";
  last.after(row);
  return row;
}

function startRows(form) {
  form.addEventListener("keydown", (event) => {
    if (event.isComposing || event.key !== "Enter") return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-send]"));
      return;
    }
    if (event.target.tagName !== "INPUT") return;
    event.preventDefault();
    const row = event.target.closest(".mo-legs tbody tr");
    if (!row) { form.querySelector(".mo-legs input").focus(); return; }
    const next = row.nextElementSibling ?? addRow(form);
    next.querySelector("input").focus();
  });
  // The page is that form: the key sends it also before a field was entered, and nothing else of the page takes it.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.target.closest("form, dialog")) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-send]"));
  });
  form.querySelector("[name=step][value=rows]").addEventListener("click", (event) => {
    event.preventDefault();
    addRow(form).querySelector("input").focus();
  });
}

function startSaving(form) {
  const said = document.getElementById("said");
  const conflict = document.getElementById("conflict");
  let kept = JSON.stringify([...new FormData(form)]);
  let stopped = false;
  let asking = null;
  async function keep() {
    const body = new FormData(form);
    if (stopped || asking || JSON.stringify([...body]) === kept) return;
    asking = fetch(form.dataset.voucher, { method: "POST", body });
    try {
      const answer = await asking;
      const told = await answer.json();
      if (answer.status === 409) {
        stopped = true;
        conflict.querySelector("[data-said]").textContent = told.conflict;
        conflict.hidden = false;
      } else if (answer.ok) {
        form.draft.value = told.draft;
        form.version.value = told.version;
        said.textContent = told.said;
        // What was sent is kept; what was typed meanwhile is not, and goes with the next round.
        body.set("draft", told.draft);
        body.set("version", told.version);
        kept = JSON.stringify([...body]);
        if (location.pathname !== told.url) history.replaceState(null, "", told.url);
      } else {
        said.textContent = told.said;
      }
    } catch {
      // No network for a moment: what is typed stays, and the next round tries again.
    } finally {
      asking = null;
    }
  }
  const round = setInterval(keep, EVERY_MS);
  form.addEventListener("focusout", () => setTimeout(keep, 0));
  form.addEventListener("submit", async (event) => {
    stopped = true;
    clearInterval(round);
    if (!asking) return;
    // The answer under way carries the version that the form must send.
    event.preventDefault();
    const button = event.submitter;
    await asking.catch(() => null);
    setTimeout(() => form.requestSubmit(button), 50);
  });
}

function startAccounts(form) {
  const list = document.getElementById("accounts");
  const timers = new WeakMap();
  form.addEventListener("input", (event) => {
    if (!event.target.name?.startsWith("account.")) return;
    clearTimeout(timers.get(event.target));
    timers.set(event.target, setTimeout(async () => {
      const asked = new URLSearchParams({ book: form.book.value, q: event.target.value });
      const answer = await fetch(`${form.dataset.accounts}?${asked}`).catch(() => null);
      if (!answer?.ok) return;
      const { accounts } = await answer.json();
      const found = event.target.closest("td").querySelector("[data-found]");
      found.textContent = accounts.length === 1 ? `${accounts[0].name} · ${accounts[0].currency}` : "";
      const here = new Set([...list.options].map((option) => option.value));
      for (const one of accounts.filter((each) => !here.has(each.code))) {
        const option = new Option(`${one.name} · ${one.currency}`, one.code);
        list.append(option);
      }
    }, 250));
  });
}

export function startVoucher() {
  const form = document.querySelector("form[data-voucher]");
  if (!form) return;
  startRows(form);
  startSaving(form);
  startAccounts(form);
}

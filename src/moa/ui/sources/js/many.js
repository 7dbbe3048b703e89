// Several of many: typing leaves those that fit, and whatever is chosen stays in sight.

const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/g, "");

function narrow(box) {
  const labels = [...box.querySelectorAll("label")];
  const asked = plain(box.querySelector("[data-many-find]").value);
  const chosen = labels.filter((label) => label.querySelector("input").checked);
  for (const label of labels) label.hidden = !plain(label.textContent).includes(asked) && !chosen.includes(label);
  const counts = { chosen: chosen.length, all: labels.length, shown: labels.filter((label) => !label.hidden).length };
  const said = box.querySelector("[data-many-said]");
  said.textContent = said.dataset.manySaid.replace(/\{(\w+)\}/g, (_, name) => counts[name]);
}

export function startMany() {
  for (const box of document.querySelectorAll("[data-many]")) {
    const find = box.querySelector("[data-many-find]");
    find.hidden = false;
    box.addEventListener("input", () => narrow(box));
    // Enter looks for a name here; it does not send the form.
    find.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) event.preventDefault(); });
    narrow(box);
  }
}

// Amount fields say at once what they understood: −, -, △, ( ), commas and full-width digits.

/** The amount in a person's text as {negative, whole, cents}, or null where it cannot be read. */
export function readAmount(text) {
  let plain = text.normalize("NFKC").replace(/[\s,]/g, "");
  let negative = false;
  if (/^\(.+\)$/.test(plain)) { negative = true; plain = plain.slice(1, -1); }
  const sign = plain.match(/^[-−–△▲+]/);
  if (sign) { negative = negative || sign[0] !== "+"; plain = plain.slice(1); }
  const found = plain.match(/^(\d+)(?:\.(\d+))?$/);
  return found ? { negative, whole: found[1].replace(/^0+(?=\d)/, ""), cents: found[2] ?? "" } : null;
}

function show(field, output) {
  if (!field.value.trim()) { output.textContent = ""; return; }
  const read = readAmount(field.value);
  if (!read) { output.textContent = output.dataset.unreadable; return; }
  const whole = read.whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  output.textContent = `${read.negative ? "−" : ""}${whole}${read.cents ? "." + read.cents : ""}`;
}

export function startFields(scope) {
  for (const output of scope.querySelectorAll?.("[data-took]") ?? []) {
    const field = document.getElementById(output.dataset.took);
    if (!field || field.dataset.watched) continue;
    field.dataset.watched = "yes";
    field.addEventListener("input", () => show(field, output));
    show(field, output);
  }
}

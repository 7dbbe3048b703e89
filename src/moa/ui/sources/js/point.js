// Pointing at the columns of a sample: each choice shows at once how it reads; a click on a column opens its choice.
// Without it the same page has the button "Show how it reads".

function show(form, htmx, anew) {
  const target = anew ? "#pointing" : "#trial";
  return htmx.ajax("POST", form.action, { source: form, target, swap: "outerHTML" });
}

export function startPointing(htmx) {
  const form = document.querySelector("form[data-point]");
  if (!form) return;
  let timer = 0;
  form.addEventListener("change", (event) => {
    const field = event.target;
    if (["name", "bank", "sure"].includes(field.name)) return;
    if (field.name.startsWith("col-")) field.classList.toggle("is-idle", ["code", "sequence"].includes(field.value));
    clearTimeout(timer);
    const anew = "anew" in field.dataset;
    timer = setTimeout(() => show(form, htmx, anew), anew ? 0 : 150);
  });
  form.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-col]");
    const choice = cell && document.getElementById(`col-${cell.dataset.col}`);
    if (!choice || choice.disabled) return;
    choice.focus();
    choice.showPicker?.();
  });
}

// Puts what was typed before the session ended into its form again. Nothing is sent by itself.

// Hidden fields that say which state the typed text was meant for; others are the page's own and stay.
const OF_WHAT_WAS_SEEN = ["seen", "version", "draft"];

function namesOf(form) {
  return new Set([...form.elements].map((field) => field.name).filter(Boolean));
}

function aimsAt(form, path) {
  const targets = [form, ...form.querySelectorAll("[formaction]")].map((one) =>
    one.getAttribute("formaction") ?? one.getAttribute("action") ?? location.pathname);
  return targets.some((target) => new URL(target, location.href).pathname === path);
}

/** The form of the page that sends to `path`, else the one of a preview; of several, that with most of the fields. */
function formOf(path, fields) {
  const fit = (form) => {
    const names = namesOf(form);
    return fields.filter(([name, value]) => names.has(name) &&
      (form.elements[name].type !== "hidden" || form.elements[name].value === value)).length;
  };
  const all = [...document.querySelectorAll("form[method=post]")];
  const aimed = all.filter((form) => aimsAt(form, path));
  const found = (aimed.length ? aimed : all).sort((one, other) => fit(other) - fit(one))[0];
  return found && fit(found) ? found : null;
}

function fillOne(fields, values) {
  const left = [...values];
  for (const field of fields) {
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = values.includes(field.value);
      if (field.checked) left.splice(left.indexOf(field.value), 1);
    } else if (field.tagName === "SELECT") {
      for (const option of field.options) {
        option.selected = values.includes(option.value);
        if (option.selected) left.splice(left.indexOf(option.value), 1);
      }
    } else if (field.type === "hidden" || field.tagName === "BUTTON" || field.type === "submit") {
      const value = left.shift();
      if (OF_WHAT_WAS_SEEN.includes(field.name)) field.value = value;
    } else if (field.type !== "file" && field.type !== "password" && left.length) {
      field.value = left.shift();
    } else continue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  return left;
}

function fill(form, fields) {
  const byName = new Map();
  for (const [name, value] of fields) byName.set(name, [...(byName.get(name) ?? []), value]);
  for (const box of form.querySelectorAll("input[type=checkbox][name]")) {
    if (!byName.has(box.name)) box.checked = false;
  }
  const rest = [];
  for (const [name, values] of byName) {
    const adds = form.querySelector("[data-adds-row]");
    const here = () => [...form.elements].filter((field) => field.name === name);
    for (let tries = 0; adds && /\d$/.test(name) && !here().length && tries < 500; tries++) adds.click();
    rest.push(...fillOne(here(), values).filter((value) => value.trim() && form.querySelector(`button[name="${CSS.escape(name)}"]`) === null));
  }
  return rest;
}

export function startKept() {
  const told = document.getElementById("kept");
  if (!told) return;
  const fields = JSON.parse(told.querySelector("script").textContent);
  const form = formOf(told.dataset.kept, fields);
  if (!form) return;
  for (const closed of document.querySelectorAll("details")) if (closed.contains(form)) closed.open = true;
  const rest = fill(form, fields);
  told.querySelector("[data-kept-plain]").remove();
  told.setAttribute("aria-label", told.querySelector("[data-kept-filled]").textContent);
  told.removeAttribute("aria-labelledby");
  told.querySelector("[data-kept-filled]").hidden = false;
  told.querySelector("[data-kept-rest]").hidden = !rest.length;
  const list = told.querySelector("[data-kept-list]");
  list.replaceChildren(...rest.map((value) => Object.assign(document.createElement("li"), { textContent: value })));
  list.hidden = !rest.length;
  told.focus();
}

// Files dropped anywhere on the page go into the form's own file field; the form also works by itself.

function line(list, name, words) {
  const item = document.createElement("li");
  const bar = document.createElement("progress");
  bar.className = "mo-prog";
  bar.max = 1;
  bar.setAttribute("aria-label", name);
  const text = document.createElement("span");
  text.className = "mo-s mo-2";
  text.textContent = `${name} · ${words}`;
  item.append(text, bar);
  list.replaceChildren(item);
  return { bar, text };
}

// One at a time: choosing files begins, and pressing the button meanwhile would send them again.
let sending = false;

function send(form, files) {
  if (sending) return;
  sending = true;
  const list = form.querySelector("[data-sent]");
  const names = [...files].map((file) => file.name);
  const title = names.length > 1 ? `${names[0]} +${names.length - 1}` : names[0];
  const shown = line(list, title, form.dataset.sending);
  const request = new XMLHttpRequest();
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) shown.bar.value = event.loaded / event.total;
    if (event.loaded === event.total) shown.text.textContent = `${title} · ${form.dataset.reading}`;
  });
  request.addEventListener("load", () => {
    if (request.status < 400 && request.responseURL) return location.assign(request.responseURL);
    if (request.status === 400 || request.status === 422) {
      // The server's own page says what is wrong with the form.
      document.open(); document.write(request.responseText); return document.close();
    }
    fail(shown, request.status === 413 ? form.dataset.tooBig : form.dataset.lost);
  });
  request.addEventListener("error", () => fail(shown, form.dataset.lost));
  request.send(new FormData(form));
}

function fail(shown, words) {
  sending = false;
  shown.bar.remove();
  shown.text.className = "mo-ferr";
  shown.text.setAttribute("role", "alert");
  shown.text.textContent = words;
}

// Says so, instead of sending what the server would refuse.
function tooBig(form, files) {
  const limit = Number(form.dataset.limit);
  const big = [...files].find((file) => limit && file.size > limit);
  if (big) fail(line(form.querySelector("[data-sent]"), big.name, ""), `${big.name}: ${form.dataset.tooBig}`);
  return big !== undefined;
}

export function startUpload() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  const field = form.querySelector("input[type=file]");
  const begin = () => { if (field.files.length && !tooBig(form, field.files)) send(form, field.files); };
  form.addEventListener("submit", (event) => { event.preventDefault(); begin(); });
  field.addEventListener("change", begin);
  takeDrops(form, field, begin);
}

// A form whose answer is the page itself: the browser sends it.
export function startCheck() {
  const form = document.querySelector("form[data-check]");
  if (!form) return;
  const field = form.querySelector("input[type=file]");
  form.addEventListener("submit", (event) => {
    if (tooBig(form, field.files)) return event.preventDefault();
    if (field.files.length) line(form.querySelector("[data-sent]"), field.files[0].name, form.dataset.reading).bar.removeAttribute("value");
  });
  takeDrops(form, field, () => form.requestSubmit());
}

function takeDrops(form, field, begin) {
  let depth = 0;
  const over = (on) => form.classList.toggle("is-over", on);
  document.addEventListener("dragenter", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    depth += 1;
    over(true);
  });
  document.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); over(depth > 0); });
  document.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    depth = 0;
    over(false);
    field.files = event.dataTransfer.files;
    begin();
  });
}

// Passkeys: asks the server, asks the device, and hands the device's answer back. One form for each act.

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function forDevice(asked) {
  const plain = { ...asked, challenge: toBytes(asked.challenge) };
  if (asked.user) plain.user = { ...asked.user, id: toBytes(asked.user.id) };
  for (const name of ["allowCredentials", "excludeCredentials"]) {
    if (asked[name]) plain[name] = asked[name].map((one) => ({ ...one, id: toBytes(one.id) }));
  }
  return plain;
}

function forServer(key) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = toText(key.response[name]);
  }
  return { id: key.id, rawId: toText(key.rawId), type: key.type, response, clientExtensionResults: {} };
}

async function post(form, url, content) {
  const answer = await fetch(url, {
    method: "POST", body: JSON.stringify(content), credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
  });
  return { ok: answer.ok, content: await answer.json().catch(() => ({})) };
}

async function act(form, say) {
  const asked = await post(form, form.dataset.ask, {});
  if (!asked.ok) return say(asked.content.problem ?? form.dataset.cancelled);
  const publicKey = forDevice(asked.content);
  let key;
  try {
    key = form.dataset.passkey === "new" ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
  } catch (refusal) {
    return say((refusal.name === "InvalidStateError" && form.dataset.known) || form.dataset.cancelled);
  }
  const content = { answer: forServer(key), next: form.dataset.next, name: form.querySelector("[name=name]")?.value };
  const told = await post(form, form.dataset.answer, content);
  if (told.ok) return location.assign(told.content.next);
  say(told.content.problem ?? form.dataset.cancelled);
}

/** A name, or this machine itself by its name; a number cannot carry a passkey. */
const fits = () => window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|^\[/.test(location.hostname);

export function startPasskeys() {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const problem = form.querySelector("[data-problem]");
    const say = (words) => { problem.textContent = words; };
    if (!fits()) {
      if (!form.dataset.unfit) continue;
      form.hidden = false;
      form.querySelector("button[type=submit]").hidden = true;
      problem.className = "mo-help";
      problem.removeAttribute("role");
      say(form.dataset.unfit);
      continue;
    }
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      say("");
      act(form, say);
    });
  }
}

export function startStrength() {
  for (const said of document.querySelectorAll("[data-strength]")) {
    const field = document.getElementById(said.dataset.strength);
    field?.addEventListener("input", () => {
      const length = [...field.value].length;
      if (!length) said.textContent = "";
      else if (length < Number(said.dataset.least)) said.textContent = said.dataset.short;
      else said.textContent = length < Number(said.dataset.goodLength) ? said.dataset.fair : said.dataset.good;
    });
  }
}

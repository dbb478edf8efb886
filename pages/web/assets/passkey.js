// Passkeys: hands the browser what the server asks, and the browser's answer back to the server in a plain form.
// Without this file, or where the browser has no passkeys, every page still works with passwords and codes.
const able = window.isSecureContext && window.PublicKeyCredential
  && PublicKeyCredential.parseRequestOptionsFromJSON && PublicKeyCredential.parseCreationOptionsFromJSON;
let waiting = null; // the browser's own offer below the name field; only one request may be open at a time

function tell(form, error) {
  const known = { NotAllowedError: "cancelled", AbortError: "", InvalidStateError: "known" };
  const kind = error.name in known ? known[error.name] : "failed";
  for (const line of form.querySelectorAll("[data-said]")) line.hidden = line.dataset.said !== kind;
}
async function ask(form, more) {
  const options = JSON.parse(form.dataset.options);
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options), ...more })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), ...more });
}
function send(form, credential) {
  form.elements.answer.value = JSON.stringify(credential.toJSON());
  form.submit();
}
async function offer(form) {
  if (!PublicKeyCredential.isConditionalMediationAvailable) return;
  if (!(await PublicKeyCredential.isConditionalMediationAvailable())) return;
  waiting = new AbortController();
  try {
    send(form, await ask(form, { mediation: "conditional", signal: waiting.signal }));
  } catch (error) {
    if (error.name !== "AbortError") waiting = null; // nobody asked for it: the button is still there
  }
}
for (const form of document.querySelectorAll("form[data-passkey]")) {
  for (const line of document.querySelectorAll("[data-without-passkeys]")) line.hidden = Boolean(able);
  form.hidden = !able;
  if (!able) continue;
  const button = form.querySelector("button");
  const press = async () => {
    if (!form.reportValidity()) return;
    if (waiting) waiting.abort();
    waiting = null;
    button.disabled = true;
    tell(form, { name: "AbortError" });
    try {
      send(form, await ask(form, {}));
    } catch (error) {
      tell(form, error);
      button.disabled = false;
    }
  };
  button.addEventListener("click", press);
  form.addEventListener("submit", (event) => { event.preventDefault(); press(); }); // Enter in the name field
  if ("conditional" in form.dataset) offer(form);
}

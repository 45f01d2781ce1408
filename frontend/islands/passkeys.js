// Passkeys: the browser makes one, or proves with one, and the form takes what it signed to the server.
// Without this script, where the browser has no passkeys, or at an address where they do not serve, their buttons stay hidden.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

/** What to sign, or to make a key from. Hidden fields say who asks; nothing that is typed leaves before the form does. */
async function ask(form, address) {
  const body = new URLSearchParams();
  for (const field of form.querySelectorAll("input[type=hidden]")) if (field.name !== "credential") body.append(field.name, field.value);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, redirect: "error" });
  if (!answer.ok) throw new TypeError(`${answer.status}`);
  return answer.json();
}

async function prove(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    id, type, rawId: text(rawId),
    response: {
      clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

async function make(options) {
  const publicKey = {
    ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey });
  return {
    id, type, rawId: text(rawId),
    response: {
      clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

const sentence = ({ name }) => ({ InvalidStateError: "passkeyKnown", TypeError: "passkeyRefused" })[name] ?? "passkeyFailed";

function wire(place) {
  const form = place.closest("form");
  const button = place.querySelector("button");
  const said = place.querySelector("[data-passkey-said]");
  const gesture = place.dataset.passkey === "make" ? make : prove;
  let busy = false;
  button.addEventListener("click", async () => {
    if (busy) return;
    // A key whose name is missing would be made for nothing: the server says so first.
    if (gesture === make && !form.elements.name.value.trim()) return void form.requestSubmit();
    busy = true;
    button.setAttribute("aria-disabled", "true");
    said.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify(await gesture(await ask(form, place.dataset.passkeyAsk)));
      form.requestSubmit();
    } catch (error) {
      form.elements.credential.value = "";
      said.textContent = place.dataset[sentence(error)];
    }
    busy = false;
    button.removeAttribute("aria-disabled");
  });
  // Back from the next page: what was signed served once.
  addEventListener("pageshow", () => { form.elements.credential.value = ""; });
  place.hidden = false;
  form.querySelector("[data-passkey-without]")?.remove();
}

for (const place of document.querySelectorAll("[data-passkey]")) {
  if ("PublicKeyCredential" in window && location.origin === place.dataset.passkeyOrigin) wire(place);
}

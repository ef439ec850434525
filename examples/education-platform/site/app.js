// The page: sign in, list and download files, upload as an administrator, edit the profile. Tokens stay in memory and end with the page.

import { CognitoError, UserPool } from "./cognito.js";

const SINGLE_BYTES = 100_000_000;
const PART_BYTES = 64 * 1024 * 1024;
const PROFILE_FIELDS = ["name", "phone", "locale"];

const element = (id) => document.getElementById(id);

const state = {
  configuration: null,
  pool: null,
  place: 0,
  token: null,
  email: null,
  // What the sign-in goes on with: { challenge, session, user }.
  pending: null,
  cursor: null,
  etag: null,
};

/** An answer of the API or of S3 that is no success. */
class RequestError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

function say(text, isFailure = false) {
  element("status").textContent = text;
  element("status").classList.toggle("failed", isFailure);
}

function show(...ids) {
  for (const id of ["sign-in", "new-password", "second-factor", "platform"]) {
    element(id).hidden = !ids.includes(id);
  }
  element("sign-out").hidden = !ids.includes("platform");
  const first = element(ids[0])?.querySelector("input:not([type=file])");
  if (first && ids[0] !== "platform") first.focus();
}

/** Runs what a form or button does: no second time while it runs, and its failure is shown. */
function on(id, event, work) {
  element(id).addEventListener(event, async (happened) => {
    happened.preventDefault();
    const button = happened.submitter ?? happened.currentTarget;
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      const known = error instanceof RequestError || error instanceof CognitoError;
      say(known ? error.message : "The platform does not answer. Check your connection and try again.", true);
      if (!known) console.error(error);
    } finally {
      button.disabled = false;
    }
  });
}

// Sign-in

/** Works with the pool that was used last, at first that of the first Region, and with the other one where it does not answer. */
async function withPool(work) {
  const pools = state.configuration.users.map((users) => new UserPool(users));
  for (const place of [state.place, 1 - state.place]) {
    try {
      const result = await work(pools[place]);
      state.pool = pools[place];
      state.place = place;
      return result;
    } catch (error) {
      // Nobody answers, or an answer without Cognito's name for what is wrong.
      const isGone = error instanceof TypeError || (error instanceof CognitoError && error.code === "");
      if (!isGone || place !== state.place) throw error;
    }
  }
}

async function goOn(answer) {
  if (answer.AuthenticationResult) {
    state.token = answer.AuthenticationResult.IdToken;
    state.pending = null;
    for (const form of ["sign-in", "new-password", "second-factor"]) element(form).reset();
    return open();
  }
  const user = answer.ChallengeParameters?.USER_ID_FOR_SRP ?? state.pending?.user ?? state.email;
  state.pending = { challenge: answer.ChallengeName, session: answer.Session, user };
  say("");
  switch (answer.ChallengeName) {
    case "SOFTWARE_TOKEN_MFA":
      element("register").hidden = true;
      return show("second-factor");
    case "MFA_SETUP": {
      const { secret, session } = await state.pool.associate(answer.Session);
      state.pending.session = session;
      element("secret").textContent = secret;
      element("register").hidden = false;
      return show("second-factor");
    }
    case "NEW_PASSWORD_REQUIRED":
      element("reset-code").hidden = true;
      return show("new-password");
    default:
      throw new CognitoError("UnexpectedChallenge", `The sign-in asks for ${answer.ChallengeName}, which this page does not support.`);
  }
}

on("sign-in", "submit", async () => {
  state.email = element("email").value.trim();
  say("Signing in…");
  await goOn(await withPool((pool) => pool.signIn(state.email, element("password").value)));
});

on("forgot", "click", async () => {
  state.email = element("email").value.trim();
  if (!element("email").reportValidity()) return;
  await withPool((pool) => pool.forgotPassword(state.email));
  state.pending = { challenge: "reset" };
  element("reset-code").hidden = false;
  show("new-password");
  say("A code was sent to your email address if there is an account for it.");
});

on("new-password", "submit", async () => {
  const password = element("chosen").value;
  if (state.pending.challenge === "reset") {
    await state.pool.confirmPassword(state.email, element("confirmation").value.trim(), password);
    return goOn(await state.pool.signIn(state.email, password));
  }
  const { session, user } = state.pending;
  await goOn(await state.pool.respond("NEW_PASSWORD_REQUIRED", session, { USERNAME: user, NEW_PASSWORD: password }));
});

on("second-factor", "submit", async () => {
  const { challenge, session, user } = state.pending;
  const code = element("code").value.trim();
  if (challenge === "MFA_SETUP") {
    const verified = await state.pool.verify(session, code);
    return goOn(await state.pool.respond("MFA_SETUP", verified, { USERNAME: user }));
  }
  await goOn(await state.pool.respond("SOFTWARE_TOKEN_MFA", session, { USERNAME: user, SOFTWARE_TOKEN_MFA_CODE: code }));
});

on("sign-out", "click", async () => {
  location.reload();
});

// The API

async function api(method, path, { body, headers = {} } = {}) {
  const answer = await fetch(`${state.configuration.api}${path}`, {
    method,
    headers: { Authorization: state.token, ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const said = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.status === 401) {
    show("sign-in");
    throw new RequestError(401, "Your session has ended. Sign in again.");
  }
  if (!answer.ok) throw new RequestError(answer.status, said?.detail ?? said?.title ?? `The platform answered ${answer.status}.`);
  return { said, etag: answer.headers.get("ETag") };
}

/** The groups that the token names. The functions check it again; here it decides what is shown. */
function isAdministrator() {
  const claims = JSON.parse(atob(state.token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
  return (claims["cognito:groups"] ?? []).includes("admin");
}

async function open() {
  element("upload").hidden = !isAdministrator();
  show("platform");
  say("");
  await Promise.all([listFiles(true), readProfile()]);
}

async function listFiles(fromStart) {
  if (fromStart) {
    element("files").replaceChildren();
    state.cursor = null;
  }
  const query = state.cursor ? `?cursor=${encodeURIComponent(state.cursor)}` : "";
  const { said } = await api("GET", `/files${query}`);
  for (const file of said.files) {
    const item = document.createElement("li");
    const name = document.createElement("span");
    name.textContent = file.name;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.id = `file-${file.id}`;
    button.textContent = "Download";
    button.setAttribute("aria-label", `Download ${file.name}`);
    item.append(name, button);
    element("files").append(item);
    on(button.id, "click", () => download(file.id));
  }
  state.cursor = said.next_cursor ?? null;
  element("more").hidden = state.cursor === null;
  element("no-files").hidden = element("files").childElementCount > 0;
}

on("more", "click", () => listFiles(false));

async function download(id) {
  const { said } = await api("GET", `/files/${encodeURIComponent(id)}`);
  const link = document.createElement("a");
  link.href = said.url;
  link.rel = "noreferrer";
  link.click();
}

async function checksum(blob) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return btoa(String.fromCharCode(...digest));
}

function slices(file) {
  const count = Math.ceil(file.size / PART_BYTES);
  return Array.from({ length: count }, (_, part) => file.slice(part * PART_BYTES, (part + 1) * PART_BYTES));
}

async function send(url, options) {
  const answer = await fetch(url, options);
  if (!answer.ok) throw new RequestError(answer.status, `The file was not taken: S3 answered ${answer.status}. Try again.`);
}

on("upload", "submit", async () => {
  const [file] = element("file").files;
  const progress = element("progress");
  const parts = file.size > SINGLE_BYTES ? slices(file) : [file];
  let done = 0;
  const step = () => {
    progress.value = (done += 1) / (parts.length * 2);
  };
  progress.hidden = false;
  progress.value = 0;
  try {
    say("Checking the file…");
    const sums = [];
    for (const part of parts) {
      sums.push(await checksum(part));
      step();
    }
    const announced = {
      name: file.name,
      size: file.size,
      content_type: file.type || "application/octet-stream",
      course: element("course").value.trim(),
      visibility: element("visibility").value,
      ...(parts.length === 1 ? { sha256: sums[0] } : { part_sha256: sums }),
    };
    const { said } = await api("POST", "/files", { body: announced, headers: { "Idempotency-Key": crypto.randomUUID() } });
    say("Uploading…");
    if (said.upload.parts) {
      for (const [place, part] of said.upload.parts.entries()) {
        await send(part.url, { method: "PUT", headers: part.headers, body: parts[place] });
        step();
      }
    } else {
      const form = new FormData();
      for (const [name, value] of Object.entries(said.upload.fields)) form.append(name, value);
      // S3 reads no field after the file.
      form.append("file", file);
      await send(said.upload.url, { method: "POST", body: form });
      step();
    }
    await api("POST", `/files/${encodeURIComponent(said.file.id)}/complete`);
    element("upload").reset();
    say(`${file.name} is uploaded.`);
    await listFiles(true);
  } finally {
    progress.hidden = true;
  }
});

async function readProfile() {
  const { said, etag } = await api("GET", "/profile");
  state.etag = etag;
  for (const field of PROFILE_FIELDS) element(field).value = said[field] ?? "";
}

on("profile", "submit", async () => {
  const patch = Object.fromEntries(PROFILE_FIELDS.map((field) => [field, element(field).value.trim() || null]));
  try {
    const headers = { "If-Match": state.etag, "Content-Type": "application/merge-patch+json" };
    const { etag } = await api("PATCH", "/profile", { body: patch, headers });
    state.etag = etag;
    say("Your profile is saved.");
  } catch (error) {
    if (error.status !== 412) throw error;
    await readProfile();
    say("Your profile was changed elsewhere. The fields show it as it is now: enter your change again.", true);
  }
});

// Start

try {
  const answer = await fetch("configuration.json");
  state.configuration = await answer.json();
  show("sign-in");
} catch {
  say("The platform does not answer. Check your connection and reload the page.", true);
}

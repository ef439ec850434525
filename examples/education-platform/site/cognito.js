// Sign-in to a Cognito user pool without a library: SRP, so that the password is not sent, and a code of an authenticator app.
// Protocol: RFC 5054 with the 3072-bit group of RFC 3526 and SHA-256, and the key derivation of Cognito's own SDKs.

const N_HEX = `
FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437
4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05
98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B
E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33
A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864
D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF`.replace(/\s/g, "");
const N = BigInt(`0x${N_HEX}`);
const G = 2n;

const encoder = new TextEncoder();

/** An answer of Cognito that is no success. `code` is its name, for example `NotAuthorizedException`. */
export class CognitoError extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** Bytes of a number as SRP hashes it: without leading zeros, but with one where it would else be negative. */
function padded(number) {
  let hex = number.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  if (/^[89a-f]/i.test(hex)) hex = `00${hex}`;
  return Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
}

function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

async function hmac(key, ...parts) {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, joined(...parts)));
}

function number(bytes) {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}

function power(base, exponent) {
  let result = 1n;
  base %= N;
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % N;
    base = (base * base) % N;
  }
  return result;
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** "Mon Nov 30 15:04:05 UTC 2026", the form that Cognito compares; the day has no leading zero. */
function timestamp(now) {
  const [day, date, month, year, time] = now.toUTCString().replace(",", "").split(" ");
  return `${day} ${month} ${Number(date)} ${time} UTC ${year}`;
}

/** A user pool and the app client of this page. */
export class UserPool {
  constructor({ endpoint, pool, client_id }) {
    this.endpoint = endpoint;
    this.name = pool.split("_")[1];
    this.client = client_id;
  }

  async call(operation, body) {
    const answer = await fetch(`${this.endpoint}/`, {
      method: "POST",
      headers: { "Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": `AWSCognitoIdentityProviderService.${operation}` },
      body: JSON.stringify(body),
    });
    const said = answer.headers.get("content-length") === "0" ? {} : await answer.json().catch(() => ({}));
    if (!answer.ok) {
      throw new CognitoError((said.__type ?? "").split("#").pop(), said.message ?? `Cognito answered ${answer.status}.`);
    }
    return said;
  }

  respond(challenge, session, responses) {
    return this.call("RespondToAuthChallenge", {
      ClientId: this.client,
      ChallengeName: challenge,
      Session: session,
      ChallengeResponses: responses,
    });
  }

  /** Proves the password. The result has tokens or the next challenge. */
  async signIn(email, password) {
    const a = number(crypto.getRandomValues(new Uint8Array(128)));
    const bigA = power(G, a);
    const asked = await this.call("InitiateAuth", {
      AuthFlow: "USER_SRP_AUTH",
      ClientId: this.client,
      AuthParameters: { USERNAME: email, SRP_A: bigA.toString(16) },
    });
    if (asked.ChallengeName !== "PASSWORD_VERIFIER") {
      throw new CognitoError("UnexpectedChallenge", `Cognito asks for ${asked.ChallengeName}, which this page does not know.`);
    }
    const { SALT, SRP_B, SECRET_BLOCK, USER_ID_FOR_SRP: user } = asked.ChallengeParameters;
    const bigB = BigInt(`0x${SRP_B}`);
    const u = number(await sha256(padded(bigA), padded(bigB)));
    if (bigB % N === 0n || u === 0n) {
      throw new CognitoError("InvalidServer", "The server's proof is not valid.");
    }
    const k = number(await sha256(padded(N), padded(G)));
    const identity = await sha256(encoder.encode(`${this.name}${user}:${password}`));
    const x = number(await sha256(padded(BigInt(`0x${SALT}`)), identity));
    const base = (((bigB - k * power(G, x)) % N) + N) % N;
    const s = power(base, a + u * x);
    const prk = await hmac(padded(u), padded(s));
    const key = (await hmac(prk, encoder.encode("Caldera Derived Key"), Uint8Array.of(1))).slice(0, 16);
    const time = timestamp(new Date());
    const block = Uint8Array.from(atob(SECRET_BLOCK), (char) => char.charCodeAt(0));
    const proof = await hmac(key, encoder.encode(this.name), encoder.encode(user), block, encoder.encode(time));
    return this.respond("PASSWORD_VERIFIER", asked.Session, {
      USERNAME: user,
      PASSWORD_CLAIM_SECRET_BLOCK: SECRET_BLOCK,
      PASSWORD_CLAIM_SIGNATURE: base64(proof),
      TIMESTAMP: time,
    });
  }

  /** Begins to register an authenticator app: the key to enter there, and the session to go on with. */
  async associate(session) {
    const { SecretCode, Session } = await this.call("AssociateSoftwareToken", { Session: session });
    return { secret: SecretCode, session: Session };
  }

  /** Ends it with a code of the app. */
  async verify(session, code) {
    const { Session } = await this.call("VerifySoftwareToken", { Session: session, UserCode: code });
    return Session;
  }

  forgotPassword(email) {
    return this.call("ForgotPassword", { ClientId: this.client, Username: email });
  }

  confirmPassword(email, code, password) {
    return this.call("ConfirmForgotPassword", { ClientId: this.client, Username: email, ConfirmationCode: code, Password: password });
  }
}

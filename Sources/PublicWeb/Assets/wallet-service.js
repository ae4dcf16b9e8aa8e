import { Failure } from "./wallet-failure.js";
import { requestProof } from "./wallet-proofs.js";

const timeoutMilliseconds = 30_000;
/** A nonce lasts two minutes; a request with an older one would be sent twice. */
const nonceMilliseconds = 90_000;
const preAuthorized = "urn:ietf:params:oauth:grant-type:pre-authorized_code";

/** The service that issues this phone's codes, under `/vci/` of the wallet's own origin. */
export class Service {
  #nonce = { text: "", at: 0 };

  /** @param {import('./wallet-clock.js').Clock} clock told by every answer. */
  constructor(clock) {
    this.clock = clock;
    /** Whether the last request got an answer; null before the first. */
    this.isReached = null;
    this.onreach = () => {};
  }

  /** The algorithms of device keys that the issuer takes, the preferred one first. @returns {Promise<string[]>} */
  async algorithms() {
    const answer = await this.#fetch("/.well-known/openid-credential-issuer", {});
    const configuration = (await answer.json())?.credential_configurations_supported?.["suishen-person"];
    return configuration?.proof_types_supported?.jwt?.proof_signing_alg_values_supported ?? [];
  }

  /** Asks for a nonce, which also tells the time and whether there is a network. */
  async greet() {
    const answer = await this.#read(await this.#fetch("/vci/nonce", this.#json({})));
    this.#nonce = { text: answer.c_nonce, at: Date.now() };
  }

  /** @param {import('./wallet-keys.js').Keys} keys @param {string} code @param {string} pin */
  tokenForOffer(keys, code, pin) {
    const form = new URLSearchParams({ grant_type: preAuthorized, "pre-authorized_code": code });
    if (pin) form.set("tx_code", pin);
    return this.#proved(keys, "/vci/token", "", () => ({ method: "POST", body: form }));
  }

  /** @param {import('./wallet-keys.js').Keys} keys @param {string} refreshToken */
  tokenForHolding(keys, refreshToken) {
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken });
    return this.#proved(keys, "/vci/token", "", () => ({ method: "POST", body: form }));
  }

  /**
   * Asks for a strip of codes.
   *
   * @param {import('./wallet-keys.js').Keys} keys
   * @param {string} accessToken
   * @param {string} key the same for a repetition.
   * @param {(nonce: string) => Promise<string>} proof
   */
  credentials(keys, accessToken, key, proof) {
    return this.#proved(keys, "/vci/credential", accessToken, async (nonce) => {
      const body = { credential_configuration_id: "suishen-person", proofs: { jwt: [await proof(nonce)] } };
      return this.#json(body, { "Idempotency-Key": key });
    });
  }

  /** Every live code of the holder. */
  codes(keys, accessToken) {
    return this.#proved(keys, "/vci/codes", accessToken, () => this.#json({}));
  }

  /** @param {"holding" | "subject"} scope */
  revoke(keys, accessToken, scope) {
    return this.#proved(keys, "/vci/revoke", accessToken, () => this.#json({ scope }));
  }

  /** Revokes a lost phone's codes; any phone may. @param {string} lossCode @returns {Promise<{revoked: number}>} */
  async lost(lossCode) {
    return this.#read(await this.#fetch("/vci/lost", this.#json({ loss_code: lossCode })));
  }

  /** A request with a proof by the device key; once more with a new nonce where the service wants one. */
  async #proved(keys, path, accessToken, make) {
    for (let isAgain = false; ; isAgain = true) {
      if (Date.now() - this.#nonce.at > nonceMilliseconds || Date.now() < this.#nonce.at) await this.greet();
      const nonce = this.#nonce.text;
      const request = await make(nonce);
      const fields = { ...request.headers, DPoP: await requestProof(keys, path, nonce, accessToken) };
      if (accessToken) fields.Authorization = `DPoP ${accessToken}`;
      try {
        return await this.#read(await this.#fetch(path, { ...request, headers: fields }));
      } catch (error) {
        if (isAgain || !(error instanceof Failure) || error.code !== "nonce_needed") throw error;
        this.#nonce.at = 0;
      }
    }
  }

  #json(body, fields = {}) {
    return {
      method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...fields },
    };
  }

  /** @returns {Promise<Response>} @throws {Failure} `offline` */
  async #fetch(path, request) {
    const sentAt = Date.now();
    let response;
    try {
      response = await fetch(path, {
        cache: "no-store", credentials: "omit", redirect: "error", ...request,
        signal: AbortSignal.timeout(timeoutMilliseconds),
      });
    } catch (error) {
      this.#reach(false);
      throw new Failure("offline", String(error));
    }
    this.#reach(response.status !== 502 && response.status !== 504);
    this.clock.measure(response, sentAt);
    const nonce = response.headers.get("DPoP-Nonce");
    if (nonce) this.#nonce = { text: nonce, at: Date.now() };
    return response;
  }

  /** @param {Response} response @returns {Promise<any>} @throws {Failure} */
  async #read(response) {
    let answer;
    try {
      answer = await response.json();
    } catch {
      throw new Failure("unavailable", `status ${response.status}`);
    }
    if (response.ok) return answer;
    const code = answer.code ?? "unavailable";
    throw new Failure(response.status >= 500 || response.status === 429 ? "unavailable" : code, answer.error_description ?? "");
  }

  #reach(isReached) {
    const isNews = this.isReached !== isReached;
    this.isReached = isReached;
    if (isNews) this.onreach();
  }
}

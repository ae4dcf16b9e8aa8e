import { base64URL, bytesOfBase64URL, hex, random, sha256 } from "./bytes.js";
import { Failure } from "./wallet-failure.js";
import { Keys } from "./wallet-keys.js";
import { credentialProof } from "./wallet-proofs.js";

const secretByteCount = 32;
/** How long before the end of the covered time a strip is renewed, in seconds. */
const renewalSeconds = 2 * 86_400;
const pendingKey = "offer";

/**
 * Receives an offer's codes, and renews them.
 *
 * A request is kept on the phone before it is sent, and repeated until an answer comes: the service gives the same one.
 */
export class Receiving {
  /**
   * @param {import('./wallet-store.js').Store} store
   * @param {import('./wallet-service.js').Service} service
   * @param {() => Promise<import('./wallet-module.js').Module>} module
   */
  constructor(store, service, module) {
    Object.assign(this, { store, service, module });
  }

  /**
   * Asks for an offer's access token.
   *
   * @param {string} text the link's secret.
   * @param {string} pin empty where the holder has not typed one.
   * @returns {Promise<void>} the request for codes is kept then.
   * @throws {Failure} `offer_unknown`, `offer_used`, `offer_ended`, `pin_wrong`, `pin_locked`, `device_key_invalid`, …
   */
  async begin(text, pin) {
    const secret = bytesOfBase64URL(text);
    if (secret?.length !== secretByteCount) throw new Failure("offer_unknown", "the link is not whole");
    const keys = (await Keys.read(this.store))
      ?? (await Keys.make(this.store, await this.service.algorithms()));
    const code = base64URL(await sha256(secret));
    const token = await this.service.tokenForOffer(keys, code, pin);
    const how = { name: "HMAC", hash: "SHA-256" };
    const secretKey = await crypto.subtle.importKey("raw", secret, how, false, ["sign"]);
    secret.fill(0);
    await this.store.put("pending", pendingKey, {
      accessToken: token.access_token, secret: secretKey, seeds: seedNames(token.days), key: hex(random(16)),
      days: token.days,
    });
  }

  /** Whether an offer's codes were asked for without an answer. */
  async isPending() {
    return (await this.store.get("pending", pendingKey)) !== undefined;
  }

  /**
   * Fetches an offer's codes, also after an interruption.
   *
   * @param {(isWard: boolean) => string} label of the new holding.
   * @returns {Promise<import('./wallet-store.js').Holding>}
   * @throws {Failure}
   */
  async finish(label) {
    const pending = await this.store.get("pending", pendingKey);
    const keys = await Keys.read(this.store);
    if (!pending || !keys) throw new Failure("offer_unknown", "nothing is pending");
    let answer;
    try {
      answer = await this.#strip(keys, pending.accessToken, pending, pending.secret);
    } catch (error) {
      if (!(error instanceof Failure && error.isPassing)) await this.store.remove("pending", pendingKey);
      throw error;
    }
    const holding = {
      id: answer.holding, isWard: answer.ward === true, label: label(answer.ward === true),
      refreshToken: answer.refresh_token, coveredUntil: answer.covered_until, days: pending.days, status: "active",
      codes: codes(answer, pending.seeds), receivedAt: Math.floor(this.service.clock.now()),
    };
    await this.store.put("holdings", holding.id, holding);
    await this.store.remove("pending", pendingKey);
    return holding;
  }

  /** Whether a holding may be renewed now. @param {import('./wallet-store.js').Holding} holding */
  isDue(holding) {
    return holding.status === "active"
      && this.service.clock.now() >= holding.coveredUntil - Math.min(renewalSeconds, this.#early(holding));
  }

  /** Short strips, as tests have them, are not renewed again at once. */
  #early(holding) {
    const last = holding.codes.at(-1);
    return last ? ((last.expiresAt - last.issuedAt) * holding.days * 2) / 7 : renewalSeconds;
  }

  /**
   * Renews a holding, which is kept before this returns.
   *
   * @param {import('./wallet-store.js').Holding} holding is changed.
   * @throws {Failure} `wallet_revoked` and `token_invalid` after the holding's end is kept.
   */
  async renew(holding) {
    const keys = await Keys.read(this.store);
    if (!keys) throw new Failure("token_invalid", "the device key is gone");
    try {
      const token = await this.service.tokenForHolding(keys, holding.refreshToken);
      if (holding.renewal?.seeds.length !== token.days) {
        holding.renewal = { seeds: seedNames(token.days), key: hex(random(16)) };
        await this.store.put("holdings", holding.id, holding);
      }
      const answer = await this.#strip(keys, token.access_token, holding.renewal, null);
      const now = this.service.clock.now();
      holding.codes = [...holding.codes.filter((code) => code.expiresAt > now - 86_400),
        ...codes(answer, holding.renewal.seeds)];
      holding.coveredUntil = answer.covered_until;
      holding.days = token.days;
      delete holding.renewal;
    } catch (error) {
      const code = error instanceof Failure ? error.code : "";
      if (code === "wallet_revoked") holding.status = "revoked";
      // The strip of a request that was answered to nobody stays open; a new request has new seeds.
      if (["anchor_invalid", "renewal_early", "idempotency_conflict"].includes(code)) delete holding.renewal;
      await this.store.put("holdings", holding.id, holding);
      throw error;
    }
    await this.store.put("holdings", holding.id, holding);
  }

  /** An access token of a holding, with the phone's keys. */
  async access(holding) {
    const keys = await Keys.read(this.store);
    if (!keys) throw new Failure("token_invalid", "the device key is gone");
    return { keys, token: (await this.service.tokenForHolding(keys, holding.refreshToken)).access_token };
  }

  async #strip(keys, accessToken, { seeds, key }, secret) {
    const module = await this.module();
    const anchors = [];
    for (const name of seeds) anchors.push(module.anchor(await keys.seed(name)));
    return this.service.credentials(keys, accessToken, key, (nonce) => credentialProof(keys, nonce, anchors, secret));
  }
}

function seedNames(days) {
  return Array.from({ length: days }, () => hex(random(16)));
}

/** The codes of an answer; chains come in the order of their anchors. */
function codes(answer, seeds) {
  let day = 0;
  return answer.credentials.map(({ credential, kind, issued_at: issuedAt, expires_at: expiresAt }) => ({
    kind, text: credential, issuedAt, expiresAt, seed: kind === "chain" ? seeds[day++] : "",
  }));
}

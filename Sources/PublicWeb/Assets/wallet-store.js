import { Failure } from "./wallet-failure.js";

const name = "suishen-wallet";
const version = 1;
const stores = ["keys", "holdings", "pending", "diary", "history"];

/**
 * What this phone keeps: keys that cannot be read out, codes, the diary and the history.
 *
 * @typedef {{kind: "chain" | "signed", text: string, issuedAt: number, expiresAt: number, seed: string}} Code
 * @typedef {{id: string, isWard: boolean, label: string, refreshToken: string, coveredUntil: number, days: number,
 *   status: "active" | "revoked", codes: Code[], renewal?: {seeds: string[], key: string}, receivedAt: number}} Holding
 */
export class Store {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  /** @returns {Promise<Store>} @throws {Failure} `browser` where the browser keeps nothing. */
  static open() {
    return new Promise((resolve, reject) => {
      let request;
      try {
        request = indexedDB.open(name, version);
      } catch (error) {
        reject(new Failure("browser", String(error)));
        return;
      }
      request.onupgradeneeded = () => {
        for (const store of stores) request.result.createObjectStore(store);
      };
      request.onsuccess = () => {
        // Another tab with a newer version of the wallet goes first.
        request.result.onversionchange = () => request.result.close();
        resolve(new Store(request.result));
      };
      request.onerror = () => reject(new Failure("browser", String(request.error)));
    });
  }

  /** @param {string} store @param {string} key */
  get(store, key) {
    return this.#run(store, "readonly", (objects) => objects.get(key));
  }

  /** @param {string} store @returns {Promise<any[]>} */
  all(store) {
    return this.#run(store, "readonly", (objects) => objects.getAll());
  }

  /** Durable when it returns. @param {string} store @param {string} key @param {unknown} value */
  put(store, key, value) {
    return this.#run(store, "readwrite", (objects) => objects.put(value, key));
  }

  /** @param {string} store @param {string} key */
  remove(store, key) {
    return this.#run(store, "readwrite", (objects) => objects.delete(key));
  }

  /** @param {string} store */
  clear(store) {
    return this.#run(store, "readwrite", (objects) => objects.clear());
  }

  /** @returns {Promise<any>} */
  #run(store, mode, act) {
    return new Promise((resolve, reject) => {
      let transaction;
      try {
        transaction = this.database.transaction(store, mode, { durability: "strict" });
      } catch (error) {
        reject(new Failure("browser", String(error)));
        return;
      }
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = () => reject(new Failure("browser", String(transaction.error)));
      transaction.onabort = () => reject(new Failure("browser", String(transaction.error)));
    });
  }
}

/** A smaller difference is left to the gates, which take as much. */
const differenceMax = 30;

/**
 * The time. The phone's clock alone decides while nothing better is known; the service's clock is told by its answers.
 *
 * No code depends on it being right: a wrong clock is said, and the code is shown all the same.
 */
export class Clock {
  /** Seconds that the phone is behind the service (negative: ahead); null while no answer told it. */
  difference = null;
  #measuredAt = { wall: 0, steady: 0 };

  /** @param {Response} response @param {number} sentAt `Date.now()` before the request. */
  measure(response, sentAt) {
    const told = Date.parse(response.headers.get("Date") ?? "");
    if (Number.isNaN(told)) return;
    const now = Date.now();
    this.difference = Math.round((told + 500 - (sentAt + now) / 2) / 1000);
    this.#measuredAt = { wall: now, steady: performance.now() };
  }

  /** Whether somebody has set the phone's clock since the service told the time; then that is forgotten. */
  forgetIfSet() {
    if (this.difference === null) return false;
    const wall = Date.now() - this.#measuredAt.wall;
    const steady = performance.now() - this.#measuredAt.steady;
    if (Math.abs(wall - steady) < 5000) return false;
    // A phone that slept may stop the steady clock as well.
    this.difference = null;
    return true;
  }

  /** Whether the phone's clock differs by so much that gates refuse codes by it. */
  get isOff() {
    return this.difference !== null && Math.abs(this.difference) > differenceMax;
  }

  /** Seconds since 1970-01-01T00:00:00Z, by the service's clock where the phone's is off. */
  now() {
    return Date.now() / 1000 + (this.isOff ? this.difference : 0);
  }
}

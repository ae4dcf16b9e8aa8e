/** The words of the proof, in English. */
export const english = {
  loading: "Checking in this browser…",
  proved: "This browser checked every item, and all passed.",
  failed: "The check in this browser failed. Do not trust this page.",
  revoked: "This browser found that the code is revoked.",
  refused: "This browser found that the code is not valid now.",
  warned: "The checks in this browser passed, and one needs your attention.",
  undone: "Something could not be checked in this browser; the above is still the server's word alone.",
  bannerLoading: "Checking…",
  bannerLoadingDetail: "The server says that the code is valid. This browser is checking that.",
  bannerFailed: "The proof failed; do not trust this page",
  bannerFailedDetail:
    "What the server gave does not match the signatures or the public log. Leave the page, and tell the "
    + "issuer.",
  bannerRevoked: "This code is revoked",
  bannerRevokedDetail: "This browser found the code in the issuer's list of revoked codes. Do not trust it.",
  bannerRefused: "This code is not valid now",
  bannerRefusedDetail: "By this device's clock the code has expired or has not begun. Check the clock.",
  bannerUndone: "The server says valid; this browser could not check it",
  bannerUndoneDetail: "Nothing was found wrong, and something could not be checked here. The reason is below.",
  bannerWarned: "The signature is valid; please note",
  bannerWarnedDetail: "Something differs from what this browser saw last. See below.",
  steps: {
    trust: "The root confirms the trust list",
    root: "The root, compared with what this browser saw last",
    code: "An issuer of the trust list signed the code; it is unchanged and in force",
    status: "The code's status in the list of revoked codes",
    checkpoint: "The log's key signed the checkpoint of the public log",
    memory: "The public log, compared with what this browser saw last",
    events: "The public log has the events of this page, as they are shown",
  },
  states: {
    passed: "passed", failed: "failed", revoked: "revoked", refused: "not valid",
    undone: "not checked here", warned: "please note", skipped: "does not apply",
  },
  notes: {
    network: "There is no network, or the server does not answer. Check the network, then reload the page.",
    sm2:
      "The code is signed with SM2, which browsers do not support, so it is not checked here. Check it "
      + "with the command verify, or at an official terminal.",
    browser: "This browser lacks a function that the check needs. Use a newer browser.",
    module: "The checking program is missing, or does not belong to this page. Reload the page.",
    large: "The file is too large to be checked in a browser. Check the code with the command verify.",
    before: "An item above could not be checked, so this one was not tried.",
    rootChanged: "The root has changed. Unless the issuer has announced that, do not trust this page.",
    rootFirst: "This browser sees the root for the first time, and remembers it for the next time.",
    older:
      "The server gave an older log than this browser saw last. It may be a cache; if this stays, tell the "
      + "issuer.",
    forked:
      "The log does not continue what this browser saw last: entries were changed or removed. Keep this "
      + "page, and tell the issuer.",
    first: "This browser sees the log for the first time, and remembers it for the next time.",
    isolated: "This page cannot keep data in the browser, so every time is the first one.",
    noLog: "The log has not published any entry yet.",
    noEvents: "This page has no published event.",
    pending: (count) => `${count} more not yet published; they can be checked later.`,
    counted: (count) => `${count} checked.`,
    witnesses: (count) =>
      `The checkpoint has ${count} more signatures, of signers outside the trust list; they were not checked.`,
    asOf: (time) => `List of revoked codes as of ${time}.`,
    contrary: "The page shows something other than what was signed.",
    root_differs: "The server gave another root than the page states.",
    bad_signature: "The signature is wrong.",
    bundle_expired: "The trust list has ended. Try again later, and check this device's clock.",
    clock_before_bundle: "The trust list is dated after this device's time. Check this device's clock.",
    expired: "The code has expired.",
    not_yet_valid: "The code is not valid yet. Check this device's clock.",
    status_unknown:
      "The list of revoked codes is missing, too old or not to be trusted, so nobody knows whether the "
      + "code is revoked.",
    malformed_proof: "The public log does not have the entry, or the proof does not hold.",
    malformed_tile: "The public log lacks a part that the proof needs.",
    malformed_checkpoint: "The checkpoint's signature or its form is wrong.",
    missing: "The server did not give a file that the check needs.",
  },
  mark: { proved: "checked in this browser", failed: "the proof failed" },
};

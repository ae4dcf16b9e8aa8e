import Credential

/// What the steps of one code have proved so far; each step needs the results of those before it.
struct CodeProof {
    var trust: PageTrust?
    /// The claims of the code, once its signature is checked and its life.
    var claims: Claims?
}

extension Settings {
    static let listen = Field(
        name: "listen",
        comment: """
            where callers on other machines connect by TLS 1.3, each with a certificate that names it (see roles):
              address           an address of this machine with a port, 0.0.0.0:8443 for all of them
              certificate       the daemon's certificate in PEM, with those between it and its authority
              privateKey        its key in PEM, in a file with mode 0400
              clientAuthority   the certificates in PEM of the only authorities that may sign callers' certificates
            the files are read again when they change
            """,
        takes: "none, or lines below it like `  address: 0.0.0.0:8443`; files are absolute paths, or credential:NAME",
        isText: false
    ) {
        if $0 == "none" || $0.isEmpty { $1.listen = ListenTable() }
        return $0 == "none" || $0.isEmpty
    } write: {
        $0.listen.text
    }

    static let roles = Field(
        name: "roles",
        comment: """
            the roles of each user, by user number (`id -u NAME`), and of each caller on another machine, by the one DNS
            name in its certificate; callers without a role are refused; the daemon reads this table anew when it changes:
              issuer:person, issuer:enterprise, issuer:object   register and issue that form; issuer is all three
              inspector:USCC       append events as that actor, one role per actor; inspector:* as any actor
              auditor              read the audit trail, histories and the log
              operator             revoke, export bundles, erase, change keys
              public, wallet       for suishen-web: read what pages show, and pass phones' requests on
              gate                 for the web server that passes gates' reports on
            the daemon's own user may do everything, unless it is listed here
            """,
        takes: "{}, or lines below it like `  1001: [issuer:object, auditor]`", isText: false
    ) {
        if $0 == "{}" || $0.isEmpty { $1.roles = RoleTable() }
        return $0 == "{}" || $0.isEmpty
    } write: {
        $0.roles.text
    }

    static let rates = Field(
        name: "rates",
        comment: """
            how many requests a second a user may send to each route, and lines of batches, beyond the built-in limits of
            20000 requests and 100000 lines, and 10 for bundle.export; one line for a user by number, for a caller by the
            name in its certificate, or for every one who is not listed; OPERATION=N limits the route of one operation by
            its name in the audit trail;
            ten seconds' requests may come at once; a line of a batch waits, any other request is refused with 429
            """,
        takes: "{}, or lines below it like `  every: [requests=500, lines=5000, bundle.export=1]`", isText: false
    ) {
        if $0 == "{}" || $0.isEmpty { $1.rates = RateTable() }
        return $0 == "{}" || $0.isEmpty
    } write: {
        $0.rates.text
    }

    static let quotas = Field(
        name: "quotas",
        comment: """
            how many codes of a form a user may issue a day, from 00:00 UTC to 00:00 UTC, one line for a user by number, or
            for a caller by the name in its certificate;
            a form that is not named has no limit; codes to phones count for the user of suishen-web
            """,
        takes: "{}, or lines below it like `  1001: [person=100000, object=500]`", isText: false
    ) {
        if $0 == "{}" || $0.isEmpty { $1.quotas = QuotaTable() }
        return $0 == "{}" || $0.isEmpty
    } write: {
        $0.quotas.text
    }

    static let dualControl = Field(
        name: "dualControl",
        comment: """
            acts of an operator that a second operator, another user, has to confirm within 10 minutes:
              exportDomainKeys    exporting a bundle with a domain's keys, registering a gate with a domain
              publishRoot         joining root documents into the installation
              compromiseKey       striking a signing key
            they then go through the daemon alone; root on this machine can still do everything
            """,
        takes: "[], or a list like [exportDomainKeys, publishRoot, compromiseKey]", isText: false
    ) {
        guard let words = SettingsLine(indentation: 0, name: "", value: $0, isQuoted: false).list else { return false }
        let acts = words.compactMap(DualAct.init(rawValue:))
        guard acts.count == words.count, Set(acts).count == acts.count else { return false }
        $1.dualControl = Set(acts)
        return true
    } write: {
        let acts = $0.dualControl
        return "[\(DualAct.allCases.filter(acts.contains).map(\.rawValue).joined(separator: ", "))]"
    }
}

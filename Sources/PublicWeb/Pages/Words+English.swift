extension Words {
    static let english = Words(
        frame: Frame(
            service: "Suishen Code", skip: "Skip to the content", languages: "Language", sizes: "Text size",
            usualSize: "Standard", largeSize: "Large"),
        verdicts: Verdicts(
            genuine: Notice(title: "Genuine, in force", detail: "The issuer signed this code and has not revoked it."),
            revoked: Notice(
                title: "Revoked",
                detail: "The issuer signed this code and has revoked it since. Do not rely on what bears it."),
            statusUnknown: Notice(
                title: "Genuine, but perhaps revoked",
                detail: "The signature is right. The newest list of revoked codes is not available; try again later."),
            over: Notice(title: "Expired", detail: "The issuer signed this code, and its validity has ended."),
            notBegun: Notice(
                title: "Not yet valid", detail: "The code was issued at a later time than now. Check the clocks."),
            malformed: Notice(
                title: "Not a valid code",
                detail: "The address is incomplete or was changed. Scan again; if this stays, do not trust the code."),
            forged: Notice(
                title: "Wrong signature: perhaps forged",
                detail: "The issuer that the code names did not sign it. Do not trust it, and tell the manager."),
            unknownIssuer: Notice(
                title: "Unknown issuer",
                detail: "The code's issuer is not on the trust list, so this service cannot tell whether it is genuine."
            ),
            keyEnded: Notice(
                title: "The issuer's key has ended",
                detail: "The key that signed this code has expired or was withdrawn. The code proves nothing any more."),
            wrongUse: Notice(
                title: "The key may not sign this code",
                detail: "The key that signed this code is not allowed to sign codes of its kind. Do not trust the code."
            ),
            undecided: Notice(
                title: "Cannot be checked now",
                detail: "This service cannot read the newest trust list, and so says nothing. Try again later."),
            objectUnknown: Notice(
                title: "Genuine, but not on record",
                detail: "The signature is right, and this service has no record of the object or place."),
            registered: Notice(
                title: "A registered enterprise", detail: "This is what the register says; no code was checked."),
            notRegistered: Notice(
                title: "No such enterprise on record", detail: "This service has no enterprise with this number."),
            asOf: "List of revoked codes as of"),
        facts: Facts(
            object: "Object", place: "Place", enterprise: "Enterprise", category: "Category", name: "Name",
            manager: "Manager", position: "Location", openMap: "Open in the phone's map", issuer: "Issuer",
            issued: "Issued", validUntil: "Valid until", identifier: "Identifier", uscc: "Credit code (USCC)",
            unknownCategory: "Other", inspections: "Inspections",
            inspectionsNote:
                "Inspections are published with the things and places that were inspected: scan their codes.",
            notNamed: "No name on record",
            datum: { $0 ? "GCJ-02 coordinates, which are offset" : "CGCS2000 coordinates" }),
        timeline: Timeline(
            heading: "History", empty: "Nothing has been recorded yet.",
            unavailable: "The history cannot be read now; look again later. Signature and status are not affected.",
            cut: "There are too many records to list here; the public log has all of them.",
            recordedBy: "Recorded by", service: "this service", place: "Where", state: "State", document: "Document",
            corrects: "Corrects an earlier record", proved: "In the public log",
            pending: "Not yet published in the log; it can be checked later", proof: "Download the proof",
            keyChange: "Key changed", heads: "Summary of the log",
            newer: "Newer records", older: "Older records",
            personal: { $0 == 1 ? "1 personal detail, not public" : "\($0) personal details, not public" },
            erased: { "\($0) of them erased" }, erasure: { "Personal details of record \($0) were erased" },
            page: { "Page \($0) of \($1)" }, total: { $0 == 1 ? "1 record" : "\($0) records, newest first" }),
        proving: Proving(
            heading: "What this proves, and what not",
            unchecked: "The server checked all this; it was not checked in this browser.",
            command: "The commands with which you check the whole log yourself",
            commandNote:
                "KEY is the log's public key. Get it from the issuer by another way, not from this page. The first audit "
                + "remembers the log and is undecided; the second command then decides.",
            downloads: "Downloads", json: "This code's data (JSON)", epcis: "Events (EPCIS 2.0)",
            linkset: "All links (linkset)", signed: "The signed code (CWT)", checkpoint: "Checkpoint of the log",
            proves: [
                "An issuer of the trust list signed the code, and nothing in it was changed.",
                "A record marked “in the public log” cannot be changed or removed unseen.",
            ],
            provesNot: [
                "Not that this is the thing that the code was made for: a code can be copied or moved.",
                "Not that a record is true: it is the word of whoever recorded it.",
                "This page cannot vouch for itself: to rely on no server, use the command below.",
            ],
            provesOfEnterprise: ["An issuer of the trust list signed the code, and nothing in it was changed."],
            provesNotOfEnterprise: [
                "Not that the person who shows the code belongs to the enterprise: a code can be copied.",
                "This page cannot vouch for itself: to rely on no server, check the code with the command verify.",
            ], provesTitle: "It proves", provesNotTitle: "It does not prove"),
        reporting: Reporting(
            link: "Report a fault", heading: "Report a fault", kind: "Fault",
            text: "Details (optional, at most 500 characters)", send: "Send",
            privacy: """
                The report goes to the manager. Leave out names, telephone numbers and other personal details. This \
                service does not record your address.
                """, sent: "Received, thank you.", back: "Back",
            kinds: [
                "damaged": "Damaged", "unsafe": "Unsafe", "misplaced": "The code is in the wrong place",
                "copied": "The code looks copied or forged", "other": "Something else",
            ],
            refused: Notice(title: "Not sent", detail: "Check what you have entered, or try again later.")),
        failures: Failures(
            pathUnknown: Notice(title: "No such page", detail: "Scan the code again, or check the address."),
            unavailable: Notice(title: "Not available now", detail: "Try again later."),
            badRequest: Notice(
                title: "This request cannot be answered", detail: "Scan the code again, or check the address."),
            logDamaged: Notice(
                title: "The public log is damaged",
                detail: "The log's files do not fit its checkpoint, so there is no proof. Tell the issuer."),
            code: "Error code:", checkInLink: "Check in with the wallet"))
}

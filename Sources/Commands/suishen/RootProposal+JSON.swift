import Encoding
import Gate
import Signing

extension RootProposal {
    /// Everything that the proposed document says, and who has signed it.
    var json: JSONValue { next.json(after: chain?.newest, root: root) }
}

extension RootChain {
    /// Every document of the chain.
    var json: [JSONValue] {
        documents.enumerated().map { place, signed in
            signed.json(after: place == 0 ? nil : documents[place - 1].document, root: root)
        }
    }
}

extension SignedRootDocument {
    /// What the document says and changes, and who has signed of the roots before it and of its own.
    fileprivate func json(after former: RootDocument?, root: VerificationKey) -> JSONValue {
        let confirmation = RootConfirmation(of: self, after: former, root: root)
        let before = former?.roots ?? [root]
        let formerKeys = former?.bundleKeys.map(\.key) ?? []
        let keys = document.bundleKeys
        return [
            "version": .integer(Int64(clamping: document.version)),
            "issuedAt": .integer(Int64(clamping: document.issuedAt)),
            "expiresAt": .integer(Int64(clamping: document.expiresAt)),
            "threshold": .integer(Int64(document.threshold)),
            "roots": .array(document.roots.map { Self.json($0, isNew: !before.contains($0)) }),
            "droppedRoots": .array(before.filter { !document.roots.contains($0) }.map { Self.json($0) }),
            "bundleKeys": .array(
                keys.map { Self.json($0.key, isNew: !formerKeys.contains($0.key), expiresAt: $0.expiresAt) }),
            "droppedBundleKeys": .array(
                formerKeys.filter { key in !keys.contains { $0.key == key } }.map { Self.json($0) }),
            "signaturesOfRootsBefore": confirmation.former.json, "signaturesOfOwnRoots": confirmation.own.json,
            "isComplete": .bool(confirmation.isComplete),
            "digest": .string(Hex.encode(digest)),
        ]
    }

    private static func json(_ key: VerificationKey, isNew: Bool? = nil, expiresAt: UInt64? = nil) -> JSONValue {
        var object: JSONObject = [
            "digest": .string(Hex.encode(RootSource.digest(of: key))), "kid": .string(Hex.encode(key.keyIdentifier)),
            "algorithm": .string(key.algorithm.token), "spki": .string(Hex.encode(key.spki)),
        ]
        object["expiresAt"] = expiresAt.map { .integer(Int64(clamping: $0)) }
        object["isNew"] = isNew.map(JSONValue.bool)
        return .object(object)
    }
}

extension RootConfirmation.Side {
    fileprivate var json: JSONValue {
        func digests(_ keys: [VerificationKey]) -> JSONValue {
            .array(keys.map { .string(Hex.encode(RootSource.digest(of: $0))) })
        }
        return ["needed": .integer(Int64(threshold)), "signed": digests(signers), "silent": digests(silent)]
    }
}

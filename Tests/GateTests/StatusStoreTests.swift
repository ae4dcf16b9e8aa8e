import Credential
import Encoding
import Glibc
import Signing
import TestSupport
import Testing

@testable import Gate

@Suite("What a gate unpacks of a status list")
struct StatusStoreTests {
    private static let reference = StatusListReference(issuer: "SH", form: .person, day: 7)
    private static let source = BundleExport.path(of: reference)
    private static let unpacked = "state/\(reference.name).bits"

    private let folder: ScratchFolder
    private let key: SigningKey

    init() throws {
        folder = try ScratchFolder()
        key = try .generate(.ed25519)
        unsafe mkdir(folder("status"), 0o700)
        try GateFile.makeFolder(folder("state"))
    }

    /// A list of 100 codes of which one is revoked.
    private func token(revoked: Int, subject: String = reference.name) throws -> [UInt8] {
        var list = StatusList(count: 100)
        list[revoked] = true
        return try StatusListToken(
            subject: subject, issuedAt: 5, expiresAt: 9, timeToLiveSeconds: nil, list: list
        ).signed(by: key)
    }

    /// What a gate that starts now finds revoked.
    private func revokedAtStart() throws -> [UInt64] {
        let list = try store().list(Self.reference, at: 6, skewSeconds: 0).list
        #expect(list.issuedAt == 5 && list.expiresAt == 9)
        #expect(list.isRevoked(103) == false && list.isRevoked(104) == nil)
        return (0..<104).filter { list.isRevoked($0) != false }
    }

    private func store(
        notBefore: UInt64 = 0, expiresAt: UInt64 = .max, status: KeyStatus = .active
    ) throws -> StatusStore {
        let record = IssuerRecord(
            issuer: "SH", key: key.verificationKey, uses: [.statuslist], notBefore: notBefore, expiresAt: expiresAt,
            status: status)
        let bundle = GateBundle(
            version: 1, issuedAt: 5, expiresAt: 9, issuers: [record], statusLists: [Self.reference], hosts: [])
        return StatusStore(
            folder: folder.path, statePath: folder("state"), bundle: bundle, trust: TrustList([record]),
            memory: try GateMemory(folder: folder("state")))
    }

    private func status(_ name: String) throws -> stat {
        var status = stat()
        try #require(unsafe stat(folder(name), &status) == 0)
        return status
    }

    /// The unpacked bits with the only revoked code's bit taken back.
    private func writeUnrevoked(mode: mode_t) throws {
        var bytes = try ProjectFiles.bytes(folder(Self.unpacked))
        let place = bytes.count - 13 + 42 / 8
        try #require(bytes[place] == 1 << (42 % 8))
        bytes[place] = 0
        try folder.write(bytes, to: Self.unpacked, mode: mode)
    }

    @Test("is the same at the first start and at later ones, which do not unpack it again")
    func laterStarts() throws {
        try folder.write(token(revoked: 42), to: Self.source)
        #expect(try revokedAtStart() == [42])
        let first = try status(Self.unpacked)
        #expect(first.st_mode & 0o777 == 0o600)
        #expect(try revokedAtStart() == [42])
        #expect(try status(Self.unpacked).st_ino == first.st_ino)
    }

    @Test("is unpacked again where it was cut short, made longer, or altered in its header")
    func damages() throws {
        try folder.write(token(revoked: 42), to: Self.source)
        _ = try revokedAtStart()
        let good = try ProjectFiles.bytes(folder(Self.unpacked))
        let header = good.count - 13
        var damaged = [0, 1, header - 1, header, good.count - 1].map { Array(good[..<$0]) }
        damaged.append(good + [0])
        for index in 0..<header {
            var bytes = good
            bytes[index] ^= 1
            damaged.append(bytes)
        }
        for bytes in damaged {
            try folder.write(bytes, to: Self.unpacked, mode: 0o600)
            #expect(try revokedAtStart() == [42])
            #expect(try ProjectFiles.bytes(folder(Self.unpacked)) == good)
        }
    }

    @Test("follows a token of the same size and time as the one before")
    func sameSizeAndTime() throws {
        let (first, second) = (try token(revoked: 42), try token(revoked: 43))
        try #require(first.count == second.count)
        let times = [timespec(tv_sec: 1_790_000_000, tv_nsec: 5), timespec(tv_sec: 1_790_000_000, tv_nsec: 5)]
        for (bytes, revoked) in [(first, 42), (second, 43)] {
            try folder.write(bytes, to: Self.source)
            try #require(unsafe utimensat(AT_FDCWD, folder(Self.source), times, 0) == 0)
            #expect(try revokedAtStart() == [UInt64(revoked)])
        }
    }

    @Test("is not what another token was unpacked to")
    func anotherToken() throws {
        try folder.write(token(revoked: 43), to: Self.source)
        _ = try revokedAtStart()
        let other = try ProjectFiles.bytes(folder(Self.unpacked))
        try folder.write(token(revoked: 42), to: Self.source)
        _ = try revokedAtStart()
        try folder.write(other, to: Self.unpacked, mode: 0o600)
        #expect(try revokedAtStart() == [42])
    }

    @Test("is nothing where the token is refused, whatever lies unpacked")
    func refusedToken() throws {
        try folder.write(token(revoked: 42), to: Self.source)
        _ = try revokedAtStart()
        var bytes = try token(revoked: 43)
        bytes[bytes.count - 1] ^= 1
        try folder.write(bytes, to: Self.source)
        #expect(throws: BundleError.self) { try revokedAtStart() }
        try folder.write(token(revoked: 42, subject: "SH-person-8"), to: Self.source)
        #expect(throws: BundleError.self) { try revokedAtStart() }
    }

    @Test("counts while its signer's key is good, also one that was retired, and in a store that has it open")
    func signersTerm() throws {
        try folder.write(token(revoked: 42), to: Self.source)
        // Unpacked at the first start; later ones ask for the key's term again.
        for _ in 0..<2 {
            let rotated = try store(notBefore: 5, expiresAt: 8, status: .retired)
            #expect(try rotated.list(Self.reference, at: 7, skewSeconds: 0).list.isRevoked(42) == true)
            for store in [rotated, try store(expiresAt: 8), try store(notBefore: 6), try store(status: .compromised)] {
                let refusal = #expect(throws: BundleError.self) {
                    try store.list(Self.reference, at: 8, skewSeconds: 0)
                }
                #expect(refusal?.code == .statusUnknown)
            }
        }
    }

    @Test("is not taken from a file that others can write", arguments: [0o620, 0o602, 0o666] as [mode_t])
    func writableByOthers(mode: mode_t) throws {
        try folder.write(token(revoked: 42), to: Self.source)
        _ = try revokedAtStart()
        try writeUnrevoked(mode: mode)
        #expect(try revokedAtStart() == [42])
    }

    @Test("is not taken from another user's file", .enabled(if: geteuid() == 0, "only root can give files away"))
    func ownedByAnother() throws {
        try folder.write(token(revoked: 42), to: Self.source)
        _ = try revokedAtStart()
        try writeUnrevoked(mode: 0o600)
        try #require(unsafe chown(folder(Self.unpacked), 12_345, 12_345) == 0)
        #expect(try revokedAtStart() == [42])
    }
}

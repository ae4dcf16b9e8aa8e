import Signing
import Testing

@testable import Storage

@Suite("A field with a key of its own")
struct FieldKeysTests {
    private let place = Array("a row".utf8)
    private let ring: EpochKeyRing
    private let fields: FieldKeys

    init() throws {
        ring = try EpochKeyRing([ScratchRegistry.epochKey()])
        fields = FieldKeys(ring, random: SystemRandom())
    }

    @Test("opens in its row alone, and not with any byte changed", arguments: [true, false])
    func opens(isLasting: Bool) throws {
        let plain = Array("张三, 13800138000".utf8)
        let sealed = try isLasting ? fields.sealed(plain, at: place) : fields.sealed(shortLived: plain, at: place)
        #expect(try fields.opened(sealed, at: place) == .plain(plain))
        #expect(try fields.opened(sealed, at: place + [0]) == nil)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            // Another epoch's number leads to a key that is not there; everything else is refused.
            let content = try fields.opened(altered, at: place)
            #expect(content == ((1..<5).contains(index) ? .lost : nil), "\(index)")
            #expect(try fields.opened(Array(sealed[..<index]), at: place) == nil, "\(index)")
        }
        #expect(try fields.sealed(plain, at: place) != sealed)
    }

    @Test("keeps its ciphertext under the next epoch key, and ends with the old key in every older copy")
    func rewrapped() throws {
        let old = try fields.sealed([1, 2, 3], at: place)
        #expect(try fields.rewrapped(old, at: place) == nil)
        ring.add(try ScratchRegistry.epochKey(2, at: 604_800))
        let new = try #require(try fields.rewrapped(old, at: place))
        #expect(new.count == old.count && new.suffix(19) == old.suffix(19) && new.prefix(65) != old.prefix(65))
        #expect(try fields.opened(new, at: place) == .plain([1, 2, 3]))
        #expect(try fields.opened(old, at: place) == .plain([1, 2, 3]))
        #expect(throws: StorageError.self) { try fields.rewrapped(old, at: place + [1]) }
        ring.remove(1)
        #expect(try fields.opened(new, at: place) == .plain([1, 2, 3]))
        #expect(try fields.opened(old, at: place) == .lost && fields.rewrapped(old, at: place) == nil)
        // The current key stays, whatever is asked.
        ring.remove(2)
        #expect(ring.current.number == 2 && ring.key(2) != nil)
    }

    @Test("is opened with a key that another daemon began, and is not lost while that key cannot be read")
    func newer() throws {
        let (next, later) = (try ScratchRegistry.epochKey(2), try ScratchRegistry.epochKey(3))
        let sealed = try FieldKeys(EpochKeyRing([later]), random: SystemRandom()).sealed([1, 2, 3], at: place)
        let follower = try EpochKeyRing([ScratchRegistry.epochKey()]) { number throws(StorageError) in
            if number == 2 { return next }
            throw .epochKeyPending(number, "the place is out of reach")
        }
        let refusal = #expect(throws: StorageError.self) {
            try FieldKeys(follower, random: SystemRandom()).opened(sealed, at: place)
        }
        #expect(refusal?.code == .storageUnavailable && follower.keys.map(\.number) == [1, 2])
        let reader = try EpochKeyRing([ScratchRegistry.epochKey()]) { number throws(StorageError) in
            number == 3 ? later : nil
        }
        #expect(try FieldKeys(reader, random: SystemRandom()).opened(sealed, at: place) == .plain([1, 2, 3]))
        #expect(reader.keys.map(\.number) == [1, 3])
        // A number that no daemon can have reached is a damaged row's.
        #expect(throws: StorageError.self) { try reader.follow(to: 5000) }
    }

    @Test("has an epoch key whose file comes back whole, and no other")
    func file() throws {
        let key = try ScratchRegistry.epochKey(7, at: 1_800_000_000)
        let bytes = key.encoded
        #expect(FieldEpochKey(encoded: bytes) == key && bytes.count == FieldEpochKey.byteCount)
        for count in bytes.indices { #expect(FieldEpochKey(encoded: Array(bytes[..<count])) == nil) }
        #expect(FieldEpochKey(encoded: bytes + [0]) == nil)
        for index in 0..<8 {
            var altered = bytes
            altered[index] ^= 1
            #expect(FieldEpochKey(encoded: altered) == nil)
        }
        #expect(try key.mark != ScratchRegistry.epochKey(8).mark)
    }
}

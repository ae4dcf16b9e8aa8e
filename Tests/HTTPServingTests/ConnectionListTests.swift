import Glibc
import NIOCore
import NIOPosix
import Testing

@testable import HTTPServing

/// Which connection goes when there is one too many, over real sockets: what the kernel holds decides.
@Suite("The list of connections")
struct ConnectionListTests {
    /// Connections of one list, of which three may be open at once.
    private struct Room {
        struct Place {
            let client: Int32
            let channel: any Channel
            let activity: ConnectionActivity
        }

        let list = ConnectionList(countMax: 3, strangerCountMax: 1)
        var loops = MultiThreadedEventLoopGroup.singleton

        /// Connects, after the client has sent `text`, which is never read.
        func connect(
            sending text: String = "", of owner: ConnectionOwner = .user(1), hasRole: Bool = true
        ) async throws -> Place {
            var pair: [Int32] = [-1, -1]
            try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
            try #require(unsafe send(pair[1], text, text.utf8.count, 0) == text.utf8.count)
            let activity = ConnectionActivity()
            let channel = try await ClientBootstrap(group: loops)
                .channelOption(.autoRead, value: false)
                .channelInitializer { [list] channel in
                    channel.pipeline.addHandler(activity).map {
                        list.add(channel, activity, of: owner, hasRole: hasRole)
                    }
                }
                .withConnectedSocket(pair[0]).get()
            return Place(client: pair[1], channel: channel, activity: activity)
        }

        func close(_ places: [Place]) async {
            for place in places {
                try? await place.channel.close().get()
                Glibc.close(place.client)
            }
        }

        /// Which of the places are closed once every loop has done what it was told to.
        func closed(_ places: [Place]) async -> [Int] {
            for _ in 0...places.count {
                for place in places { try? await place.channel.eventLoop.submit {}.get() }
            }
            return places.indices.filter { !places[$0].channel.isActive }
        }
    }

    @Test("closes the one that has been silent longest")
    func silent() async throws {
        let room = Room()
        var places: [Room.Place] = []
        for _ in 0..<5 { places.append(try await room.connect()) }
        #expect(await room.closed(places) == [0, 1])
        await room.close(places)
    }

    @Test("keeps one whose request lies unread")
    func unread() async throws {
        let room = Room()
        var places = [try await room.connect(sending: "GET")]
        for _ in 0..<4 { places.append(try await room.connect()) }
        #expect(await room.closed(places) == [1, 2])
        await room.close(places)
    }

    @Test("keeps one that waits for an answer, though it was silent longest")
    func waiting() async throws {
        let room = Room()
        var places = [try await room.connect()]
        places[0].activity.note(isWaiting: true)
        for _ in 0..<4 { places.append(try await room.connect()) }
        #expect(await room.closed(places) == [1, 2])
        places[0].activity.note(isWaiting: false)
        places.append(try await room.connect())
        #expect(await room.closed(places) == [0, 1, 2])
        await room.close(places)
    }

    @Test("closes the oldest when all wait, though one loop asks each before the newest is there", arguments: [1, 2])
    func allWait(loopCount: Int) async throws {
        let room = Room(loops: MultiThreadedEventLoopGroup(numberOfThreads: loopCount))
        var places: [Room.Place] = []
        for _ in 0..<5 { places.append(try await room.connect(sending: "GET")) }
        #expect(await room.closed(places) == [0, 1])
        await room.close(places)
        try await room.loops.shutdownGracefully()
    }

    @Test("closes one of the user who has most, though another user's was silent longer")
    func users() async throws {
        let room = Room()
        var places = [try await room.connect(of: .user(1))]
        for _ in 0..<4 { places.append(try await room.connect(of: .user(2))) }
        #expect(await room.closed(places) == [1, 2])
        await room.close(places)
    }

    @Test("lets users without a role push out each other alone")
    func strangers() async throws {
        let room = Room()
        var places: [Room.Place] = []
        for place in 0..<5 { places.append(try await room.connect(hasRole: place < 3)) }
        #expect(await room.closed(places) == [3])
        await room.close(places)
    }
}

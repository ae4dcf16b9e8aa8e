import Foundation
import Glibc
import Synchronization
import TestSupport

/// Serves a folder by HTTP on a port of its own, and records the paths that are asked for.
final class RecordedLog: Sendable {
    private let folder: String
    private let descriptor: Int32
    private let paths = Mutex<[String]>([])
    let url: String

    init(of folder: String) throws {
        self.folder = folder
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isOpen = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(descriptor, pointer, length) == 0 && listen(descriptor, 16) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        self.descriptor = descriptor
        guard isOpen else { throw MissingFile(path: "a port") }
        url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        Thread.detachNewThread { [self] in serve() }
    }

    func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// The paths since the last call, in their order.
    func takePaths() -> [String] {
        paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
    }

    private func serve() {
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { break }
            // A client may ask on one connection for several files.
            Thread.detachNewThread { [self] in
                while answer(connection) {}
                close(connection)
            }
        }
        close(descriptor)
    }

    private func answer(_ connection: Int32) -> Bool {
        var request: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while request.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
            let count = unsafe read(connection, &chunk, chunk.count)
            guard count > 0 else { return false }
            request += chunk[..<count]
        }
        let words = String(decoding: request.prefix { $0 != 13 }, as: UTF8.self).split(separator: " ")
        guard words.count == 3 else { return false }
        let path = String(words[1])
        paths.withLock { $0.append(path) }
        let body = try? ProjectFiles.bytes(folder + path)
        let head = "HTTP/1.1 \(body == nil ? "404 Not Found" : "200 OK")\r\nContent-Length: \(body?.count ?? 0)\r\n\r\n"
        let bytes = Array(head.utf8) + (body ?? [])
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes { unsafe write(connection, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

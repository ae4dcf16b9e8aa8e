import Glibc
import IssuerTestSupport
import Issuing
import TestSupport

extension HTTPDaemon {
    /// A daemon with these lines of suishend.yaml, whose socket anybody can connect to: only roles are left between
    /// them and it.
    static func open(_ settings: String) throws -> HTTPDaemon {
        let installation = try Installation()
        var settings = try Settings(text: settings)
        settings.socket.mode = 0o666
        try installation.write(settings)
        let folder = installation.folder("open")
        unsafe mkdir(folder, 0o755)
        for path in [installation.folder.path, folder] { unsafe chmod(path, 0o755) }
        return try HTTPDaemon(installation, socket: folder + "/socket")
    }

    /// The output of `curl` as another user, which only root can become.
    func ask(_ words: [String], as uid: Int) throws -> String {
        try curl(words, as: ["setpriv", "--reuid", "\(uid)", "--regid", "65534", "--clear-groups"]).output
    }
}

import Platform
import Synchronization

extension IssuingService {
    private static let rolesInterval = Duration.seconds(1)

    /// The roles in force: those of the settings file as it was last read without a mistake.
    package var roles: RoleTable { currentRoles.withLock(\.self) }

    /// Reads the table of roles again whenever the settings file changes, until the task is cancelled.
    ///
    /// A request has the roles of the moment at which its head has arrived. A file with a mistake changes nothing. The
    /// other settings stay as they were at the start.
    ///
    /// - Parameter report: receives the error of a file that cannot be taken, once for each change of the file.
    package func followRolesContinually(report: (OperationError) -> Void) async {
        // A change between the opening and this line must not be missed.
        var file = FollowedFiles([state.settings])
        do throws(OperationError) { try rereadRoles() } catch { report(error) }
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.rolesInterval)
            guard file.look() else { continue }
            do throws(OperationError) { try rereadRoles() } catch { report(error) }
        }
    }

    /// Takes the roles of the settings file; a request that waits for a confirmation is void once its asker's have changed.
    ///
    /// - Throws: `settings_invalid`, or an error of the file; the roles stay as they were.
    package func rereadRoles() throws(OperationError) {
        let new = try Settings(contentsOf: state.settings).roles
        let old = currentRoles.withLock { roles in
            defer { roles = new }
            return roles
        }
        guard new != old else { return }
        dualRequests.void(of: { old.grants[$0] != new.grants[$0] })
    }
}

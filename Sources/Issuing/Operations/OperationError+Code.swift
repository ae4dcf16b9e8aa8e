package import Platform

extension OperationError {
    /// The codes of requests and of an installation; lower modules have their own codes.
    package enum Code: String, CaseIterable, Sendable {
        case actionUnknown = "action_unknown"
        case actorMissing = "actor_missing"
        case afterInvalid = "after_invalid"
        case anchorInvalid = "anchor_invalid"
        case answerMalformed = "answer_malformed"
        case answerNoJSON = "answer_no_json"
        case backupExists = "backup_exists"
        case backupUnreadable = "backup_unreadable"
        case beatExists = "beat_exists"
        case beatForeign = "beat_foreign"
        case beatMissing = "beat_missing"
        case beatUnreadable = "beat_unreadable"
        case beatUnwritable = "beat_unwritable"
        case bundleUnreadable = "bundle_unreadable"
        case categoryUnknown = "category_unknown"
        case clockBeforeCheckpoint = "clock_before_checkpoint"
        case clockJumped = "clock_jumped"
        case confirmationDaemonOnly = "confirmation_daemon_only"
        case confirmationDiffers = "confirmation_differs"
        case confirmationEnded = "confirmation_ended"
        case confirmationGiven = "confirmation_given"
        case confirmationNeeded = "confirmation_needed"
        case confirmationOwn = "confirmation_own"
        case confirmationUnknown = "confirmation_unknown"
        case confirmationWaiting = "confirmation_waiting"
        case confirmationsTooMany = "confirmations_too_many"
        case connectionOutdated = "connection_outdated"
        case countInvalid = "count_invalid"
        case daemonUnreachable = "daemon_unreachable"
        case deviceKeyInvalid = "device_key_invalid"
        case epochKeysExist = "epoch_keys_exist"
        case epochKeysForeign = "epoch_keys_foreign"
        case epochKeysMissing = "epoch_keys_missing"
        case epochKeysUnreadable = "epoch_keys_unreadable"
        case epochKeysUnwritable = "epoch_keys_unwritable"
        case gateExists = "gate_exists"
        case gateRequestInvalid = "gate_request_invalid"
        case gateRequestOld = "gate_request_old"
        case gateRevoked = "gate_revoked"
        case gateSuspended = "gate_suspended"
        case gateUnknown = "gate_unknown"
        case gateWithoutDomains = "gate_without_domains"
        case guardianInvalid = "guardian_invalid"
        case holdingUnknown = "holding_unknown"
        case idempotencyKeyInvalid = "idempotency_key_invalid"
        case idempotencyKeyMisplaced = "idempotency_key_misplaced"
        case issuedFilesLost = "issued_files_lost"
        case keyCompromised = "key_compromised"
        case keyInUse = "key_in_use"
        case keyInvalid = "key_invalid"
        case keyMissing = "key_missing"
        case keyRoleUnknown = "key_role_unknown"
        case keyUnknown = "key_unknown"
        case kindUnknown = "kind_unknown"
        case lifetimeTooLong = "lifetime_too_long"
        case listUnknown = "list_unknown"
        case locationInvalid = "location_invalid"
        case logChecking = "log_checking"
        case logFileMissing = "log_file_missing"
        case lossCodeUnknown = "loss_code_unknown"
        case medicalInvalid = "medical_invalid"
        case methodNotAllowed = "method_not_allowed"
        case nameInvalid = "name_invalid"
        case nonceNeeded = "nonce_needed"
        case notPermitted = "not_permitted"
        case objectInvalid = "object_invalid"
        case offerEnded = "offer_ended"
        case offerUnknown = "offer_unknown"
        case offerUsed = "offer_used"
        case outputBusy = "output_busy"
        case outputUnwritable = "output_unwritable"
        case pinLocked = "pin_locked"
        case pinWrong = "pin_wrong"
        case previousInvalid = "previous_invalid"
        case proofInvalid = "proof_invalid"
        case publishedBundleForeign = "published_bundle_foreign"
        case publishedBundleMissing = "published_bundle_missing"
        case publishedBundleOld = "published_bundle_old"
        case publishedCheckpointForeign = "published_checkpoint_foreign"
        case publishedCheckpointMissing = "published_checkpoint_missing"
        case publishedCheckpointOld = "published_checkpoint_old"
        case publishedListForeign = "published_list_foreign"
        case publishedListMissing = "published_list_missing"
        case publishedListOld = "published_list_old"
        case publishedLogForked = "log_forked"
        case publishedUnreadable = "published_unreadable"
        case quotaExceeded = "quota_exceeded"
        case rateExceeded = "rate_exceeded"
        case reasonTooLong = "reason_too_long"
        case recoveryKeyUnusable = "recovery_key_unusable"
        case recoveryNeeded = "recovery_needed"
        case registryBehind = "registry_behind"
        case renewalEarly = "renewal_early"
        case reportAhead = "report_ahead"
        case reportInvalid = "report_invalid"
        case reportOld = "report_old"
        case requestMalformed = "request_malformed"
        case requestTooLong = "request_too_long"
        case residentIDInvalid = "resident_id_invalid"
        case rootDiffers = "root_differs"
        case rootsBehind = "roots_behind"
        case rootsUnreadable = "roots_unreadable"
        case routeUnknown = "route_unknown"
        case sceneUnknown = "scene_unknown"
        case settingsInvalid = "settings_invalid"
        case settlementDiffers = "settlement_differs"
        case settlementInvalid = "settlement_invalid"
        case settlementKeyMissing = "settlement_key_missing"
        case settlementOpeningsInvalid = "settlement_openings_invalid"
        case settlementUnknown = "settlement_unknown"
        case signatureInvalid = "signature_invalid"
        case socketFolderOpen = "socket_folder_open"
        case socketInUse = "socket_in_use"
        case socketInvalid = "socket_invalid"
        case socketPathTaken = "socket_path_taken"
        case socketUnusable = "socket_unusable"
        case stateBusy = "state_busy"
        case stateExists = "state_exists"
        case stateMissing = "state_missing"
        case statePermissions = "state_permissions"
        case stateUnreadable = "state_unreadable"
        case stateUnshared = "state_unshared"
        case stateUnwritable = "state_unwritable"
        case suiteMismatch = "suite_mismatch"
        case suiteUnsupported = "suite_unsupported"
        case tlsUnusable = "tls_unusable"
        case tokenInvalid = "token_invalid"
        case transitInvalid = "transit_invalid"
        case transitNetworkOld = "transit_network_old"
        case treeNewer = "tree_newer"
        case unexpected
        case usccInvalid = "uscc_invalid"
        case walletRevoked = "wallet_revoked"
        case walletsOff = "wallets_off"
        case witnessesInvalid = "witnesses_invalid"
    }
}

extension OperationError.Code: ErrorCode {
    package var errorClass: ErrorClass {
        switch self {
        case .actionUnknown, .actorMissing, .afterInvalid, .anchorInvalid, .categoryUnknown, .countInvalid,
            .deviceKeyInvalid, .gateRequestInvalid, .guardianInvalid, .idempotencyKeyInvalid, .idempotencyKeyMisplaced,
            .keyInvalid,
            .keyRoleUnknown, .kindUnknown, .lifetimeTooLong, .locationInvalid, .medicalInvalid, .nameInvalid,
            .nonceNeeded, .objectInvalid, .previousInvalid, .proofInvalid, .reasonTooLong, .reportAhead, .reportInvalid,
            .requestMalformed,
            .residentIDInvalid, .sceneUnknown, .settlementInvalid, .settlementOpeningsInvalid, .signatureInvalid,
            .tokenInvalid, .transitInvalid, .usccInvalid:
            .requestMalformed
        case .methodNotAllowed: .methodNotAllowed
        case .requestTooLong: .requestTooLong
        case .backupUnreadable, .recoveryKeyUnusable,
            .publishedBundleForeign, .publishedBundleMissing, .publishedBundleOld, .publishedCheckpointForeign,
            .publishedCheckpointMissing, .publishedCheckpointOld, .publishedListForeign, .publishedListMissing,
            .publishedListOld, .publishedUnreadable, .rootsUnreadable, .settingsInvalid, .socketFolderOpen,
            .socketInUse, .socketInvalid,
            .socketPathTaken, .socketUnusable, .stateMissing, .statePermissions, .stateUnreadable, .stateUnwritable,
            .suiteMismatch,
            .tlsUnusable, .transitNetworkOld, .witnessesInvalid:
            .inputUnusable
        case .confirmationOwn, .notPermitted: .notPermitted
        case .confirmationUnknown,
            .gateUnknown, .holdingUnknown, .keyUnknown, .listUnknown, .logFileMissing, .lossCodeUnknown,
            .offerUnknown, .routeUnknown, .settlementUnknown:
            .notFound
        case .backupExists, .beatExists, .confirmationDaemonOnly, .confirmationDiffers, .confirmationEnded,
            .confirmationGiven, .epochKeysExist, .gateExists, .gateRequestOld, .gateRevoked, .gateSuspended,
            .gateWithoutDomains,
            .keyCompromised, .keyInUse, .offerEnded, .offerUsed, .pinLocked, .pinWrong, .renewalEarly, .reportOld,
            .rootDiffers, .rootsBehind, .settlementDiffers, .stateExists, .stateUnshared, .suiteUnsupported,
            .walletRevoked,
            .walletsOff:
            .conflict
        case .beatUnwritable, .confirmationNeeded, .confirmationWaiting, .epochKeysUnwritable,
            .clockBeforeCheckpoint, .clockJumped, .connectionOutdated, .daemonUnreachable, .keyMissing, .logChecking,
            .settlementKeyMissing, .outputBusy, .outputUnwritable, .stateBusy:
            .later
        case .confirmationsTooMany, .quotaExceeded, .rateExceeded: .tooMany
        case .answerMalformed, .answerNoJSON, .beatForeign, .beatMissing, .beatUnreadable, .bundleUnreadable,
            .epochKeysForeign,
            .epochKeysMissing, .epochKeysUnreadable, .issuedFilesLost, .publishedLogForked, .recoveryNeeded,
            .registryBehind, .treeNewer, .unexpected:
            .malfunction
        }
    }
}

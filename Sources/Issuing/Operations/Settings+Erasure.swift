import ObjectStorage

/// The settings of epoch keys and of the key that opens backups.
extension Settings {
    static let epochKeys = Field(
        name: "epochKeys",
        comment: """
            the folder of epoch keys, without which no personal field can be read; put it outside the folder and into
            no backup: a field that is erased here then ends in every backup within two weeks; several daemons share
            them, sealed, in a bucket of the service that tilesEndpoint names, which keeps no older versions
            """,
        takes: "an absolute path, s3://BUCKET, s3://BUCKET/PREFIX, or beside for DIR.epochs beside the folder"
    ) {
        guard $0 != "beside" else {
            $1.epochKeys = nil
            return true
        }
        let isPlace = isAbsolutePath($0) || S3Place.isLocation($0)
        if isPlace { $1.epochKeys = $0 }
        return isPlace
    } write: {
        $0.epochKeys.map(SettingsLine.written) ?? "beside"
    }

    static let recoveryKey = Field(
        name: "recoveryKey",
        comment: """
            the file of the public half of the recovery key (suishen recovery-key new), to which backups and copies of
            epoch keys are sealed; the private half stays offline
            """,
        takes: "an absolute path, or none"
    ) {
        guard $0 != "none" else {
            $1.recoveryKey = nil
            return true
        }
        if isAbsolutePath($0) { $1.recoveryKey = $0 }
        return isAbsolutePath($0)
    } write: {
        $0.recoveryKey.map(SettingsLine.written) ?? "none"
    }

    static let epochCopies = Field(
        name: "epochCopies",
        comment: """
            a folder on another disk for copies of the epoch keys, sealed to recoveryKey, so that a dead disk loses no
            personal field; it must be a place that overwrites and keeps no older versions, such as a plain disk
            """,
        takes: "an absolute path, or none"
    ) {
        guard $0 != "none" else {
            $1.epochCopies = nil
            return true
        }
        if isAbsolutePath($0) { $1.epochCopies = $0 }
        return isAbsolutePath($0)
    } write: {
        $0.epochCopies.map(SettingsLine.written) ?? "none"
    }
}

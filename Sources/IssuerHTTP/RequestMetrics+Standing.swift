import HTTPServing
import Issuing

extension RequestMetrics {
    /// Adds what the daemon's last look at its installation found; a value that is not known yet is left out.
    static func add(_ standing: ServiceStanding, to text: inout MetricsText) {
        if let isUp = standing.isStorageUp {
            add("suishend_storage_up", help: "Whether the registry answers.", isUp ? 1 : 0, to: &text)
        }
        add(
            "suishend_publisher", help: "Whether this daemon publishes; of several that share a registry, one does.",
            standing.isPublisher ? 1 : 0, to: &text)
        add(
            "suishend_write_up", help: "Whether the last change was written.", standing.isWriteUp ? 1 : 0, to: &text)
        add("suishend_beat_up", help: "Whether the last beat was written.", standing.isBeatUp ? 1 : 0, to: &text)
        if let byteCount = standing.registryByteCount {
            add("suishend_registry_bytes", help: "The bytes of the registry.", byteCount, to: &text)
        }
        add(
            "suishend_epoch_key_begun_seconds", help: "When the current epoch key began.",
            standing.epochKeyBegunAt, to: &text)
        text.begin("suishend_key_ends_seconds", .gauge, help: "When a key or document that gates depend on ends.")
        for key in standing.keyEnds { text.add("suishend_key_ends_seconds", key.end, labels: ["key": key.name]) }
        addLogs(standing, to: &text)
        addDisks(standing, to: &text)
    }

    private static func addLogs(_ standing: ServiceStanding, to text: inout MetricsText) {
        text.begin(
            "suishend_checkpoint_seconds", .gauge,
            help: "When every entry of a log was last known to be in its checkpoint.")
        for log in standing.logs { text.add("suishend_checkpoint_seconds", log.currentAt, labels: ["log": log.name]) }
        text.begin(
            "suishend_log_published_bytes_total", .counter,
            help: "Bytes of entries and hashes published since the daemon started.")
        for log in standing.logs {
            text.add("suishend_log_published_bytes_total", log.publishedByteCount, labels: ["log": log.name])
        }
        guard !standing.quorums.isEmpty else { return }
        text.begin(
            "suishend_witness_quorum_up", .gauge, help: "Whether the witnesses that cosign now are a quorum.")
        for (log, isMet) in standing.quorums {
            text.add("suishend_witness_quorum_up", isMet ? 1 : 0, labels: ["log": log])
        }
    }

    private static func addDisks(_ standing: ServiceStanding, to text: inout MetricsText) {
        func add(_ name: String, help: String, _ value: (DiskRoom) -> UInt64) {
            text.begin(name, .gauge, help: help)
            for disk in standing.disks {
                guard let room = disk.trend.room else { continue }
                text.add(name, value(room), labels: ["place": disk.place])
            }
        }
        add("suishend_disk_free_bytes", help: "The free bytes of a disk.") { $0.freeByteCount }
        add("suishend_disk_bytes", help: "The bytes of a disk.") { $0.byteCount }
    }

    private static func add(
        _ name: String, help: String, _ value: some LosslessStringConvertible, to text: inout MetricsText
    ) {
        text.begin(name, .gauge, help: help)
        text.add(name, value)
    }
}

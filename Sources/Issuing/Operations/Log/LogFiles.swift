package import Storage

/// The published files of one log, and how the daemon's readers get them.
package struct LogFiles: Sendable {
    /// The published files, as the publisher writes them and reads them back.
    package let tiles: any TileStore
    /// The published checkpoint.
    package let register: any CheckpointRegister
    /// The published files for readers, which may come from memory.
    let servedTiles: any TileStore
    /// The published checkpoint for readers, which may be a moment old.
    let servedRegister: any CheckpointRegister

    /// Files in the installation's folder, which readers get from there too.
    package init(folder path: String) {
        let directory = LogDirectory(path: path)
        (tiles, register) = (directory, directory)
        (servedTiles, servedRegister) = (directory, directory)
    }

    init(
        tiles: any TileStore, register: any CheckpointRegister, servedTiles: any TileStore,
        servedRegister: any CheckpointRegister
    ) {
        (self.tiles, self.register) = (tiles, register)
        (self.servedTiles, self.servedRegister) = (servedTiles, servedRegister)
    }
}

@testable import PostmeterCollector

/// What a database holds of a log of fingerprints, in memory, and logs that start from it.
struct FingerprintFixture {
    var name = FingerprintLog.Name.seen
    var shape = FingerprintLog.Shape(generationEntries: 8, volumeGenerations: 4, limit: 128, lifetime: 1_000)
    var folder: FingerprintFolder
    var rows: [FingerprintLog.Batch] = []
    var files: [FingerprintFileRecord] = []

    init(folder: String, name: FingerprintLog.Name = .seen) {
        self.folder = FingerprintFolder(path: folder + "/fingerprints")
        self.name = name
    }

    /// Starts from what is saved.
    func start(warn: @escaping @Sendable (String) -> Void = { _ in }) -> FingerprintLog {
        var log = FingerprintLog(name: name, shape: shape, folder: folder, warn: warn)
        for row in rows { log.restore(row) }
        log.open(files)
        return log
    }

    /// Does what the transaction of a checkpoint does.
    mutating func save(_ changes: FingerprintLog.Changes) {
        rows += changes.batches
        rows.removeAll { changes.settled.contains($0.generation) }
        for gone in changes.unnamed {
            files.removeAll { $0.first == gone.first && $0.last == gone.last }
        }
        for file in changes.named {
            files.removeAll { $0.first == file.first && $0.last == file.last }
            files.append(file)
        }
    }

    /// A whole checkpoint.
    mutating func checkpoint(_ log: inout FingerprintLog) throws {
        save(try log.changes())
        log.didSave()
    }

    /// The paths of the files that are named.
    var paths: [String] { files.filter { !$0.isLost }.map { folder.path($0.name(in: name)) } }

    /// A key like those of a keyed hash.
    static func key(_ number: UInt64) -> UInt64 {
        var mixed = (number &+ 1) &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

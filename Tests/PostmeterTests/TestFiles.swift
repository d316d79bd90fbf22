@testable import Postmeter

extension SystemFiles {
    /// Files with these contents, and folders with so many entries; nothing else exists.
    static func test(_ contents: [String: String], folders: [String: Int] = [:]) -> SystemFiles {
        SystemFiles(read: { contents[$0].map { Array($0.utf8) } }, entries: { folders[$0] })
    }
}

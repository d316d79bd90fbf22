internal import FoundationEssentials
package import GRDB

extension [UInt8] {
    /// The bytes as a BLOB value.
    package var databaseBlob: DatabaseValue {
        Data(self).databaseValue
    }
}

extension Row {
    /// The bytes of a BLOB column; nil when it is NULL or another type.
    package func blob(_ index: Int) -> [UInt8]? {
        (self[index] as Data?).map { [UInt8]($0) }
    }

    /// The 64-bit word of a column of integers, all of whose bits count.
    package func word(_ index: Int) -> UInt64 {
        UInt64(bitPattern: self[index] as Int64)
    }
}

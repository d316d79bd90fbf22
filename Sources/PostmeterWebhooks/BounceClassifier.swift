import Glibc
package import PostmeterMail

/// Turns what platforms say of bounces into the closed vocabulary.
///
/// What the words mean stands in `BounceTable`.
package enum BounceClassifier {
    /// The bytes of text that are read and kept.
    private static let textLimit = 512

    /// Whether the platform's word says that it did not try, as the recipient is on a do-not-send list.
    package static func isSuppression(_ word: String) -> Bool {
        let word = word.lowercased()
        return BounceTable.suppressions.contains(word)
    }

    /// The class and reason of a bounce; addresses in the diagnostic are masked.
    package static func classify(_ evidence: BounceEvidence) -> Bounce {
        var text = evidence.text
        let finding = text.withUTF8 { utf8 in
            let bytes = UnsafeBufferPointer(rebasing: utf8.prefix(textLimit))
            return find(word: evidence.word, text: bytes)
        }
        let masked = MailAddress.masking(evidence.text)
        return Bounce(
            class: finding.class(evidence),
            reason: finding.reason,
            diagnostic: masked.isEmpty ? evidence.word : masked.line(limit: textLimit)
        )
    }

    private struct Finding {
        var reason: Bounce.Reason
        var status: EnhancedStatus?
        var isAlwaysHard = false

        func `class`(_ evidence: BounceEvidence) -> Bounce.Class {
            if isAlwaysHard { return .hard }
            if let said = evidence.said { return said }
            switch reason {
            case .invalidRecipient, .inactiveMailbox, .badDomain: return status?.class == 4 ? .soft : .hard
            case .other: return status.map { $0.class == 5 ? .hard : .soft } ?? evidence.assumed
            default: return .soft
            }
        }
    }

    private static func find(word: String, text: UnsafeBufferPointer<UInt8>) -> Finding {
        let status = EnhancedStatus.find(in: text)
        let row = status.flatMap { status in
            BounceTable.statuses.first { $0.subject == status.subject && $0.detail == status.detail }
        }
        if let row, row.weight == .alwaysHard {
            return Finding(reason: row.reason, status: status, isAlwaysHard: true)
        }
        if let reason = reason(ofWord: word) {
            return Finding(reason: reason, status: status)
        }
        if let row, row.weight == .exact {
            return Finding(reason: row.reason, status: status)
        }
        let reason =
            reason(ofText: text) ?? row?.reason ?? status.flatMap { BounceTable.subjects[$0.subject] }
            ?? (status == nil ? reason(ofReplyIn: text) : nil)
        return Finding(reason: reason ?? .other, status: status)
    }

    private static func reason(ofWord word: String) -> Bounce.Reason? {
        guard !word.isEmpty else { return nil }
        let word = word.lowercased()
        return BounceTable.words.first { $0.word == word }?.reason
    }

    private static func reason(ofText text: UnsafeBufferPointer<UInt8>) -> Bounce.Reason? {
        guard !text.isEmpty else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) { lowered in
            for index in text.indices {
                // strstr takes NUL for the end.
                lowered[index] = CChar(bitPattern: text[index] == 0 ? 0x20 : ASCII.lowered(text[index]))
            }
            lowered[text.count] = 0
            guard let start = lowered.baseAddress else { return nil }
            return BounceTable.texts.first { row in
                // A static string ends in NUL.
                let part = UnsafeRawPointer(row.part.utf8Start).assumingMemoryBound(to: CChar.self)
                return strstr(start, part) != nil
            }?.reason
        }
    }

    /// The reason of the first three-digit reply that the table knows.
    private static func reason(ofReplyIn text: UnsafeBufferPointer<UInt8>) -> Bounce.Reason? {
        let words = text.split { !(0x30...0x39 ~= $0) }
        for word in words where word.count == 3 {
            let code = word.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            if let row = BounceTable.replies.first(where: { $0.code == code }) {
                return row.reason
            }
        }
        return nil
    }
}

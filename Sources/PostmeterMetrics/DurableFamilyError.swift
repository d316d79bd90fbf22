/// Why saved values could not be put back into a family.
package enum DurableFamilyError: Error, Hashable, CustomStringConvertible {
    /// The family has recorded or made series already.
    case notFresh(family: String)
    /// The number of saved words is not that of the identities and the family's width.
    case wordCount(family: String, expected: Int, found: Int)
    /// A saved identity does not have the family's labels.
    case identity(family: String, ordinal: Int)
    /// A saved sum is infinite or not a number.
    case value(family: String, ordinal: Int)
    /// The process has no cells left.
    case exhausted(family: String)

    package var description: String {
        switch self {
        case .notFresh(let family):
            "\(family): saved values must be restored before anything is recorded"
        case .wordCount(let family, let expected, let found):
            "\(family): expected \(expected) saved words and found \(found); have its buckets changed?"
        case .identity(let family, let ordinal):
            "\(family): saved series \(ordinal) does not have the labels of the instrument; have they changed?"
        case .value(let family, let ordinal):
            "\(family): the saved sum of series \(ordinal) is not a finite number"
        case .exhausted(let family):
            "\(family): the process has no cells left for the saved series"
        }
    }
}

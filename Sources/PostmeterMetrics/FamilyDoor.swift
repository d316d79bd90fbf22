/// Which of the values that an instrument is given its family is asked with.
struct FamilyDoor: Sendable {
    /// The labels that values are given for.
    let labels: [String]
    /// The places of those that the family has.
    let kept: [Int]
}

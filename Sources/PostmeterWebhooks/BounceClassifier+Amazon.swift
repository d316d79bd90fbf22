package import PostmeterMail

extension BounceClassifier {
    /// The class in Amazon SES's bounce type, which platforms that send through SES pass on.
    ///
    /// `Undetermined` is soft: nothing says that the address does not work. Other words give nil.
    package static func amazonClass(_ type: JSONValue) -> Bounce.Class? {
        switch type.text(limit: FieldLimit.word)?.lowercased() {
        case "permanent": .hard
        case "transient", "undetermined": .soft
        default: nil
        }
    }
}

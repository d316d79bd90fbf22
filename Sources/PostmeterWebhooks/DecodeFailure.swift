package import PostmeterMail

/// Why the body of a signed webhook could not be read: what a dead letter is filed under.
///
/// Of a body that holds many events, a few may be unreadable. The others are in ``events``: they are counted,
/// and the webhook becomes a dead letter nevertheless. When it is folded again, their ids show that they were
/// counted, and only the rest is new.
package struct DecodeFailure: Error, Sendable, Hashable {
    /// The closed vocabulary of the `reason` of `email.dead_letters`, as far as bodies are concerned.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The body is not JSON (grammar, UTF-8, numbers, nesting).
        case malformedJSON = "malformed_json"
        /// The body is no form of the kind that its content type names, or is cut short.
        case malformedForm = "malformed_form"
        /// The body is larger than the parser takes.
        case tooLarge = "too_large"
        /// A field that the platform always sends is not there.
        case missingField = "missing_field"
        /// A header that the decoder needs was not kept with the body.
        case missingHeader = "missing_header"
        /// A field is there, but of another JSON type than the platform sends.
        case wrongType = "wrong_type"
        /// The platform names an event that this decoder does not know.
        case unknownEvent = "unknown_event"
        /// A time is not an instant of RFC 3339 from 1970 on.
        case badTime = "bad_time"
    }

    /// The reason, from the closed set.
    package var reason: Reason
    /// One sentence for a person: the field and what is wrong with it.
    package var detail: String
    /// The events of the same body that were read all the same; empty when there are none.
    package var events: [MailEvent] = []

    package init(_ reason: Reason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }
}

extension DecodeFailure: CustomStringConvertible {
    package var description: String {
        "\(reason.rawValue): \(detail)"
    }
}

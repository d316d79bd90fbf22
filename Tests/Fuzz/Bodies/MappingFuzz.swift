import Foundation
import PostmeterWebhooks

/// The mappings that bodies of the platform `generic` are read by: one for objects, which uses a header's id, and one
/// for arrays, which digests fields and needs some of them.
enum MappingFuzz {
    private static let object = options(
        """
        {"events":"/events","type":["/event","/type"],"types":{"delivery":"delivered","bounce":"bounced",\
        "soft bounce":"deferred","spam":"complained","in":"received","reply":"replied","human":"escalated",\
        "reject":"rejected","noise":"ignore"},"id":{"header":["webhook-id","svix-id"]},\
        "time":{"pointer":["/timestamp","/at"],"format":"unix"},"message_id":"/message_id",\
        "internet_message_id":"/headers/message-id","in_reply_to":"/headers/in-reply-to",\
        "references":"/headers/references","conversation_id":"/thread","sender":"/from",\
        "agent":["/custom_variables/agent","/tags/0"],"recipients":["/email","/to"],\
        "bounce":{"class":"/event","hard":["bounce"],"soft":["soft bounce"],"otherwise":"soft",\
        "code":"/response_code","status":"/status","text":"/response"},"detail":"/reason","count":"/n"}
        """)
    private static let array = options(
        """
        {"events":"","type":"/e","types":{"sent":"sent","bounce":"bounced","delay":"deferred","open":"opened"},\
        "unmapped":"ignore","id":{"digest":["/e","/m","/t","/to"]},"time":{"pointer":"/t","format":"unix_ms"},\
        "message_id":"/m","recipients":"/to","agent":"/a","required":["message_id"],\
        "bounce":{"class":"/c","hard":["h"],"soft":["s"]}}
        """)

    /// The options of an endpoint for a body.
    static func options(for body: [UInt8], of provider: any WebhookProvider.Type) -> WebhookOptions {
        guard provider == Generic.self else { return WebhookOptions() }
        return body.first == UInt8(ascii: "[") ? array : object
    }

    /// Whether the ids of the body's events are digests of what it says.
    static func isDigest(_ body: [UInt8], _ provider: any WebhookProvider.Type) -> Bool {
        provider == Generic.self && body.first == UInt8(ascii: "[")
    }

    private static func options(_ mapping: String) -> WebhookOptions {
        let text = #"{"name":"fuzzed","mapping":"# + mapping + "}"
        // Options without a mapping read nothing, which the corpus would show at once.
        return (try? JSONDecoder().decode(WebhookOptions.self, from: Data(text.utf8))) ?? WebhookOptions()
    }
}

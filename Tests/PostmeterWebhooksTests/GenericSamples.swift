import Foundation
import PostmeterWebhooks

/// Mappings in the form that a journal has, and bodies that they read.
enum GenericSamples {
    /// A mapping of which each test changes a part.
    static let mapping = """
        {"type":"/type","types":{"sent":"sent","received":"received","replied":"replied","bounced":"bounced",\
        "opened":"opened","escalated":"escalated","delayed":"deferred","spam":"complained","ping":"ignore"},\
        "id":"/id","time":"/at","message_id":"/mail/id","internet_message_id":"/mail/message_id",\
        "in_reply_to":"/mail/in_reply_to","references":"/mail/references","conversation_id":"/mail/thread",\
        "sender":"/mail/from","recipients":["/mail/to","/mail/cc"],"agent":["/agent/address","/agent/id"],\
        "bounce":{"class":"/bounce/type","hard":["hard"],"soft":["Soft"],"code":"/bounce/code",\
        "status":"/bounce/status","text":"/bounce/text"},"detail":"/why"}
        """

    static func options(mapping: String = Self.mapping, signature: String? = nil) throws -> WebhookOptions {
        let signature = signature.map { #","signature":"# + $0 } ?? ""
        return try decode(#"{"name":"afterdraft","mapping":"# + mapping + signature + "}")
    }

    static func decode(_ json: String) throws -> WebhookOptions {
        try JSONDecoder().decode(WebhookOptions.self, from: Data(json.utf8))
    }

    /// The place and the words of an error of a decoder.
    static func problem(_ json: String) -> String {
        do {
            _ = try decode(json)
            return ""
        } catch DecodingError.dataCorrupted(let context) {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
            return path.joined(separator: ".") + ": " + context.debugDescription
        } catch {
            return "\(error)"
        }
    }

    /// A body with these members behind the usual ones.
    static func body(_ type: String, _ members: String = "") -> String {
        """
        {"type":"\(type)","id":"evt_1","at":"2026-01-31T09:30:05.25Z",\
        "agent":{"id":"triage","address":"Triage@Support.acme.example"},\
        "mail":{"id":"m-1","message_id":"<m1@support.acme.example>","thread":"t-1",\
        "from":"Triage <triage@support.acme.example>","to":["jo@Customer.example","flo@customer.example"],\
        "cc":{"email":"boss@customer.example"}}\(members.isEmpty ? "" : "," + members)}
        """
    }

    /// A body of each kind that `mapping` knows.
    static let all = [
        body("sent"), body("opened"), body("spam"), body("escalated", #""why":"refund above limit""#),
        body("bounced", #""bounce":{"type":"hard","code":550,"status":"5.1.1","text":"user unknown"}"#),
        body("delayed", #""bounce":{"type":"soft","code":"452","text":"try again"}"#),
        body("received").replacing("\"thread\":\"t-1\"", with: "\"references\":[\"<a@b>\",\"<c@d>\"]"),
        body("replied").replacing("\"thread\":\"t-1\"", with: "\"in_reply_to\":\"<c@d>\""),
    ]

    /// Mailtrap's webhooks, as the documentation's example maps them.
    static let mailtrap = """
        {"events":"/events","type":"/event","types":{"delivery":"delivered","open":"opened","click":"clicked",\
        "bounce":"bounced","soft bounce":"deferred","spam":"complained","unsubscribe":"unsubscribed",\
        "suspension":"deferred","reject":"rejected"},"id":"/event_id",\
        "time":{"pointer":"/timestamp","format":"unix"},"message_id":"/message_id","recipients":"/email",\
        "agent":"/custom_variables/agent","bounce":{"code":"/response_code","text":"/response"},\
        "detail":["/reason","/bounce_category"]}
        """

    static func mailtrapEvent(_ event: String, id: Int, _ members: String = "") -> String {
        """
        {"event":"\(event)","timestamp":1769851805,"sending_stream":"transactional","category":"case",\
        "message_id":"1df37d17-0286-4d8b-8edf-bc4ec5be86e6","email":"jo@Customer.example",\
        "event_id":"bede7236-0000-0000-0000-\(String(1_000_000 + id).dropFirst())",\
        "custom_variables":{"agent":"triage@support.acme.example"}\(members.isEmpty ? "" : "," + members)}
        """
    }

    /// Brevo's webhooks, as the documentation's example maps them.
    static let brevo = """
        {"type":"/event","types":{"request":"accepted","delivered":"delivered","hard_bounce":"bounced",\
        "soft_bounce":"bounced","blocked":"suppressed","spam":"complained","invalid_email":"rejected",\
        "error":"failed","deferred":"deferred","unsubscribe":"unsubscribed","unsubscribed":"unsubscribed",\
        "opened":"opened","unique_opened":"ignore","click":"clicked"},\
        "id":{"digest":["/event","/message-id","/email","/ts_epoch","/link"]},\
        "time":{"pointer":"/ts_epoch","format":"unix_ms"},"message_id":"/message-id",\
        "internet_message_id":"/message-id","recipients":"/email","agent":"/tags/0",\
        "bounce":{"class":"/event","hard":["hard_bounce"],"soft":["soft_bounce"],"text":"/reason"},\
        "detail":"/reason"}
        """

    static func brevoEvent(_ event: String, _ members: String = "") -> String {
        """
        {"event":"\(event)","email":"jo@Customer.example","id":26224,"date":"2026-01-31 10:30:05",\
        "ts":1769851805,"ts_event":1769851805,"ts_epoch":1769851805250,"subject":"Order",\
        "message-id":"<202601310930.1234567890@smtp-relay.mailin.fr>",\
        "tags":["triage@support.acme.example"],"template_id":7\(members.isEmpty ? "" : "," + members)}
        """
    }
}

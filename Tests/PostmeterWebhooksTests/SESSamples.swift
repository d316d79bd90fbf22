/// Documents with the fields that Amazon SES documents, one for each event, and the envelopes that hold them.
enum SESSamples {
    static let mailID = "0101018f3b2c1d4e-5a6b7c8d-9e0f-4a1b-8c2d-3e4f5a6b7c8d-000000"

    /// The mail that events are about.
    static let mail = mail()

    static func mail(
        tags: String = "\"ses:configuration-set\":[\"agents\"]",
        destination: String = "[\"jo@Customer.example\",\"al@customer.example\"]"
    ) -> String {
        """
        "mail":{"timestamp":"2026-01-31T09:30:00.125Z","source":"bounces@mail.acme.example",\
        "sourceArn":"arn:aws:ses:us-west-2:123456789012:identity/acme.example",\
        "sendingAccountId":"123456789012","messageId":"\(mailID)","destination":\(destination),\
        "headersTruncated":false,"headers":[{"name":"From","value":"Triage <Triage@Support.acme.example>"},\
        {"name":"Message-ID","value":"<own-1@support.acme.example>"},\
        {"name":"In-Reply-To","value":"<q@customer.example>"},\
        {"name":"References","value":"<root@customer.example> <q@customer.example>"}],\
        "commonHeaders":{"from":["Triage <Triage@Support.acme.example>"],"to":["jo@customer.example"],\
        "messageId":"\(mailID)","subject":"Case 4711"},"tags":{\(tags)}}
        """
    }

    /// What a notification of an identity holds of a mail when it is not set to include headers.
    static let bareMail = """
        "mail":{"timestamp":"2026-01-31T09:30:00.125Z","source":"Triage@Support.acme.example",\
        "messageId":"\(mailID)","destination":["jo@customer.example"]}
        """

    static let send = "{\"eventType\":\"Send\",\(mail),\"send\":{}}"

    static let delivery = """
        {"eventType":"Delivery",\(mail),"delivery":{"timestamp":"2026-01-31T09:30:05.250Z",\
        "processingTimeMillis":5125,"recipients":["jo@Customer.example","al@customer.example"],\
        "smtpResponse":"250 2.0.0 OK","reportingMTA":"a8-53.smtp-out.amazonses.com"}}
        """

    static let deliveryNotification = delivery.replacing(
        "\"eventType\"",
        with: "\"notificationType\""
    )

    static func bounce(
        _ type: String = "Permanent",
        _ subType: String = "General",
        recipients: [String] = [
            recipient("jo@Customer.example", "5.1.1", "smtp; 550 5.1.1 <jo@customer.example>: unknown")
        ],
        feedback: String = "\"feedbackId\":\"0101018f-feed-000000\",",
        key: String = "eventType"
    ) -> String {
        """
        {"\(key)":"Bounce",\(mail),"bounce":{"bounceType":"\(type)","bounceSubType":"\(subType)",\
        "bouncedRecipients":[\(recipients.joined(separator: ","))],"timestamp":"2026-01-31T09:30:06.500Z",\
        \(feedback)"reportingMTA":"dsn; a8-53.smtp-out.amazonses.com"}}
        """
    }

    static func recipient(_ address: String, _ status: String?, _ diagnostic: String?) -> String {
        var fields = ["\"emailAddress\":\"\(address)\"", "\"action\":\"failed\""]
        if let status { fields.append("\"status\":\"\(status)\"") }
        if let diagnostic { fields.append("\"diagnosticCode\":\"\(diagnostic)\"") }
        return "{\(fields.joined(separator: ","))}"
    }

    static func complaint(type: String = "\"abuse\"", subType: String = "null") -> String {
        """
        {"eventType":"Complaint",\(mail),"complaint":{"complainedRecipients":[\
        {"emailAddress":"jo@customer.example"},{"emailAddress":"al@customer.example"}],\
        "timestamp":"2026-01-31T10:00:00.000Z","feedbackId":"0101018f-beef-000000",\
        "complaintSubType":\(subType),"complaintFeedbackType":\(type),"userAgent":"Feedback/1",\
        "arrivalDate":"2026-01-31T09:59:00.000Z"}}
        """
    }

    static func delay(_ type: String = "MailboxFull", status: String = "4.2.2") -> String {
        """
        {"eventType":"DeliveryDelay",\(mail),"deliveryDelay":{"timestamp":"2026-01-31T09:45:00.000Z",\
        "delayType":"\(type)","expirationTime":"2026-01-31T23:30:00.000Z","delayedRecipients":[\
        {"emailAddress":"jo@customer.example","status":"\(status)",\
        "diagnosticCode":"smtp; 452 \(status) try later"}]}}
        """
    }

    static let reject = "{\"eventType\":\"Reject\",\(mail),\"reject\":{\"reason\":\"Bad content\"}}"

    static let failure = """
        {"eventType":"Rendering Failure",\(mail),"failure":{"templateName":"hello",\
        "errorMessage":"Attribute 'name' of jo@customer.example is not present."}}
        """

    static let open = """
        {"eventType":"Open",\(mail),"open":{"ipAddress":"192.0.2.9","timestamp":"2026-01-31T09:31:00.000Z",\
        "userAgent":"Mozilla/5.0"}}
        """

    static func click(_ link: String = "https://acme.example/a") -> String {
        """
        {"eventType":"Click",\(mail),"click":{"ipAddress":"192.0.2.9","link":"\(link)","linkTags":null,\
        "timestamp":"2026-01-31T09:31:30.000Z","userAgent":"Mozilla/5.0"}}
        """
    }

    static func subscription(all: Bool = true, now: String = "OptIn", before: String = "OptIn") -> String {
        """
        {"eventType":"Subscription",\(mail),"subscription":{"contactList":"people",\
        "timestamp":"2026-01-31T09:32:00.000Z","source":"UnsubscribeHeader",\
        "newTopicPreferences":{"unsubscribeAll":\(all),"topicSubscriptionStatus":[\
        {"topicName":"news","subscriptionStatus":"\(now)"}]},\
        "oldTopicPreferences":{"unsubscribeAll":false,"topicSubscriptionStatus":[\
        {"topicName":"news","subscriptionStatus":"\(before)"}]}}}
        """
    }

    static func received(
        verdicts: (spam: String, virus: String, dmarc: String) = ("PASS", "PASS", "PASS"),
        answers: String = "<\(mailID)@us-west-2.amazonses.com>"
    ) -> String {
        """
        {"notificationType":"Received","mail":{"timestamp":"2026-01-31T09:40:00.000Z",\
        "source":"prvs=1=jo@customer.example","messageId":"o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",\
        "destination":["list@other.example"],"headersTruncated":false,"headers":[\
        {"name":"message-id","value":"<CAF+1234@mail.customer.example>"},\
        {"name":"In-Reply-To","value":"\(answers)"}],"commonHeaders":{"returnPath":"jo@customer.example",\
        "from":["Jo <jo@Customer.example>"],"to":["list@other.example"],\
        "messageId":"<CAF+1234@mail.customer.example>","subject":"Re: Case 4711"}},\
        "receipt":{"timestamp":"2026-01-31T09:40:00.000Z","processingTimeMillis":574,\
        "recipients":["triage+4711@Support.acme.example"],"spamVerdict":{"status":"\(verdicts.spam)"},\
        "virusVerdict":{"status":"\(verdicts.virus)"},"spfVerdict":{"status":"GRAY"},\
        "dkimVerdict":{"status":"PROCESSING_FAILED"},"dmarcVerdict":{"status":"\(verdicts.dmarc)"},\
        "dmarcPolicy":"reject","action":{"type":"SNS","topicArn":"\(topic)","encoding":"UTF8"}},\
        "content":"Subject: Re\\r\\n\\r\\nHello"}
        """
    }

    static let all = [
        send, delivery, bounce(), complaint(), delay(), reject, failure, open, click(), subscription(),
        received(),
    ]

    static let topic = "arn:aws:sns:us-west-2:123456789012:mail"

    /// The notification that holds a document, without a signature, since the decoder asks for none.
    static func notification(_ document: String, id: String = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324")
        -> String
    {
        """
        {"Type":"Notification","MessageId":"\(id)","TopicArn":"\(topic)","Subject":"Amazon SES Email Event",\
        "Message":\(quoted(document)),"Timestamp":"2026-01-31T09:30:07.000Z","SignatureVersion":"1",\
        "Signature":"AAAA","SigningCertURL":"https://sns.us-west-2.amazonaws.com/x.pem",\
        "UnsubscribeURL":"https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe"}
        """
    }

    /// A text as a string of JSON.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

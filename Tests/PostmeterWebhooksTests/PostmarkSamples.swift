/// Bodies with the fields that Postmark documents, one for each record.
enum PostmarkSamples {
    /// The fields that tell which mail a record is about.
    static let mail = """
        "ServerID":4711,"MessageStream":"outbound","MessageID":"5c2b1f0a-7d3e-4a6b-9c8d-1e2f3a4b5c6d",\
        "Tag":"case","Metadata":{"agent":"Triage@Support.acme.example","case":"4711"}
        """

    static let delivery = """
        {"RecordType":"Delivery",\(mail),"Recipient":"jo@Customer.example",\
        "DeliveredAt":"2026-01-31T05:30:05.2500001-04:00","Details":"smtp;250 2.0.0 OK"}
        """

    static let open = """
        {"RecordType":"Open",\(mail),"FirstOpen":true,"Recipient":"jo@customer.example",\
        "ReceivedAt":"2026-01-31T09:31:00.0000000Z","UserAgent":"Mozilla/5.0","Platform":"Desktop",\
        "Client":{"Name":"Mail","Company":"Acme","Family":"Mail"},"Geo":{"City":"","IP":"192.0.2.7"}}
        """

    static func click(_ link: String = "https://acme.example/a") -> String {
        """
        {"RecordType":"Click",\(mail),"ClickLocation":"HTML","OriginalLink":"\(link)",\
        "Recipient":"jo@customer.example","ReceivedAt":"2026-01-31T09:31:30.1234567Z","Platform":"Desktop"}
        """
    }

    static func bounce(
        _ type: String = "HardBounce",
        code: Int = 1,
        details: String = "smtp;550 5.1.1 <jo@customer.example>: user unknown"
    ) -> String {
        """
        {"RecordType":"Bounce",\(mail),"ID":692560173,"Type":"\(type)","TypeCode":\(code),\
        "Name":"A bounce","Description":"What Postmark says of the type.","Details":"\(details)",\
        "Email":"jo@customer.example","From":"triage@support.acme.example","Subject":"Order",\
        "BouncedAt":"2026-01-31T04:30:05.2500000-05:00","DumpAvailable":true,"Inactive":true,\
        "CanActivate":true,"Content":""}
        """
    }

    static let complaint = """
        {"RecordType":"SpamComplaint",\(mail),"ID":692560999,"Type":"SpamComplaint","TypeCode":100001,\
        "Name":"Spam complaint","Details":"","Email":"jo@customer.example",\
        "From":"triage@support.acme.example","Subject":"Order","BouncedAt":"2026-01-31T09:30:05.25Z",\
        "Inactive":true,"CanActivate":false}
        """

    static func subscription(
        suppress: Bool = true,
        reason: String = "ManualSuppression",
        origin: String = "Recipient"
    ) -> String {
        """
        {"RecordType":"SubscriptionChange",\(mail),"ChangedAt":"2026-01-31T09:30:05Z",\
        "Recipient":"jo@customer.example","Origin":"\(origin)","SuppressSending":\(suppress),\
        "SuppressionReason":"\(reason)"}
        """
    }

    static let inbound = """
        {"FromName":"Jo","MessageStream":"inbound","From":"jo@customer.example",\
        "FromFull":{"Email":"jo@Customer.example","Name":"Jo","MailboxHash":""},\
        "To":"Triage <triage+4711@support.acme.example>",\
        "ToFull":[{"Email":"triage+4711@support.acme.example","Name":"Triage","MailboxHash":"4711"}],\
        "Cc":"boss@customer.example",\
        "CcFull":[{"Email":"boss@customer.example","Name":"","MailboxHash":""}],"Bcc":"","BccFull":[],\
        "OriginalRecipient":"triage+4711@support.acme.example","Subject":"Re: Order",\
        "MessageID":"73e6d360-66eb-11e1-8e72-a8904824019b","ReplyTo":"","MailboxHash":"4711",\
        "Date":"Sat, 31 Jan 2026 09:30:05 +0000","TextBody":"Thanks","HtmlBody":"","StrippedTextReply":"",\
        "Tag":"","Headers":[{"Name":"Return-Path","Value":"<jo@customer.example>"},\
        {"Name":"Message-ID","Value":"<CAF+1234@mail.customer.example>"},\
        {"Name":"In-Reply-To","Value":"<second@support.acme.example>"},\
        {"Name":"References","Value":"<root@support.acme.example> <second@support.acme.example>"}],\
        "Attachments":[{"Name":"a.txt","Content":"YQ==","ContentType":"text/plain","ContentLength":1}]}
        """

    static let all = [
        delivery, open, click(), bounce(), bounce("SoftBounce", code: 4_096), bounce("Transient", code: 2),
        bounce("AutoResponder", code: 64), bounce("Blocked", code: 100_006), complaint, subscription(),
        subscription(suppress: false), inbound,
    ]
}

/// A certificate and signatures that OpenSSL made, by way of Python's `cryptography`, over these messages.
enum SNSKnownAnswer {
    /// RSA of 2,048 bits, valid in 2026.
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIICxzCCAa+gAwIBAgIDEtaHMA0GCSqGSIb3DQEBCwUAMBwxGjAYBgNVBAMMEXNu
        cy5hbWF6b25hd3MuY29tMB4XDTI2MDEwMTAwMDAwMFoXDTI3MDEwMTAwMDAwMFow
        HDEaMBgGA1UEAwwRc25zLmFtYXpvbmF3cy5jb20wggEiMA0GCSqGSIb3DQEBAQUA
        A4IBDwAwggEKAoIBAQCbqd2OOO9FtAEN/dzVb+mW+ISC5/3720342bz0JKNT8WmG
        XI4ehAKp5nt/dPWlatR9Su0j3V/HXbI1MQiwr26u3/isqq7fKAJN/wQNxtszkecy
        O7mlINJgtzdL8HlmXVhoZLCPBffM3zYeU/nxT8MdMSx21BBYejRZJQlVD1dOfFVz
        qc2zyj6qETXx/UydaLUH/pUNxddIC90puslniTDJ1qp1wWcrytdj60FF8ee3F/JW
        RgJs7wLQcjSXDyPQMqlfANntEdNPObeOo38WxPbO1rIE8SgN7nPCAC9NGno1Cs0V
        5WaR390kZqq44ltGKUgjmbciB9ucfeI9jWJJjHL/AgMBAAGjEjAQMA4GA1UdDwEB
        /wQEAwIFoDANBgkqhkiG9w0BAQsFAAOCAQEAJPO1b4w1T7KERBLApoZiL3qRRftX
        EL1CFVhY1AI/+WQ5zwXoljJZn7XpfDLB1gEPaY+5m4XUWInaJrssutOv9i0+uHro
        KaN4QQaH9Rir0U7QYLDaJ04N2uJph75Asg0PXOHy/SFkl1N6euxu+NLH1xxPQH9T
        MDWKNdzz2ISAgqwo7km7w9lTmNUMjZ98hYuFoa/BuRyGrbcqj9i+0k1bfZ002bvC
        04uhMYlb8aMFEvYJxw7PEb2nSw7QjFqltz9020hFz36xk757x+jqbLtWwEVtdfB9
        R7iuSo8JcbqEiD/6ZwhXrXAzmo/J7FH2qef48DRNfEF0zW+Mq8hsBnnEhw==
        -----END CERTIFICATE-----
        """

    static let notificationSHA1 = """
        TDEKJfGNLXYauyGw4RKctn+oSX4hg5fvOg85yRaTAipnkMd10FikK5Mrf4pNevQiZm70DIUclsVfGmDY1CM6XOitviT7\
        1NuEXWrAuL6e7mU3Qnvx2tqI441WD3litooZeq1HcDmAHa6duiJhzDQg9cHcAM+WQWPIX1p/CM9YMbNz7sphDgrPiNpl\
        27n/YM/vacmqwzhia/m0gW5PzVMzrNYqY7uJFCN9Bb0GsdYRigCQYLAKgS6TW/dz141ZJ2EekzgmfEKRXmNu/RGw7wT1\
        LOnUBxw48BoM5JmX1oqqFiQ+4E4dgOSFeexquNqeZsPJtUSBkCuXoWKEs9O2+sWGHQ==
        """

    static let notificationSHA256 = """
        KlB2iq/sDCoqnc19/5cBG6DV8AB1czGpHf3tLBtb9mhrhTQZAqmZn0N3JVv2IygapIYp3EWhLIReoq3TvpT7qbu8h6JQ\
        ST1ktF2ifdRTmlCXdwkaHRGwyLsiQ+enKwMytuIuBUw8Fg4LFX+/PbdIyQ19P9bTvCceqR5PsRoH2b3J/9L3CnJCa4yR\
        CCuMm3SAOrlIlaraJPiAhdcrN/RjbZqO3EjGhSLw0bTR5Zmj4vKJgaB60vv+qa0y9GqDGwQew3o4NDuhONW1X5IoqylQ\
        m++Rxs6s01IxPeegCC9S0CkpsBVO0gISOzaa8ByoV83gDs4RfG0DrvtOabZ4Gzfi7A==
        """

    static let subscriptionSHA1 = """
        kgtuvZhnS1IAESbv4/eYdxHDGw2b8lowqSNYocAMhtP2D4D9yNqV2mOv8Qlm9Fk5A6uSZ+BHsMHYQSw7Q26Zg5vQ7ilm\
        bw//NMQZOavVV9E/CYXxjVz4+cDRrMmYkmPPnmUtXKuV5LhKWhCVaHaUFtaApcO5Gr27sa+vkW+AzIWvu1bamzRd85sM\
        cRm3deQToZGYz2d2z9VyT/uNDV8EiGloOB0jEZyOg5pwFDjBEJ6RXo0QLKecCXgAguln5Q10TSyIRQ4cr5jHytW2sCe9\
        8+DJ8mHBJJAL3Zhg3+dVXo92kl+zDWwt4QuljCcNQjLhmviE1Bbg+/mmFoOIkp3R9Q==
        """

    static let url = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
    static let topic = "arn:aws:sns:us-west-2:123456789012:mail"

    /// A message whose text has quotes, a letter beyond ASCII and a line feed, and which has a subject.
    static func notification(version: String, signature: String, message: String? = nil) -> String {
        """
        {"Type":"Notification","MessageId":"22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324","TopicArn":"\(topic)",\
        "Subject":"Amazon SES Email Event Notification",\
        "Message":\(message ?? #""{\"note\":\"caf\u00e9 \\\"x\\\"\"}\nsecond line""#),\
        "Timestamp":"2026-01-31T09:30:05.250Z","SignatureVersion":"\(version)","Signature":"\(signature)",\
        "SigningCertURL":"\(url)","UnsubscribeURL":"https://sns.us-west-2.amazonaws.com/?Action=Unsubscribe"}
        """
    }

    static let subscribeURL =
        "https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=\(topic)&Token=2336412f37"

    static func subscription(url subscribeURL: String = subscribeURL) -> String {
        """
        {"Type":"SubscriptionConfirmation","MessageId":"165545c9-2a5c-472c-8df2-7ff2be2b3b1b",\
        "Token":"2336412f37","TopicArn":"\(topic)","Message":"You have chosen to subscribe.",\
        "SubscribeURL":"\(subscribeURL)","Timestamp":"2026-01-31T09:30:05.250Z","SignatureVersion":"1",\
        "Signature":"\(subscriptionSHA1)","SigningCertURL":"\(url)"}
        """
    }
}

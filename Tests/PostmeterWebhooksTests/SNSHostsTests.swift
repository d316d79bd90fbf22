import Testing

@testable import PostmeterWebhooks

@Suite struct SNSHostsTests {
    private static let pem = "SimpleNotificationService-0123456789abcdef.pem"

    @Test(
        arguments: [
            "https://sns.us-east-1.amazonaws.com/\(pem)", "https://sns.us-gov-west-1.amazonaws.com/\(pem)",
            "https://sns.cn-north-1.amazonaws.com.cn/\(pem)",
            "https://SNS.ap-southeast-12.AmazonAWS.com/\(pem)",
            "https://sns.us-east-1.amazonaws.com:443/\(pem)",
        ]
    )
    func `certificates are fetched from Amazon's hosts`(url: String) throws {
        #expect(try SNSHosts(trusted: []).allowsCertificate(url))
        #expect(try SNSHosts(trusted: []).allowsConfirmation(url))
    }

    @Test(
        arguments: [
            "", "sns.us-east-1.amazonaws.com", "http://sns.us-east-1.amazonaws.com/\(pem)",
            "HTTPS://sns.us-east-1.amazonaws.com/\(pem)", "https://sns.us-east-1.amazonaws.com:8443/\(pem)",
            "https://sns.us-east-1.amazonaws.com./\(pem)",
            "https://sns.us-east-1.amazonaws.com.evil.example/\(pem)",
            "https://sns.us-east-1.amazonaws.com.cn.example/\(pem)", "https://evil.example/\(pem)",
            "https://sns.us-east-1.amazonaws.com@evil.example/\(pem)",
            "https://evil.example#@sns.us-east-1.amazonaws.com/\(pem)",
            "https://evil.example\\@sns.us-east-1.amazonaws.com/\(pem)",
            "https://evil.example\\.sns.us-east-1.amazonaws.com/\(pem)",
            "https://sns%2eus-east-1.amazonaws.com/\(pem)", "https://sns.us-east-1.amazonaws.com\t/\(pem)",
            // Buckets of S3 that are called "sns".
            "https://sns.s3.amazonaws.com/\(pem)", "https://sns.s3-us-west-2.amazonaws.com/\(pem)",
            "https://sns.s3.us-east-1.amazonaws.com/\(pem)", "https://sns..amazonaws.com/\(pem)",
            "https://sqs.us-east-1.amazonaws.com/\(pem)", "https://sns.us-east-1.amazonaws.org/\(pem)",
            "https://sns.us-east-1.amazonaws.com.com/\(pem)", "https://[::1]/\(pem)", "https:///\(pem)",
            "ftp://sns.us-east-1.amazonaws.com/\(pem)",
            "https://sns.us-east-1.amazonaws.com/" + String(repeating: "a", count: 2_048),
        ]
    )
    func `nothing is fetched from any other host`(url: String) throws {
        #expect(try !SNSHosts(trusted: []).allowsCertificate(url))
        #expect(try !SNSHosts(trusted: []).allowsConfirmation(url))
    }

    @Test(
        arguments: [
            "/", "", "/x.pem", "/SimpleNotificationService-.pem", "/SimpleNotificationService-A.pem",
            "/SimpleNotificationService-0/../x.pem", "/\(pem)?x=1", "/a/\(pem)",
            "/SimpleNotificationService-0.pem.exe",
        ]
    )
    func `a certificate of Amazon has the path that is documented`(path: String) throws {
        #expect(try !SNSHosts(trusted: []).allowsCertificate("https://sns.us-east-1.amazonaws.com\(path)"))
    }

    @Test func `a trusted host is one name and port, and without TLS only on this machine`() throws {
        let hosts = try SNSHosts(trusted: ["127.0.0.1:4566", "Localhost:80", "[::1]:90", "sns.local.example"])
        for url in [
            "http://127.0.0.1:4566/a.pem?b=c", "https://127.0.0.1:4566/", "http://localhost/a",
            "http://[::1]:90/a",
            "https://sns.local.example/a.pem", "https://sns.local.example:443",
        ] {
            #expect(hosts.allowsCertificate(url) && hosts.allowsConfirmation(url), "\(url)")
        }
        for url in [
            "http://127.0.0.1:4567/a.pem", "http://127.0.0.1/a.pem", "http://127.0.0.2:4566/a",
            "http://sns.local.example/a.pem", "https://sns.local.example:4566/a", "https://localhost/a",
            "http://127.0.0.1:4566@evil.example/a", "http://127.0.0.1:45660/a",
        ] {
            #expect(!hosts.allowsCertificate(url) && !hosts.allowsConfirmation(url), "\(url)")
        }
    }

    @Test(arguments: ["127.0.0.1", "127.255.0.9:1", "localhost:4566", "[::1]:80"])
    func `loopback is this machine`(text: String) {
        #expect(HostAddress(text)?.isLoopback == true)
    }

    @Test(arguments: [
        "127.0.0.1.evil.example", "127.0.0.256", "127.0.1", "1.127.0.0", "localhost.example", "[::2]",
    ])
    func `what only looks like loopback is not this machine`(text: String) {
        #expect(HostAddress(text)?.isLoopback == false)
    }

    @Test(arguments: [
        "", ":1", "a:", "a:0", "a:65536", "a:1:2", "a..b", "a/b", "a b", "[::1", "[]", "[x]:1", "a:+1",
    ])
    func `what is no address is none`(text: String) {
        #expect(HostAddress(text) == nil)
    }
}

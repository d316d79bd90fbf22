internal import CCurl

/// An easy handle of libcurl, and the response that it collects.
///
/// Used on the client's thread only.
final class CurlTransfer {
    /// Bytes of the response's head that are kept; more end the transfer.
    private static let headLimit = 65_536
    private static let errorLength = Int(CURL_ERROR_SIZE)

    let handle: UnsafeMutableRawPointer
    private let errorText: UnsafeMutablePointer<CChar>
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let bodyLimit: Int

    private var headers = HTTPHeaders()
    private var headBytes = 0
    private var body: [UInt8] = []
    private var excess: String?

    /// The job that is under way, and the number of its try.
    private(set) var job: ClientJob?
    private(set) var attempt = 0

    /// Makes a handle; nil when memory is short.
    init?(bodyLimit: Int) {
        guard let handle = curl_easy_init() else {
            return nil
        }
        self.handle = handle
        self.bodyLimit = bodyLimit
        errorText = .allocate(capacity: Self.errorLength)
        errorText.initialize(repeating: 0, count: Self.errorLength)
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(fields)
        errorText.deallocate()
    }

    /// The transfer whose handle this is.
    ///
    /// Valid while it is under way.
    static func of(_ handle: UnsafeMutableRawPointer) -> CurlTransfer? {
        pm_curl_private(handle).map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets the handle up for a try; what cannot be used is said.
    func prepare(
        _ job: ClientJob,
        attempt: Int,
        timeout: UInt64,
        configuration: HTTPClient.Configuration
    ) -> HTTPClientError? {
        self.job = job
        self.attempt = attempt
        headers = HTTPHeaders()
        headBytes = 0
        body = []
        excess = nil
        errorText[0] = 0
        curl_easy_reset(handle)
        if let error = schemeError(job.request.url) ?? setFields(of: job.request) ?? setTLS(of: job.request) {
            return error
        }
        setConnection(configuration, timeout: timeout)
        setMessage(of: job, fields: fields)
        setCallbacks()
        guard pm_curl_set_text(handle, CURLOPT_URL, job.request.url) == CURLE_OK else {
            return HTTPClientError(.other, "memory is short")
        }
        return nil
    }

    /// Forgets the job and its response; the connection stays with libcurl.
    func clear() {
        job = nil
        body = []
        headers = HTTPHeaders()
        // The handle holds addresses of the job's body until it is reset.
        curl_easy_reset(handle)
        curl_slist_free_all(fields)
        fields = nil
    }

    // MARK: The request

    private func schemeError(_ url: String) -> HTTPClientError? {
        let scheme = url.prefix(8).lowercased()
        guard !scheme.hasPrefix("http://"), !scheme.hasPrefix("https://") else {
            return nil
        }
        return HTTPClientError(
            .invalidRequest,
            "the URL \(url.debugDescription) is not of scheme http or https"
        )
    }

    private func setFields(of request: HTTPClientRequest) -> HTTPClientError? {
        curl_slist_free_all(fields)
        fields = nil
        // Libcurl would wait a second for "100 Continue", and call every body a form.
        append(field: "Expect:")
        if !request.headers.contains("Content-Type") {
            append(field: "Content-Type:")
        }
        var invalid: String?
        request.headers.forEach { name, value in
            if HTTPHeaders.isValid(name: name, value: value) {
                append(field: value.isEmpty ? "\(name);" : "\(name): \(value)")
            } else {
                invalid = name
            }
        }
        return invalid.map { name in
            HTTPClientError(
                .invalidRequest,
                "the header field \(name.debugDescription) has a name or a value that would break the message apart"
            )
        }
    }

    private func append(field: String) {
        if let longer = curl_slist_append(fields, field) {
            fields = longer
        }
    }

    private func setConnection(_ configuration: HTTPClient.Configuration, timeout: UInt64) {
        pm_curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        // Without this the end of a transfer waits for a name server that does not answer.
        pm_curl_set_long(handle, CURLOPT_QUICK_EXIT, 1)
        pm_curl_set_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        // HTTP/2 where TLS negotiates it; in clear text libcurl would try an upgrade.
        pm_curl_set_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        pm_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Self.milliseconds(timeout))
        pm_curl_set_long(
            handle,
            CURLOPT_CONNECTTIMEOUT_MS,
            Self.milliseconds(configuration.connectTimeout.nanosecondsClamped)
        )
        // Names are looked up again, and files of certificates read again, every ten minutes at the latest.
        pm_curl_set_long(handle, CURLOPT_MAXLIFETIME_CONN, 600)
        pm_curl_set_text(handle, CURLOPT_USERAGENT, configuration.userAgent)
        // Libcurl hands on what it has unpacked, so the limits below hold for that.
        pm_curl_set_text(handle, CURLOPT_ACCEPT_ENCODING, "gzip")
        pm_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        // What a proxy says to CONNECT is no part of the response.
        pm_curl_set_long(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        if let proxy = configuration.proxy {
            pm_curl_set_text(handle, CURLOPT_PROXY, proxy)
        }
    }

    /// At least 1, because 0 would mean no limit.
    private static func milliseconds(_ nanoseconds: UInt64) -> Int {
        Int(min(max(1, (nanoseconds + 999_999) / 1_000_000), UInt64(Int32.max)))
    }

    private func setMessage(of job: ClientJob, fields: UnsafeMutablePointer<curl_slist>?) {
        pm_curl_set_pointer(handle, CURLOPT_HTTPHEADER, fields)
        let body = job.body.bytes
        switch job.request.method {
        case .get where body.isEmpty:
            pm_curl_set_long(handle, CURLOPT_HTTPGET, 1)
            return
        case .head:
            pm_curl_set_long(handle, CURLOPT_NOBODY, 1)
            return
        case .post:
            break
        case let method:
            pm_curl_set_text(handle, CURLOPT_CUSTOMREQUEST, method.rawValue)
        }
        pm_curl_set_long(handle, CURLOPT_POST, 1)
        pm_curl_set_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // The bytes are not copied: the job, which `self` holds, keeps them in place.
        pm_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress)
    }

    // MARK: The response

    private func setCallbacks() {
        let context = Unmanaged.passUnretained(self).toOpaque()
        pm_curl_set_pointer(handle, CURLOPT_PRIVATE, context)
        pm_curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        pm_curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        pm_curl_set_data_function(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            CurlTransfer.receive(bytes, size * count, context) { $0.receiveBody($1) }
        }
        pm_curl_set_data_function(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            CurlTransfer.receive(bytes, size * count, context) { $0.receiveHeader($1) }
        }
    }

    /// Returns how many bytes were taken; fewer than there are end the transfer.
    private static func receive(
        _ bytes: UnsafeMutablePointer<CChar>?,
        _ count: Int,
        _ context: UnsafeMutableRawPointer?,
        _ body: (CurlTransfer, UnsafeRawBufferPointer) -> Bool
    ) -> Int {
        guard let context, let bytes else {
            return 0
        }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
        return body(transfer, UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard body.count + bytes.count <= bodyLimit else {
            excess = "the response's body is longer than \(bodyLimit) bytes"
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        headBytes += bytes.count
        guard headBytes <= Self.headLimit else {
            excess = "the response's head is longer than \(Self.headLimit) bytes"
            return false
        }
        let line = String(decoding: bytes, as: UTF8.self)
        if line.hasPrefix("HTTP/") {
            // An interim response came before, or a proxy's.
            headers = HTTPHeaders()
        } else if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
            headers.add(String(line[..<colon]), Self.trimmed(line[line.utf8.index(after: colon)...]))
        }
        return true
    }

    private static func trimmed(_ text: Substring) -> String {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }
        let bytes = text.utf8
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else {
            return ""
        }
        return String(text[first...last])
    }

    /// What the transfer came to.
    func outcome(_ code: CURLcode) -> Result<HTTPClientResponse, HTTPClientError> {
        let status = pm_curl_response_status(handle)
        guard let error = error(code) else {
            let response = HTTPClientResponse(status: status, headers: headers, body: body)
            body = []
            return .success(response)
        }
        // The receiver has said that it did not take the request, and when to ask again, whatever became of the
        // page that it sent along.
        guard RetryPolicy.isRetryable(status: status) else {
            return .failure(error)
        }
        return .success(HTTPClientResponse(status: status, headers: headers, body: []))
    }

    private func error(_ code: CURLcode) -> HTTPClientError? {
        if let excess {
            return HTTPClientError(.responseTooLarge, excess)
        }
        guard code != CURLE_OK else {
            return nil
        }
        return HTTPClientError(
            curl: code.rawValue,
            text: String(cString: errorText),
            hasBegun: headBytes > 0,
            tls: job?.request.tls ?? HTTPClientTLS()
        )
    }
}

internal import CCurl
internal import Glibc

/// Whom a transfer trusts and what it shows.
extension CurlTransfer {
    /// Sets up TLS for a try; a file that cannot be used is named.
    ///
    /// Libcurl compares these settings before it uses a connection again, so requests of different ones share none.
    func setTLS(of request: HTTPClientRequest) -> HTTPClientError? {
        guard request.url.prefix(8).lowercased() == "https://" else {
            return nil
        }
        pm_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        pm_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        pm_curl_set_long(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        let tls = request.tls
        guard tls != HTTPClientTLS() else {
            return nil
        }
        guard tls.keyFile == nil || tls.certificateFile != nil else {
            return HTTPClientError(.invalidRequest, "a key file is of no use without a certificate file")
        }
        let files = [
            ("trusted authorities", tls.authorityFile), ("client certificate", tls.certificateFile),
            ("client key", tls.keyFile),
        ]
        for case (let role, let path?) in files {
            if let problem = Self.problem(ofFile: path) {
                // It may be put there while the request waits for its next try.
                return HTTPClientError(
                    .tls,
                    "the file \(path.debugDescription) of the \(role) \(problem)",
                    isRetryable: true
                )
            }
        }
        setFiles(tls)
        return nil
    }

    private func setFiles(_ tls: HTTPClientTLS) {
        // A session that is resumed looks at no certificate again, neither the peer's nor ours.
        pm_curl_set_long(handle, CURLOPT_SSL_SESSIONID_CACHE, 0)
        if let file = tls.authorityFile {
            pm_curl_set_text(handle, CURLOPT_CAINFO, file)
            // The system's folder of authorities would count beside the file.
            pm_curl_set_pointer(handle, CURLOPT_CAPATH, nil)
            // What libcurl has read of the file it would keep for a day.
            pm_curl_set_long(handle, CURLOPT_CA_CACHE_TIMEOUT, 0)
        }
        if let file = tls.certificateFile {
            pm_curl_set_text(handle, CURLOPT_SSLCERT, file)
            pm_curl_set_text(handle, CURLOPT_SSLCERTTYPE, "PEM")
            pm_curl_set_text(handle, CURLOPT_SSLKEY, tls.keyFile ?? file)
            pm_curl_set_text(handle, CURLOPT_SSLKEYTYPE, "PEM")
            // For a key with a passphrase OpenSSL would ask the terminal, and wait.
            pm_curl_set_text(handle, CURLOPT_KEYPASSWD, "")
        }
    }

    /// Why a file cannot be read, as the end of a sentence; nil when it can.
    private static func problem(ofFile path: String) -> String? {
        // A pipe without a writer must not hold the client's thread.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            return "cannot be read: \(String(cString: strerror(errno)))"
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            return "is not a regular file"
        }
        return nil
    }
}

/// Certificates for tests, valid until 2120, of an authority that the transport's tests have too.
///
/// Made with `openssl ecparam -name prime256v1 -genkey` and `openssl ca -enddate 21200101000000Z`.
enum TestCertificates {
    /// A certificate and its key in PEM.
    struct Pair {
        let certificate: String
        let key: String
    }

    /// Of localhost and 127.0.0.1.
    static let server = Pair(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBpTCCAUqgAwIBAgIJANk7a7OssPGWMAoGCCqGSM49BAMCMBwxGjAYBgNVBAMM
            EVBvc3RtZXRlciB0ZXN0IENBMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
            MDAwWjARMQ8wDQYDVQQDDAZzZXJ2ZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AAS7gmboehiK83jgztzJid7j+R0ZUEFulFU937uTTx+exEj+Ffn52eMLPEBj8Zi8
            /O+5m0vOhhQcViy6HZDFc/wPo34wfDAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8A
            AAEwEwYDVR0lBAwwCgYIKwYBBQUHAwEwCQYDVR0TBAIwADAdBgNVHQ4EFgQU5PWo
            YLRcjnsEMafRakQAM2utVC0wHwYDVR0jBBgwFoAUqmGmL7l6igDRHnI/DX+hKI6h
            +GwwCgYIKoZIzj0EAwIDSQAwRgIhAMuzONTA4hXNVXsg1GfyQZF6OWqlLofYpUkR
            21uGhgR9AiEAuWnfWPEV6RjNdGQgbMmV3mA1BEwPIaGaegBf+jfhhZA=
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIP1LixyBJH1Rw8FdbRMbWEL/3kneMY2qk2yvCXyOvtVpoAoGCCqGSM49
            AwEHoUQDQgAEu4Jm6HoYivN44M7cyYne4/kdGVBBbpRVPd+7k08fnsRI/hX5+dnj
            CzxAY/GYvPzvuZtLzoYUHFYsuh2QxXP8Dw==
            -----END EC PRIVATE KEY-----
            """
    )

    /// Another one of localhost and 127.0.0.1.
    static let renewed = Pair(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBpDCCAUugAwIBAgIJANk7a7OssPGXMAoGCCqGSM49BAMCMBwxGjAYBgNVBAMM
            EVBvc3RtZXRlciB0ZXN0IENBMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
            MDAwWjASMRAwDgYDVQQDDAdyZW5ld2VkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcD
            QgAEYZp5oJ/9VS+y/nq6miOmesE2OR/noDwfLGybxFFG4l8PkO8Hbj2pl/g04Y8Q
            +TLNjxuCusFMlq+/npxIeI0ScqN+MHwwGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/
            AAABMBMGA1UdJQQMMAoGCCsGAQUFBwMBMAkGA1UdEwQCMAAwHQYDVR0OBBYEFC/N
            1qIW/pCa0V4sHgBqChk75XPoMB8GA1UdIwQYMBaAFKphpi+5eooA0R5yPw1/oSiO
            ofhsMAoGCCqGSM49BAMCA0cAMEQCIGnBtrgq4X0kSxBBoETqLa25mOiQhOCqpYCQ
            7Qi8tznuAiAm7DNpqi4pt2XevtxT8mHjmEKvRp8arI0EufBALSh4+w==
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIL1V3CAkMu3DIqQPoogal/0io6ksOplxOGwdll5Z5vsBoAoGCCqGSM49
            AwEHoUQDQgAEYZp5oJ/9VS+y/nq6miOmesE2OR/noDwfLGybxFFG4l8PkO8Hbj2p
            l/g04Y8Q+TLNjxuCusFMlq+/npxIeI0Scg==
            -----END EC PRIVATE KEY-----
            """
    )
}

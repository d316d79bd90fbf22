/// Certificates for tests, valid until 2120: an authority's, and what it and another one have signed.
///
/// Made with `openssl ecparam -name prime256v1 -genkey` and `openssl ca -enddate 21200101000000Z`.
enum TestCertificates {
    /// A certificate and its key in PEM.
    struct Pair {
        let certificate: String
        let key: String
    }

    /// Signs all others but the stranger.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBczCCARmgAwIBAgIJANk7a7OssPGVMAoGCCqGSM49BAMCMBwxGjAYBgNVBAMM
        EVBvc3RtZXRlciB0ZXN0IENBMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
        MDAwWjAcMRowGAYDVQQDDBFQb3N0bWV0ZXIgdGVzdCBDQTBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABL8Jwr0zNFzUnYtYkA03Cw59lZBz2emdY6IGaw7elTd8dx+Q
        ygsrX4jC8Chc+pf4k0sUKoE65T0t3dWXNpAAVrCjQjBAMA8GA1UdEwEB/wQFMAMB
        Af8wDgYDVR0PAQH/BAQDAgIEMB0GA1UdDgQWBBSqYaYvuXqKANEecj8Nf6EojqH4
        bDAKBggqhkjOPQQDAgNIADBFAiBlj7A062GCGkX8IZ0JypnB16kwazBKbwNZ6lfE
        yIaVygIhANQeFG25UhiorrZFQ3KNdjd/FWfiCFtvcFeyzyxq8U5v
        -----END CERTIFICATE-----
        """

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

    /// Of the DNS name scraper.test, the address scraper@mail.test, 10.1.2.3, 2001:db8::1 and
    /// spiffe://test/scraper.
    static let client = Pair(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIB5TCCAYugAwIBAgIJANk7a7OssPGYMAoGCCqGSM49BAMCMBwxGjAYBgNVBAMM
            EVBvc3RtZXRlciB0ZXN0IENBMCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAxMDAw
            MDAwWjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AARi0xJV+5gskXIPPU/l2Pqh91OgZLXtyfOEotjxumQmrdVG26F9+El20kind2Oj
            GRoYIRNhuy4LA+DeUqP5i/mno4G+MIG7MFkGA1UdEQRSMFCCDHNjcmFwZXIudGVz
            dIERc2NyYXBlckBtYWlsLnRlc3SHBAoBAgOHECABDbgAAAAAAAAAAAAAAAGGFXNw
            aWZmZTovL3Rlc3Qvc2NyYXBlcjATBgNVHSUEDDAKBggrBgEFBQcDAjAJBgNVHRME
            AjAAMB0GA1UdDgQWBBS1RsmtWqNe+ZfW0ZLTq2r1XiPeJDAfBgNVHSMEGDAWgBSq
            YaYvuXqKANEecj8Nf6EojqH4bDAKBggqhkjOPQQDAgNIADBFAiEA3z5oqQRuDqWH
            8nP85bZNgJiI/NXUKEXrOI5h2obmsvwCIDSi8VY3rEPBcBj0WvxG7s6XdFNEIcKD
            SF6vDIogx15J
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIMIPmk4LBmVXLt7gts1+UxqYnZRFMUO80vnHQ6E8kxxCoAoGCCqGSM49
            AwEHoUQDQgAEYtMSVfuYLJFyDz1P5dj6ofdToGS17cnzhKLY8bpkJq3VRtuhffhJ
            dtJIp3djoxkaGCETYbsuCwPg3lKj+Yv5pw==
            -----END EC PRIVATE KEY-----
            """
    )

    /// Of the DNS name scraper.test, signed by an authority that nobody trusts.
    static let stranger = Pair(
        certificate: """
            -----BEGIN CERTIFICATE-----
            MIIBoTCCAUegAwIBAgIJALc0nfuhqRhyMAoGCCqGSM49BAMCMBoxGDAWBgNVBAMM
            D0Fub3RoZXIgdGVzdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAw
            MFowEzERMA8GA1UEAwwIc3RyYW5nZXIwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
            AARYuaqEedUTmKeohm1hql+CEsB8aX8iPeDEpc3e570JjPEvt/rKLx7X900CWD6N
            jy3Heo/PoE2DnDMwAPizQWGJo3sweTAXBgNVHREEEDAOggxzY3JhcGVyLnRlc3Qw
            EwYDVR0lBAwwCgYIKwYBBQUHAwIwCQYDVR0TBAIwADAdBgNVHQ4EFgQUM5dtzxQa
            rVAEdHNQu5hKb3R3dmAwHwYDVR0jBBgwFoAUeEMQ2BJRoTVB0JoI6WL0xCY5E30w
            CgYIKoZIzj0EAwIDSAAwRQIhALmGXX8k1yHmhbc9DzevLsQiJsOAvMtxYgNl9IBJ
            OtD3AiAOjKe2WRrOCc9HFtu3FsxjIukig2KPQqp9/qZGmYH7DA==
            -----END CERTIFICATE-----
            """,
        key: """
            -----BEGIN EC PRIVATE KEY-----
            MHcCAQEEIMiijCpXdHd9i7KP/LMuzHxlnK+RYxNTC6QwNNkvDRF4oAoGCCqGSM49
            AwEHoUQDQgAEWLmqhHnVE5inqIZtYapfghLAfGl/Ij3gxKXN3ue9CYzxL7f6yi8e
            1/dNAlg+jY8tx3qPz6BNg5wzMAD4s0FhiQ==
            -----END EC PRIVATE KEY-----
            """
    )
}

/// Certificates of elliptic curves, good from 2020 to 2119, and their keys; all are signed by `authority`.
enum Certificates {
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIBATAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhQb3N0bWV0
        ZXIgdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMCMxITAfBgNVBAMMGFBvc3RtZXRlciB0ZXN0IGF1dGhvcml0eTBZMBMGByqG
        SM49AgEGCCqGSM49AwEHA0IABCQD8Z+/16mr5n5rlSz8MfiT/nDzvO19uSbalCqz
        phvSJjhE4JuFMF7u6+UwrpwUN/JVc6jfA04zua3hcRZ4tR2jQjBAMA8GA1UdEwEB
        /wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBS7mlBpDlPy18ejyq7I
        fiG95AYrtDAKBggqhkjOPQQDAgNIADBFAiEA6QeNfjt+VGs2qIHz0qNLSTRHqqce
        qI6pMu+0tOYE4tYCICj3zcOA6jqvyBOLR7V/gjLx76YPPaDlOILP3MsXUlmh
        -----END CERTIFICATE-----

        """

    /// Of an authority that has signed none of these.
    static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBazCCARGgAwIBAgIBAjAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFBbm90aGVy
        IGF1dGhvcml0eTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
        MBgGA1UEAwwRQW5vdGhlciBhdXRob3JpdHkwWTATBgcqhkjOPQIBBggqhkjOPQMB
        BwNCAATrJN5hSeAanCwJT0ZrYw/prQ17ouMGMxHNkuUtxnaSt0CAd79i3CptZomA
        1zrThw6blYg3Iw7AdbFXFdM4wRwco0IwQDAPBgNVHRMBAf8EBTADAQH/MA4GA1Ud
        DwEB/wQEAwIBBjAdBgNVHQ4EFgQUbCg/su9xSaCRY2odpoZV9aZlXNowCgYIKoZI
        zj0EAwIDSAAwRQIgWfZO8WTH8Qy0EtZA6X5ugpAa+Y/uyR4/e7xPShMwpI0CIQCo
        HSySJ36bJFC1vUa1XSslhi1eNKGH1d8baGgWjywpYA==
        -----END CERTIFICATE-----

        """

    /// For 127.0.0.1 and localhost.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBnDCCAUGgAwIBAgIBAzAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhQb3N0bWV0
        ZXIgdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEH
        A0IABJDjAhW+62vqX3DiY6kU7LyERGtfnt6KbG6AW3wfQLNXw5GKGw4h4T486NdU
        2zotG6cDbh4D1ivAoBDWJFatfbijczBxMBoGA1UdEQQTMBGHBH8AAAGCCWxvY2Fs
        aG9zdDATBgNVHSUEDDAKBggrBgEFBQcDATAdBgNVHQ4EFgQUOqnDgwHeJ7RZnpo6
        5zEo+ekKpYgwHwYDVR0jBBgwFoAUu5pQaQ5T8tfHo8quyH4hveQGK7QwCgYIKoZI
        zj0EAwIDSQAwRgIhALQLClUId3NCQLTQbUkWL6QYqHyC+n0Bq6r+kxpzYMvTAiEA
        nAJpkzs0RGxNjwRQivKETa9FFCN/1HjAdODBf7ouj8A=
        -----END CERTIFICATE-----

        """

    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg1jQUwkx72OOLVl8k
        SG7eH6P0WK0hNgN/xGAKBVtMIumhRANCAASQ4wIVvutr6l9w4mOpFOy8hERrX57e
        imxugFt8H0CzV8ORihsOIeE+POjXVNs6LRunA24eA9YrwKAQ1iRWrX24
        -----END PRIVATE KEY-----

        """

    /// Of the common name `client one`.
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBfzCCASagAwIBAgIBBDAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhQb3N0bWV0
        ZXIgdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMBUxEzARBgNVBAMMCmNsaWVudCBvbmUwWTATBgcqhkjOPQIBBggqhkjOPQMB
        BwNCAATnkE3IZFx0MjhteJGVfC3KloMsDWp0OpuIx+NO/O1Xh/OY9uM4jpAjoc+E
        YKniAVc+nksq1X+aUJvw7Ik7sb11o1cwVTATBgNVHSUEDDAKBggrBgEFBQcDAjAd
        BgNVHQ4EFgQUu4OzfizIlP08Gx7EgMrCmtSe42wwHwYDVR0jBBgwFoAUu5pQaQ5T
        8tfHo8quyH4hveQGK7QwCgYIKoZIzj0EAwIDRwAwRAIgfYpgbOX68J46t0BUY5uz
        ldDF2tBmopB/31k8WE0dopYCIGYd0t4c7ohzKCvFCRIH7Wr/L+/aelJE4lk0XCNl
        uAeP
        -----END CERTIFICATE-----

        """

    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgJNJfxFJkYr9mPys+
        9mm42J2yfxRVEaskFH53GO+q7xKhRANCAATnkE3IZFx0MjhteJGVfC3KloMsDWp0
        OpuIx+NO/O1Xh/OY9uM4jpAjoc+EYKniAVc+nksq1X+aUJvw7Ik7sb11
        -----END PRIVATE KEY-----

        """

    /// Of the common name `client two`.
    static let renewed = """
        -----BEGIN CERTIFICATE-----
        MIIBgTCCASagAwIBAgIBBTAKBggqhkjOPQQDAjAjMSEwHwYDVQQDDBhQb3N0bWV0
        ZXIgdGVzdCBhdXRob3JpdHkwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAw
        MDBaMBUxEzARBgNVBAMMCmNsaWVudCB0d28wWTATBgcqhkjOPQIBBggqhkjOPQMB
        BwNCAARLaTDbsW6pz4/qxidIvq8/T80ifcrCtf5NtDRkfVTqq7mbgo06SHWnZ9np
        z4CP5XvOgkGt2RlpQj3vOB4EUOibo1cwVTATBgNVHSUEDDAKBggrBgEFBQcDAjAd
        BgNVHQ4EFgQUSocO2A5lPSfMSQZ+YRq3ebdjY8swHwYDVR0jBBgwFoAUu5pQaQ5T
        8tfHo8quyH4hveQGK7QwCgYIKoZIzj0EAwIDSQAwRgIhAPH0NFNgGikCjl59/HDK
        cP/ewFMaPO1OhsrEnwxYxE+EAiEA3XNdLoM0vmbGdYK/66wTGMu8BhN+JLLZaFAe
        i4SkU5E=
        -----END CERTIFICATE-----

        """

    static let renewedKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqKV5fmtqYO0U1odj
        49k/U/sKAfZkPI/1YyjAYeyHSz2hRANCAARLaTDbsW6pz4/qxidIvq8/T80ifcrC
        tf5NtDRkfVTqq7mbgo06SHWnZ9npz4CP5XvOgkGt2RlpQj3vOB4EUOib
        -----END PRIVATE KEY-----

        """

    /// The key of `client`, which no one can read without its passphrase.
    static let clientKeyWithPassphrase = """
        -----BEGIN EC PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,30714318F925A1B32959DD6D8219073B

        2JkdW5L98zoRJWNC9r45cLvq5y+Xs9JKHDa2KvEAu6x3Hwb8bQHVHNu+Q8rtaq40
        sDrB2e0f6kFKk9dhvISGXHWndfzw0c/kGxeRYA9VqvuiqLGxm5Lv5NNk62aA80FG
        sDI4vaq8eSKO4tmq5Ons1IJM7HoJ0V2ss5afNZ4cvN0=
        -----END EC PRIVATE KEY-----

        """
}

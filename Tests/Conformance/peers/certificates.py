"""Certificates of an authority of the tests' own."""

import datetime
import pathlib
import ssl

import trustme


class Authority:
    """Signs certificates, and writes them and its own as PEM files."""

    def __init__(self, folder: pathlib.Path, name: str = "ca"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.name = folder, name
        self.authority = trustme.CA()
        self.file = folder / f"{name}.pem"
        self.authority.cert_pem.write_to_path(str(self.file))

    def issue(self, identity: str, ended: bool = False) -> tuple[pathlib.Path, pathlib.Path]:
        """The files of a certificate and its key; one that `ended` was good until yesterday."""
        yesterday = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)
        certificate = self.authority.issue_cert(
            identity, **({"not_before": yesterday - datetime.timedelta(days=30), "not_after": yesterday} if ended else {})
        )
        stem = f"{self.name}-{identity}{'-ended' if ended else ''}"
        file, key = self.folder / f"{stem}.pem", self.folder / f"{stem}.key"
        file.write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        return file, key

    def sign(self, name: str, *identities: str) -> tuple[pathlib.Path, pathlib.Path]:
        """The files `name`.pem and `name`.key of a certificate, of localhost unless told; again makes new ones."""
        certificate = self.authority.issue_cert(*(identities or ("localhost", "127.0.0.1")), common_name=name)
        file, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        file.write_bytes(b"".join(part.bytes() for part in certificate.cert_chain_pems))
        certificate.private_key_pem.write_to_path(str(key))
        return file, key

    def server_context(self, identity: str = "127.0.0.1", ended: bool = False) -> ssl.SSLContext:
        """What a server of this identity speaks TLS with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.issue(identity, ended))
        return context

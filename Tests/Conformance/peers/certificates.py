"""Certificates made by OpenSSL: an authority, and what it signs."""

import pathlib
import subprocess


def _openssl(*arguments) -> None:
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()


class Authority:
    """An authority in a folder, with `ca.pem` and whatever it has signed as `NAME.pem` and `NAME.key`."""

    def __init__(self, folder: pathlib.Path, name: str = "ca"):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.name = name
        self.file = folder / f"{name}.pem"
        _openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", self.file,
            "-addext", "keyUsage=critical,keyCertSign",
        )

    def sign(self, name: str, names: str = "DNS:localhost,IP:127.0.0.1") -> tuple[pathlib.Path, pathlib.Path]:
        """A certificate with these alternative names, and its key; the same name again makes new ones."""
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n")
        _openssl(
            "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            f"/CN={name}", "-keyout", key, "-out", request,
        )
        _openssl(
            "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.folder / f"{self.name}.key",
            "-CAcreateserial", "-days", "2", "-extfile", extensions, "-out", certificate,
        )
        return certificate, key

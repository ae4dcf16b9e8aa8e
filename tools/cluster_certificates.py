"""Certificates of a cluster test: one authority, a daemon's port, and the daemon that joins it."""
import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 2


class Authority:
    """Signs for servers and for callers; its own certificate is `authority.pem`."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Cluster test")])
        usage = x509.KeyUsage(digital_signature=False, content_commitment=False, key_encipherment=False,
                              data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=False,
                              encipher_only=False, decipher_only=False)
        made = self.begin(self.name, self.key).add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        self.certificate = self.write("authority.pem", made.add_extension(usage, True))

    def begin(self, subject, key):
        now = datetime.datetime.now(datetime.timezone.utc)
        return (x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
                .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(hours=1))
                .not_valid_after(now + datetime.timedelta(days=DAYS)))

    def write(self, name, made):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return path

    def server(self, name, address):
        """Certificate and key of a port at this address."""
        return self.pair(name, x509.IPAddress(ipaddress.ip_address(address)), ExtendedKeyUsageOID.SERVER_AUTH)

    def caller(self, name):
        """Certificate and key of a caller with this DNS name."""
        return self.pair(name, x509.DNSName(name), ExtendedKeyUsageOID.CLIENT_AUTH)

    def pair(self, name, alternative, usage):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = (self.begin(subject, key).add_extension(x509.SubjectAlternativeName([alternative]), False)
                .add_extension(x509.ExtendedKeyUsage([usage]), False)
                .add_extension(x509.BasicConstraints(ca=False, path_length=None), True))
        path = os.path.join(self.folder, f"{name}.key")
        text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                 serialization.NoEncryption())
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o400), "wb") as file:
            file.write(text)
        return self.write(f"{name}.pem", made), path

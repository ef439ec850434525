"""Envelope encryption as the handlers have it: data keys of KMS, AES-256-GCM by the package cryptography."""

import os

import boto3
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

FORMAT = b"\x01"

kms = boto3.client("kms")


def new_key(key_arn, **context):
    """A data key: for use, and wrapped."""
    made = kms.generate_data_key(KeyId=key_arn, KeySpec="AES_256", EncryptionContext=context)
    return AESGCM(made["Plaintext"]), made["CiphertextBlob"]


def unwrapped(key_arn, wrapped, **context):
    """A data key that was wrapped."""
    return AESGCM(kms.decrypt(KeyId=key_arn, CiphertextBlob=wrapped, EncryptionContext=context)["Plaintext"])


def place(purpose, *parts):
    """What content is bound to."""
    return purpose.encode() + b"\0" + FORMAT + "\0".join(parts).encode()


def seal(key, place, content):
    nonce = os.urandom(12)
    return FORMAT + nonce + key.encrypt(nonce, content, place)


def unseal(key, place, sealed):
    return key.decrypt(sealed[1:13], sealed[13:], place)

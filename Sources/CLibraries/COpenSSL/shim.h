#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/random.h>

/* Wraps the parts that Swift does not import: function macros, macros with casts and OSSL_PARAM lists. */

static inline void suishen_free(void *pointer) { OPENSSL_free(pointer); }

/* SHA-256 and single blocks of AES and SM4 from libcrypto itself. Fetching one of them from its provider sets up all
of the provider's 36 digests or 140 ciphers, which takes longer than checking a signature. */
static inline void suishen_sha256_begin(SHA256_CTX *context) { SHA256_Init(context); }

static inline void suishen_sha256_update(SHA256_CTX *context, const void *bytes, size_t count) {
    SHA256_Update(context, bytes, count);
}

static inline void suishen_sha256_end(SHA256_CTX *context, unsigned char *digest) { SHA256_Final(digest, context); }

static inline EVP_CIPHER *suishen_block_aes256(void) { return EVP_CIPHER_meth_dup(EVP_aes_256_ecb()); }

static inline EVP_CIPHER *suishen_block_sm4(void) { return EVP_CIPHER_meth_dup(EVP_sm4_ecb()); }

static inline long suishen_bio_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }

static inline int suishen_cipher_set_tag(EVP_CIPHER_CTX *context, int count, void *tag) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, count, tag);
}

static inline int suishen_cipher_get_tag(EVP_CIPHER_CTX *context, int count, void *tag) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, count, tag);
}

static inline int suishen_cipher_set_nonce_count(EVP_CIPHER_CTX *context, int count) {
    return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, count, NULL);
}

/* Makes a public key of `type` on `group` from an encoded point; NULL unless the point is on the curve. */
static inline EVP_PKEY *suishen_ec_public_key(const char *type, const char *group, const unsigned char *point,
                                              size_t count) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, (char *)group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)point, count),
        OSSL_PARAM_construct_end(),
    };
    if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) != 1) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return key;
}

/* Writes the affine coordinates of an EC key's point, 32 bytes each, big-endian. */
static inline int suishen_ec_coordinates(const EVP_PKEY *key, unsigned char *x, unsigned char *y) {
    BIGNUM *horizontal = NULL, *vertical = NULL;
    int done = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &horizontal) == 1 &&
               EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &vertical) == 1 &&
               BN_bn2binpad(horizontal, x, 32) == 32 && BN_bn2binpad(vertical, y, 32) == 32;
    BN_free(horizontal);
    BN_free(vertical);
    return done;
}

static inline int suishen_object_count(const STACK_OF(ASN1_OBJECT) *objects) {
    return sk_ASN1_OBJECT_num(objects);
}

static inline const ASN1_OBJECT *suishen_object(const STACK_OF(ASN1_OBJECT) *objects, int index) {
    return sk_ASN1_OBJECT_value(objects, index);
}

static inline EXTENDED_KEY_USAGE *suishen_extended_key_usage(const X509 *certificate, int *critical) {
    return (EXTENDED_KEY_USAGE *)X509_get_ext_d2i(certificate, NID_ext_key_usage, critical, NULL);
}

static inline void suishen_extended_key_usage_free(EXTENDED_KEY_USAGE *usages) {
    EXTENDED_KEY_USAGE_free(usages);
}

/* Sets RSASSA-PSS as in PS256 (RFC 8230 section 2): SHA-256, MGF1 with SHA-256, a salt of the digest's length. */
static inline int suishen_set_ps256(EVP_PKEY_CTX *context, const EVP_MD *digest) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, digest) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

/* Reads a block of PEM; what it gives lies in the secure heap, where there is one, and so do all copies on the way. */
static inline int suishen_pem_read(BIO *bio, char **name, char **header, unsigned char **data, long *count) {
    return PEM_read_bio_ex(bio, name, header, data, count, PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE);
}

static inline void suishen_secure_free(void *pointer, size_t count) { OPENSSL_secure_clear_free(pointer, count); }

static inline void suishen_clear_free(void *pointer, size_t count) { OPENSSL_clear_free(pointer, count); }

/* Locks a heap for private keys into memory, apart from the ordinary one. 1: locked; 2: it could not be locked. */
static inline int suishen_secure_heap_begin(size_t byte_count, size_t smallest) {
    return CRYPTO_secure_malloc_initialized() ? 1 : CRYPTO_secure_malloc_init(byte_count, smallest);
}

/* Encrypts PKCS#8 under a passphrase: PBES2 (RFC 8018) with scrypt (RFC 7914; N = 2^14, r = 8, p = 5) and AES-256-CBC.
The digest of the private key goes in as the attribute messageDigest, since CBC does not notice changed bytes. */
static inline int suishen_key_wrap(const unsigned char *pkcs8, size_t count, const char *passphrase,
                                   size_t passphrase_count, unsigned char **wrapped) {
    const unsigned char *position = pkcs8, *octets = NULL;
    int octet_count = 0, wrapped_count = 0;
    unsigned char digest[SHA256_DIGEST_LENGTH];
    PKCS8_PRIV_KEY_INFO *key = d2i_PKCS8_PRIV_KEY_INFO(NULL, &position, (long)count);
    X509_ALGOR *algorithm = NULL;
    X509_SIG *encrypted = NULL;
    if (key && position == pkcs8 + count && PKCS8_pkey_get0(NULL, &octets, &octet_count, NULL, key) == 1 &&
        SHA256(octets, (size_t)octet_count, digest) &&
        PKCS8_pkey_add1_attr_by_NID(key, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING, digest, sizeof digest) == 1 &&
        (algorithm = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), NULL, 16, NULL, 1 << 14, 8, 5)) &&
        (encrypted = PKCS8_set0_pbe(passphrase, (int)passphrase_count, key, algorithm))) {
        algorithm = NULL;
        wrapped_count = i2d_X509_SIG(encrypted, wrapped);
    }
    OPENSSL_cleanse(digest, sizeof digest);
    X509_ALGOR_free(algorithm);
    X509_SIG_free(encrypted);
    PKCS8_PRIV_KEY_INFO_free(key);
    return wrapped_count > 0 ? wrapped_count : 0;
}

/* What a wrapped key holds. `octets` is the content of an X25519 key's OCTET STRING, or all zero. */
typedef struct {
    unsigned char *pkcs8;
    int count;
    unsigned char octets[32];
    int is_x25519, has_digest;
} suishen_unwrapped_key;

enum { suishen_unwrapped, suishen_unwrap_malformed, suishen_unwrap_wrong_passphrase, suishen_unwrap_changed };

/* Decrypts what suishen_key_wrap or `openssl pkcs8 -topk8` encrypted. */
static inline int suishen_key_unwrap(const unsigned char *wrapped, size_t count, const char *passphrase,
                                     size_t passphrase_count, suishen_unwrapped_key *unwrapped) {
    const unsigned char *position = wrapped, *octets = NULL;
    const ASN1_OBJECT *type = NULL;
    int octet_count = 0, result = suishen_unwrap_malformed;
    PKCS8_PRIV_KEY_INFO *key = NULL;
    X509_SIG *encrypted = d2i_X509_SIG(NULL, &position, (long)count);
    if (!encrypted || position != wrapped + count) goto end;
    result = suishen_unwrap_wrong_passphrase;
    key = PKCS8_decrypt(encrypted, passphrase, (int)passphrase_count);
    if (!key || PKCS8_pkey_get0(&type, &octets, &octet_count, NULL, key) != 1) goto end;
    const STACK_OF(X509_ATTRIBUTE) *attributes = PKCS8_pkey_get0_attrs(key);
    int index = X509at_get_attr_by_NID(attributes, NID_pkcs9_messageDigest, -1);
    if (index >= 0) {
        unsigned char digest[SHA256_DIGEST_LENGTH];
        ASN1_OCTET_STRING *kept = (ASN1_OCTET_STRING *)X509_ATTRIBUTE_get0_data(
            X509at_get_attr(attributes, index), 0, V_ASN1_OCTET_STRING, NULL);
        SHA256(octets, (size_t)octet_count, digest);
        result = suishen_unwrap_changed;
        if (!kept || ASN1_STRING_length(kept) != sizeof digest ||
            CRYPTO_memcmp(ASN1_STRING_get0_data(kept), digest, sizeof digest) != 0)
            goto end;
        unwrapped->has_digest = 1;
    }
    if (OBJ_obj2nid(type) == NID_X25519 && octet_count == 34 && octets[0] == 4 && octets[1] == 32) {
        unwrapped->is_x25519 = 1;
        memcpy(unwrapped->octets, octets + 2, 32);
    }
    unwrapped->count = i2d_PKCS8_PRIV_KEY_INFO(key, &unwrapped->pkcs8);
    result = unwrapped->count > 0 ? suishen_unwrapped : suishen_unwrap_malformed;
end:
    X509_SIG_free(encrypted);
    PKCS8_PRIV_KEY_INFO_free(key);
    return result;
}

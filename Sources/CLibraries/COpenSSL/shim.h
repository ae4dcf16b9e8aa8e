#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
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

// The calls of PKCS#11 2.40 and 3.0 that tokens' keys need, of a provider's module that is opened while the process runs.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One opened module; it is never closed, since a provider may have threads of its own.
typedef struct cpkcs11_module cpkcs11_module;

// A CK_RV: 0 is success.
typedef unsigned long cpkcs11_result;

// What a token says of itself; texts end with a zero byte, without the spaces that fill them.
typedef struct {
    char label[33], manufacturer[33], model[17], serial[17];
    bool needs_login, is_initialized, has_user_pin, is_pin_locked, is_final_try;
} cpkcs11_token;

// Results that callers tell apart.
extern const cpkcs11_result cpkcs11_no_token, cpkcs11_pin_incorrect, cpkcs11_pin_locked, cpkcs11_pin_invalid,
    cpkcs11_session_count, cpkcs11_already_logged_in;
// Mechanisms (CKM_EDDSA, CKM_ECDSA and their key generations) and key types.
extern const unsigned long cpkcs11_eddsa, cpkcs11_ecdsa, cpkcs11_edwards_generation, cpkcs11_ec_generation,
    cpkcs11_edwards_type, cpkcs11_ec_type;
// Classes of objects.
extern const unsigned long cpkcs11_public_class, cpkcs11_private_class;
// Attributes that are read as bytes.
extern const unsigned long cpkcs11_id_attribute, cpkcs11_label_attribute, cpkcs11_point_attribute,
    cpkcs11_parameters_attribute;
// The attribute that is read as a number of the machine's own form: the key's type.
extern const unsigned long cpkcs11_type_attribute;
// Attributes that are read as one byte, 0 or 1.
extern const unsigned long cpkcs11_extractable_attribute, cpkcs11_sensitive_attribute;

// The name of a result, such as CKR_PIN_INCORRECT; NULL for a vendor's own.
const char *cpkcs11_name(cpkcs11_result result);

// Whether a result says that a call itself was wrong, so that the same call fails again on a working token.
bool cpkcs11_is_lasting(cpkcs11_result result);

// Opens the module at an absolute path. Returns NULL, and a reason to be copied at once, when that is not possible.
cpkcs11_module *cpkcs11_open(const char *path, const char **reason);

// C_Initialize with the system's locks, for use from many threads.
cpkcs11_result cpkcs11_initialize(const cpkcs11_module *module);
cpkcs11_result cpkcs11_finalize(const cpkcs11_module *module);

// The slots that hold a token. `count` is the room in `slots` before, and the number of slots after.
cpkcs11_result cpkcs11_slots(const cpkcs11_module *module, unsigned long *slots, unsigned long *count);
cpkcs11_result cpkcs11_token_info(const cpkcs11_module *module, unsigned long slot, cpkcs11_token *token);

cpkcs11_result cpkcs11_open_session(const cpkcs11_module *module, unsigned long slot, bool writes,
                                    unsigned long *session);
cpkcs11_result cpkcs11_close_session(const cpkcs11_module *module, unsigned long session);
cpkcs11_result cpkcs11_login(const cpkcs11_module *module, unsigned long session, const uint8_t *pin, size_t count);

// Finds objects of a class; an empty id or label is not looked for. `count` is the room before, the number found after.
cpkcs11_result cpkcs11_find(const cpkcs11_module *module, unsigned long session, unsigned long object_class,
                            const uint8_t *id, size_t id_count, const uint8_t *label, size_t label_count,
                            unsigned long *objects, size_t *count);

// One attribute. `count` is the room before, the number of bytes after.
cpkcs11_result cpkcs11_attribute(const cpkcs11_module *module, unsigned long session, unsigned long object,
                                 unsigned long attribute, uint8_t *bytes, size_t *count);

// Makes a key pair on the token. The private key signs, is sensitive, and can never leave the token.
cpkcs11_result cpkcs11_generate(const cpkcs11_module *module, unsigned long session, unsigned long mechanism,
                                unsigned long key_type, const uint8_t *parameters, size_t parameters_count,
                                const uint8_t *label, size_t label_count, unsigned long *public_key,
                                unsigned long *private_key);
cpkcs11_result cpkcs11_set_id(const cpkcs11_module *module, unsigned long session, unsigned long object,
                              const uint8_t *id, size_t count);
cpkcs11_result cpkcs11_destroy(const cpkcs11_module *module, unsigned long session, unsigned long object);

// Signs in one part. `signature_count` is the room before, the number of bytes after.
cpkcs11_result cpkcs11_sign(const cpkcs11_module *module, unsigned long session, unsigned long mechanism,
                            unsigned long key, const uint8_t *data, size_t count, uint8_t *signature,
                            size_t *signature_count);

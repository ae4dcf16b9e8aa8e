#include "cpkcs11.h"

#include <dlfcn.h>
#include <p11-kit-1/p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

struct cpkcs11_module {
    CK_FUNCTION_LIST_PTR calls;
};

const cpkcs11_result cpkcs11_no_token = CKR_TOKEN_NOT_PRESENT, cpkcs11_pin_incorrect = CKR_PIN_INCORRECT,
                     cpkcs11_pin_locked = CKR_PIN_LOCKED, cpkcs11_pin_invalid = CKR_PIN_INVALID,
                     cpkcs11_session_count = CKR_SESSION_COUNT,
                     cpkcs11_already_logged_in = CKR_USER_ALREADY_LOGGED_IN;
const unsigned long cpkcs11_eddsa = CKM_EDDSA, cpkcs11_ecdsa = CKM_ECDSA,
                    cpkcs11_edwards_generation = CKM_EC_EDWARDS_KEY_PAIR_GEN,
                    cpkcs11_ec_generation = CKM_EC_KEY_PAIR_GEN, cpkcs11_edwards_type = CKK_EC_EDWARDS,
                    cpkcs11_ec_type = CKK_EC;
const unsigned long cpkcs11_public_class = CKO_PUBLIC_KEY, cpkcs11_private_class = CKO_PRIVATE_KEY;
const unsigned long cpkcs11_id_attribute = CKA_ID, cpkcs11_label_attribute = CKA_LABEL,
                    cpkcs11_point_attribute = CKA_EC_POINT, cpkcs11_parameters_attribute = CKA_EC_PARAMS,
                    cpkcs11_type_attribute = CKA_KEY_TYPE;
const unsigned long cpkcs11_extractable_attribute = CKA_EXTRACTABLE, cpkcs11_sensitive_attribute = CKA_SENSITIVE;

// Every result that this file's calls may give, by the name that a vendor's manual has.
#define RESULTS(EACH)                                                                                                  \
    EACH(CKR_ARGUMENTS_BAD)                                                                                            \
    EACH(CKR_ATTRIBUTE_READ_ONLY)                                                                                      \
    EACH(CKR_ATTRIBUTE_SENSITIVE)                                                                                      \
    EACH(CKR_ATTRIBUTE_TYPE_INVALID)                                                                                   \
    EACH(CKR_ATTRIBUTE_VALUE_INVALID)                                                                                  \
    EACH(CKR_BUFFER_TOO_SMALL)                                                                                         \
    EACH(CKR_CANT_LOCK)                                                                                                \
    EACH(CKR_CRYPTOKI_NOT_INITIALIZED)                                                                                 \
    EACH(CKR_CURVE_NOT_SUPPORTED)                                                                                      \
    EACH(CKR_DATA_INVALID)                                                                                             \
    EACH(CKR_DATA_LEN_RANGE)                                                                                           \
    EACH(CKR_DEVICE_ERROR)                                                                                             \
    EACH(CKR_DEVICE_MEMORY)                                                                                            \
    EACH(CKR_DEVICE_REMOVED)                                                                                           \
    EACH(CKR_DOMAIN_PARAMS_INVALID)                                                                                    \
    EACH(CKR_FUNCTION_CANCELED)                                                                                        \
    EACH(CKR_FUNCTION_FAILED)                                                                                          \
    EACH(CKR_FUNCTION_NOT_SUPPORTED)                                                                                   \
    EACH(CKR_GENERAL_ERROR)                                                                                            \
    EACH(CKR_HOST_MEMORY)                                                                                              \
    EACH(CKR_KEY_FUNCTION_NOT_PERMITTED)                                                                               \
    EACH(CKR_KEY_HANDLE_INVALID)                                                                                       \
    EACH(CKR_KEY_TYPE_INCONSISTENT)                                                                                    \
    EACH(CKR_MECHANISM_INVALID)                                                                                        \
    EACH(CKR_MECHANISM_PARAM_INVALID)                                                                                  \
    EACH(CKR_OBJECT_HANDLE_INVALID)                                                                                    \
    EACH(CKR_OPERATION_ACTIVE)                                                                                         \
    EACH(CKR_OPERATION_NOT_INITIALIZED)                                                                                \
    EACH(CKR_PIN_EXPIRED)                                                                                              \
    EACH(CKR_PIN_INCORRECT)                                                                                            \
    EACH(CKR_PIN_INVALID)                                                                                              \
    EACH(CKR_PIN_LEN_RANGE)                                                                                            \
    EACH(CKR_PIN_LOCKED)                                                                                               \
    EACH(CKR_SESSION_CLOSED)                                                                                           \
    EACH(CKR_SESSION_COUNT)                                                                                            \
    EACH(CKR_SESSION_HANDLE_INVALID)                                                                                   \
    EACH(CKR_SESSION_READ_ONLY)                                                                                        \
    EACH(CKR_SLOT_ID_INVALID)                                                                                          \
    EACH(CKR_TEMPLATE_INCOMPLETE)                                                                                      \
    EACH(CKR_TEMPLATE_INCONSISTENT)                                                                                    \
    EACH(CKR_TOKEN_NOT_PRESENT)                                                                                        \
    EACH(CKR_TOKEN_NOT_RECOGNIZED)                                                                                     \
    EACH(CKR_TOKEN_WRITE_PROTECTED)                                                                                    \
    EACH(CKR_USER_ALREADY_LOGGED_IN)                                                                                   \
    EACH(CKR_USER_NOT_LOGGED_IN)                                                                                       \
    EACH(CKR_USER_PIN_NOT_INITIALIZED)

const char *cpkcs11_name(cpkcs11_result result) {
    switch (result) {
#define NAME(result) \
    case result: return #result;
        RESULTS(NAME)
#undef NAME
        default: return NULL;
    }
}

bool cpkcs11_is_lasting(cpkcs11_result result) {
    switch (result) {
        case CKR_ARGUMENTS_BAD:
        case CKR_ATTRIBUTE_READ_ONLY:
        case CKR_ATTRIBUTE_SENSITIVE:
        case CKR_ATTRIBUTE_TYPE_INVALID:
        case CKR_ATTRIBUTE_VALUE_INVALID:
        case CKR_BUFFER_TOO_SMALL:
        case CKR_CANT_LOCK:
        case CKR_CURVE_NOT_SUPPORTED:
        case CKR_DATA_INVALID:
        case CKR_DATA_LEN_RANGE:
        case CKR_DOMAIN_PARAMS_INVALID:
        case CKR_FUNCTION_NOT_SUPPORTED:
        case CKR_KEY_FUNCTION_NOT_PERMITTED:
        case CKR_KEY_TYPE_INCONSISTENT:
        case CKR_MECHANISM_INVALID:
        case CKR_MECHANISM_PARAM_INVALID:
        case CKR_TEMPLATE_INCOMPLETE:
        case CKR_TEMPLATE_INCONSISTENT:
        case CKR_TOKEN_WRITE_PROTECTED: return true;
        default: return false;
    }
}

cpkcs11_module *cpkcs11_open(const char *path, const char **reason) {
    // Some providers need their symbols to stay apart from libcrypto's of this process.
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        *reason = dlerror();
        return NULL;
    }
    CK_C_GetFunctionList list = NULL;
    *(void **)&list = dlsym(library, "C_GetFunctionList");
    cpkcs11_module *module = calloc(1, sizeof *module);
    if (!list || !module || list(&module->calls) != CKR_OK || !module->calls) {
        *reason = "it has no PKCS#11 functions";
        free(module);
        dlclose(library);
        return NULL;
    }
    return module;
}

cpkcs11_result cpkcs11_initialize(const cpkcs11_module *module) {
    CK_C_INITIALIZE_ARGS arguments = {.flags = CKF_OS_LOCKING_OK};
    CK_RV result = module->calls->C_Initialize(&arguments);
    // Another module of this process may lead to the same library.
    return result == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : result;
}

cpkcs11_result cpkcs11_finalize(const cpkcs11_module *module) { return module->calls->C_Finalize(NULL); }

cpkcs11_result cpkcs11_slots(const cpkcs11_module *module, unsigned long *slots, unsigned long *count) {
    return module->calls->C_GetSlotList(CK_TRUE, slots, count);
}

static void copy_text(char *text, const unsigned char *padded, size_t count) {
    while (count > 0 && (padded[count - 1] == ' ' || padded[count - 1] == 0)) count--;
    memcpy(text, padded, count);
    text[count] = 0;
}

cpkcs11_result cpkcs11_token_info(const cpkcs11_module *module, unsigned long slot, cpkcs11_token *token) {
    CK_TOKEN_INFO info;
    CK_RV result = module->calls->C_GetTokenInfo(slot, &info);
    if (result != CKR_OK) return result;
    copy_text(token->label, info.label, sizeof info.label);
    copy_text(token->manufacturer, info.manufacturerID, sizeof info.manufacturerID);
    copy_text(token->model, info.model, sizeof info.model);
    copy_text(token->serial, info.serialNumber, sizeof info.serialNumber);
    token->needs_login = info.flags & CKF_LOGIN_REQUIRED;
    token->is_initialized = info.flags & CKF_TOKEN_INITIALIZED;
    token->has_user_pin = info.flags & CKF_USER_PIN_INITIALIZED;
    token->is_pin_locked = info.flags & CKF_USER_PIN_LOCKED;
    token->is_final_try = info.flags & CKF_USER_PIN_FINAL_TRY;
    return CKR_OK;
}

cpkcs11_result cpkcs11_open_session(const cpkcs11_module *module, unsigned long slot, bool writes,
                                    unsigned long *session) {
    CK_FLAGS flags = CKF_SERIAL_SESSION | (writes ? CKF_RW_SESSION : 0);
    return module->calls->C_OpenSession(slot, flags, NULL, NULL, session);
}

cpkcs11_result cpkcs11_close_session(const cpkcs11_module *module, unsigned long session) {
    return module->calls->C_CloseSession(session);
}

cpkcs11_result cpkcs11_login(const cpkcs11_module *module, unsigned long session, const uint8_t *pin, size_t count) {
    return module->calls->C_Login(session, CKU_USER, (CK_UTF8CHAR_PTR)pin, count);
}

cpkcs11_result cpkcs11_find(const cpkcs11_module *module, unsigned long session, unsigned long object_class,
                            const uint8_t *id, size_t id_count, const uint8_t *label, size_t label_count,
                            unsigned long *objects, size_t *count) {
    CK_OBJECT_CLASS wanted = object_class;
    CK_ATTRIBUTE attributes[3] = {{CKA_CLASS, &wanted, sizeof wanted}};
    CK_ULONG attribute_count = 1;
    if (id_count) attributes[attribute_count++] = (CK_ATTRIBUTE){CKA_ID, (void *)id, id_count};
    if (label_count) attributes[attribute_count++] = (CK_ATTRIBUTE){CKA_LABEL, (void *)label, label_count};
    CK_RV result = module->calls->C_FindObjectsInit(session, attributes, attribute_count);
    if (result != CKR_OK) return result;
    size_t room = *count;
    *count = 0;
    while (*count < room) {
        CK_ULONG found = 0;
        result = module->calls->C_FindObjects(session, objects + *count, room - *count, &found);
        if (result != CKR_OK || found == 0) break;
        *count += found;
    }
    CK_RV ended = module->calls->C_FindObjectsFinal(session);
    return result == CKR_OK ? ended : result;
}

cpkcs11_result cpkcs11_attribute(const cpkcs11_module *module, unsigned long session, unsigned long object,
                                 unsigned long attribute, uint8_t *bytes, size_t *count) {
    CK_ATTRIBUTE read = {attribute, bytes, *count};
    CK_RV result = module->calls->C_GetAttributeValue(session, object, &read, 1);
    if (result == CKR_OK && read.ulValueLen > *count) return CKR_GENERAL_ERROR;
    *count = result == CKR_OK ? read.ulValueLen : 0;
    return result;
}

cpkcs11_result cpkcs11_generate(const cpkcs11_module *module, unsigned long session, unsigned long mechanism,
                                unsigned long key_type, const uint8_t *parameters, size_t parameters_count,
                                const uint8_t *label, size_t label_count, unsigned long *public_key,
                                unsigned long *private_key) {
    CK_MECHANISM generation = {mechanism, NULL, 0};
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    CK_KEY_TYPE type = key_type;
    CK_ATTRIBUTE public_template[] = {
        {CKA_TOKEN, &yes, sizeof yes},
        {CKA_VERIFY, &yes, sizeof yes},
        {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_EC_PARAMS, (void *)parameters, parameters_count},
        {CKA_LABEL, (void *)label, label_count},
    };
    CK_ATTRIBUTE private_template[] = {
        {CKA_TOKEN, &yes, sizeof yes},       {CKA_PRIVATE, &yes, sizeof yes},
        {CKA_SENSITIVE, &yes, sizeof yes},   {CKA_EXTRACTABLE, &no, sizeof no},
        {CKA_SIGN, &yes, sizeof yes},        {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_LABEL, (void *)label, label_count},
    };
    return module->calls->C_GenerateKeyPair(
        session, &generation, public_template, sizeof public_template / sizeof *public_template, private_template,
        sizeof private_template / sizeof *private_template, public_key, private_key);
}

cpkcs11_result cpkcs11_set_id(const cpkcs11_module *module, unsigned long session, unsigned long object,
                              const uint8_t *id, size_t count) {
    CK_ATTRIBUTE attribute = {CKA_ID, (void *)id, count};
    return module->calls->C_SetAttributeValue(session, object, &attribute, 1);
}

cpkcs11_result cpkcs11_destroy(const cpkcs11_module *module, unsigned long session, unsigned long object) {
    return module->calls->C_DestroyObject(session, object);
}

cpkcs11_result cpkcs11_sign(const cpkcs11_module *module, unsigned long session, unsigned long mechanism,
                            unsigned long key, const uint8_t *data, size_t count, uint8_t *signature,
                            size_t *signature_count) {
    CK_MECHANISM signing = {mechanism, NULL, 0};
    CK_RV result = module->calls->C_SignInit(session, &signing, key);
    if (result != CKR_OK) return result;
    CK_ULONG room = *signature_count;
    result = module->calls->C_Sign(session, (CK_BYTE_PTR)data, count, signature, &room);
    *signature_count = room;
    return result;
}

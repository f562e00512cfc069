/// The Secret Service of the desktop (freedesktop.org Secret Service API 0.2) through libsecret, which
/// is loaded at first need: a program with this in it starts and works on a machine without GLib.
///
/// All calls block, and belong on a thread that may block. A call ends early with
/// ADM_KEYRING_TIMEOUT when its `adm_keyring_cancel` is fired from another thread. Texts and secrets
/// that are handed out belong to the caller: free them with `adm_keyring_free`, which wipes them.
#ifndef ADM_LIBSECRET_H
#define ADM_LIBSECRET_H

#include <stddef.h>
#include <stdint.h>

/// How a call ended.
enum adm_keyring_status {
    ADM_KEYRING_OK = 0,
    /// Nothing is stored under these attributes, and the keyring is open, so that this is certain.
    ADM_KEYRING_NOT_FOUND,
    /// The keyring is locked; whether something is stored may be unknown.
    ADM_KEYRING_LOCKED,
    /// The person closed the prompt.
    ADM_KEYRING_DISMISSED,
    /// The call was cancelled, or the service did not answer in its own time.
    ADM_KEYRING_TIMEOUT,
    /// There is no library, no bus or no service on it.
    ADM_KEYRING_UNAVAILABLE,
    /// The service runs but has no default keyring yet.
    ADM_KEYRING_NO_COLLECTION,
    /// Anything else; the text says what.
    ADM_KEYRING_FAILED,
};

/// One attribute that an item is found by. Attributes are not secret.
struct adm_keyring_attribute {
    const char *_Nonnull name;
    const char *_Nonnull value;
};

/// Ends a running call; made before it, fired from anywhere, freed after it.
typedef struct adm_keyring_cancel adm_keyring_cancel;

/// Loads the library; later calls only answer again. `reason` says why it cannot be loaded.
int adm_keyring_load(char *_Nullable *_Nonnull reason);

adm_keyring_cancel *_Nonnull adm_keyring_cancel_new(void);
void adm_keyring_cancel_fire(adm_keyring_cancel *_Nonnull cancel);
void adm_keyring_cancel_free(adm_keyring_cancel *_Nonnull cancel);

/// The state of the default keyring: OK, LOCKED, NO_COLLECTION, or why it cannot be told.
int adm_keyring_state(adm_keyring_cancel *_Nonnull cancel, char *_Nullable *_Nonnull reason);

/// Opens the default keyring, making it where there is none. The service asks the person.
int adm_keyring_unlock(adm_keyring_cancel *_Nonnull cancel, char *_Nullable *_Nonnull reason);

/// Stores a secret in the default keyring, in place of one with the same attributes. Never asks.
int adm_keyring_store(
    const struct adm_keyring_attribute *_Nullable attributes,
    size_t count,
    const char *_Nonnull label,
    const uint8_t *_Nonnull secret,
    size_t length,
    adm_keyring_cancel *_Nonnull cancel,
    char *_Nullable *_Nonnull reason
);

/// Reads a secret. Never asks.
int adm_keyring_lookup(
    const struct adm_keyring_attribute *_Nullable attributes,
    size_t count,
    uint8_t *_Nullable *_Nonnull secret,
    size_t *_Nonnull length,
    adm_keyring_cancel *_Nonnull cancel,
    char *_Nullable *_Nonnull reason
);

/// Removes what is stored under the attributes. Never asks.
int adm_keyring_remove(
    const struct adm_keyring_attribute *_Nullable attributes,
    size_t count,
    adm_keyring_cancel *_Nonnull cancel,
    char *_Nullable *_Nonnull reason
);

/// Wipes and frees `length` bytes that a call handed out; for texts the length is 0.
void adm_keyring_free(void *_Nullable bytes, size_t length);

#endif

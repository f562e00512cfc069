#define _GNU_SOURCE
#include "libsecret.h"
#include "symbols.h"

#include <stdlib.h>
#include <string.h>

// The name of the schema is written into each item; it is found by its attributes alone, because a
// locked keyring hides items from those who ask by schema.
static const SecretSchema schema = {
    .name = "io.github.adm.Credential",
    .flags = SECRET_SCHEMA_DONT_MATCH_NAME,
    .attributes =
        {
            {"application", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"schema_version", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"workspace", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"kind", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"scheme", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"host", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"port", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"user", SECRET_SCHEMA_ATTRIBUTE_STRING},
            {"id", SECRET_SCHEMA_ATTRIBUTE_STRING},
        },
};

struct adm_keyring_cancel {
    GCancellable *cancellable;
};

adm_keyring_cancel *adm_keyring_cancel_new(void) {
    adm_keyring_cancel *cancel = malloc(sizeof *cancel);
    if (cancel == NULL) abort();
    cancel->cancellable = library.g_cancellable_new();
    return cancel;
}

void adm_keyring_cancel_fire(adm_keyring_cancel *cancel) {
    library.g_cancellable_cancel(cancel->cancellable);
}

void adm_keyring_cancel_free(adm_keyring_cancel *cancel) {
    library.g_object_unref(cancel->cancellable);
    free(cancel);
}

// Takes an error apart: what it means for the caller, and its words.
static int explain(GError *error, char **reason) {
    int status = ADM_KEYRING_FAILED;
    if (error == NULL) return status;
    const char *domain = library.g_quark_to_string(error->domain);
    if (strcmp(domain, "g-io-error-quark") == 0) {
        status = error->code == G_IO_ERROR_CANCELLED || error->code == G_IO_ERROR_TIMED_OUT
                     ? ADM_KEYRING_TIMEOUT
                     : ADM_KEYRING_UNAVAILABLE;
    } else if (strcmp(domain, "g-dbus-error-quark") == 0) {
        status = error->code == G_DBUS_ERROR_NO_REPLY || error->code == G_DBUS_ERROR_TIMEOUT
                         || error->code == G_DBUS_ERROR_TIMED_OUT
                     ? ADM_KEYRING_TIMEOUT
                     : ADM_KEYRING_UNAVAILABLE;
    } else if (strcmp(domain, "secret-error") == 0) {
        if (error->code == SECRET_ERROR_IS_LOCKED) status = ADM_KEYRING_LOCKED;
        if (error->code == SECRET_ERROR_NO_SUCH_OBJECT) status = ADM_KEYRING_NO_COLLECTION;
    }
    free(*reason);
    *reason = strdup(error->message);
    library.g_error_free(error);
    return status;
}

// The service, asked for again each time: one that was restarted has forgotten its sessions.
static SecretService *service(adm_keyring_cancel *cancel, int *status, char **reason) {
    GError *error = NULL;
    GDBusConnection *bus = library.g_bus_get_sync(G_BUS_TYPE_SESSION, cancel->cancellable, &error);
    if (bus == NULL) {
        *status = explain(error, reason);
        return NULL;
    }
    // The end of the session must not end the process, which GLib would see to with SIGTERM.
    library.g_dbus_connection_set_exit_on_close(bus, FALSE);
    library.g_object_unref(bus);
    library.secret_service_disconnect();
    SecretService *found =
        library.secret_service_get_sync(SECRET_SERVICE_OPEN_SESSION, cancel->cancellable, &error);
    if (found == NULL) *status = explain(error, reason);
    return found;
}

static SecretCollection *default_collection(
    SecretService *service, adm_keyring_cancel *cancel, int *status, char **reason
) {
    GError *error = NULL;
    SecretCollection *collection = library.secret_collection_for_alias_sync(
        service, SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_NONE, cancel->cancellable, &error
    );
    if (collection == NULL)
        *status = error ? explain(error, reason) : ADM_KEYRING_NO_COLLECTION;
    return collection;
}

static GHashTable *table(const struct adm_keyring_attribute *attributes, size_t count) {
    GHashTable *result = library.g_hash_table_new(library.g_str_hash, library.g_str_equal);
    for (size_t index = 0; index < count; index++)
        library.g_hash_table_insert(
            result, (void *)attributes[index].name, (void *)attributes[index].value
        );
    return result;
}

static int state(SecretService *service, adm_keyring_cancel *cancel, char **reason) {
    int status = ADM_KEYRING_FAILED;
    SecretCollection *collection = default_collection(service, cancel, &status, reason);
    if (collection == NULL) return status;
    status = library.secret_collection_get_locked(collection) ? ADM_KEYRING_LOCKED : ADM_KEYRING_OK;
    library.g_object_unref(collection);
    return status;
}

int adm_keyring_state(adm_keyring_cancel *cancel, char **reason) {
    int status = ADM_KEYRING_FAILED;
    SecretService *found = service(cancel, &status, reason);
    if (found == NULL) return status;
    status = state(found, cancel, reason);
    library.g_object_unref(found);
    return status;
}

int adm_keyring_unlock(adm_keyring_cancel *cancel, char **reason) {
    int status = ADM_KEYRING_FAILED;
    SecretService *found = service(cancel, &status, reason);
    if (found == NULL) return status;
    GError *error = NULL;
    SecretCollection *collection = default_collection(found, cancel, &status, reason);
    if (collection == NULL && status == ADM_KEYRING_NO_COLLECTION) {
        collection = library.secret_collection_create_sync(
            found, "Login", SECRET_COLLECTION_DEFAULT, SECRET_COLLECTION_CREATE_NONE,
            cancel->cancellable, &error
        );
        if (collection == NULL) status = error ? explain(error, reason) : ADM_KEYRING_DISMISSED;
    }
    if (collection != NULL) {
        status = ADM_KEYRING_OK;
        if (library.secret_collection_get_locked(collection)) {
            GList *wanted = library.g_list_append(NULL, collection);
            GList *unlocked = NULL;
            int count = library.secret_service_unlock_sync(
                found, wanted, cancel->cancellable, &unlocked, &error
            );
            if (error != NULL) status = explain(error, reason);
            else if (count < 1) status = ADM_KEYRING_DISMISSED;
            for (GList *item = unlocked; item != NULL; item = item->next) library.g_object_unref(item->data);
            library.g_list_free(unlocked);
            library.g_list_free(wanted);
        }
        library.g_object_unref(collection);
    }
    library.g_object_unref(found);
    return status;
}

int adm_keyring_store(
    const struct adm_keyring_attribute *attributes, size_t count, const char *label,
    const uint8_t *secret, size_t length, adm_keyring_cancel *cancel, char **reason
) {
    int status = ADM_KEYRING_FAILED;
    SecretService *found = service(cancel, &status, reason);
    if (found == NULL) return status;
    SecretCollection *collection = default_collection(found, cancel, &status, reason);
    if (collection != NULL && library.secret_collection_get_locked(collection)) {
        status = ADM_KEYRING_LOCKED;
    } else if (collection != NULL) {
        GError *error = NULL;
        GHashTable *names = table(attributes, count);
        SecretValue *value =
            library.secret_value_new((const char *)secret, (gssize)length, "application/json");
        SecretItem *item = library.secret_item_create_sync(
            collection, &schema, names, label, value, SECRET_ITEM_CREATE_REPLACE,
            cancel->cancellable, &error
        );
        if (item == NULL) status = error ? explain(error, reason) : ADM_KEYRING_DISMISSED;
        else status = ADM_KEYRING_OK;
        if (item != NULL) library.g_object_unref(item);
        library.secret_value_unref(value);
        library.g_hash_table_unref(names);
    }
    if (collection != NULL) library.g_object_unref(collection);
    library.g_object_unref(found);
    return status;
}

// The items with these attributes; if there are none, the state of the keyring says whether that
// is certain.
static GList *search(
    SecretService *service, const struct adm_keyring_attribute *attributes, size_t count,
    adm_keyring_cancel *cancel, int *status, char **reason
) {
    GError *error = NULL;
    GHashTable *names = table(attributes, count);
    GList *items = library.secret_service_search_sync(
        service, &schema, names, SECRET_SEARCH_ALL, cancel->cancellable, &error
    );
    library.g_hash_table_unref(names);
    if (error != NULL) {
        *status = explain(error, reason);
    } else if (items == NULL) {
        int keyring = state(service, cancel, reason);
        *status = keyring == ADM_KEYRING_OK || keyring == ADM_KEYRING_NO_COLLECTION
                      ? ADM_KEYRING_NOT_FOUND
                      : keyring;
    }
    return items;
}

static void release(GList *items) {
    for (GList *item = items; item != NULL; item = item->next) library.g_object_unref(item->data);
    library.g_list_free(items);
}

int adm_keyring_lookup(
    const struct adm_keyring_attribute *attributes, size_t count, uint8_t **secret, size_t *length,
    adm_keyring_cancel *cancel, char **reason
) {
    int status = ADM_KEYRING_FAILED;
    SecretService *found = service(cancel, &status, reason);
    if (found == NULL) return status;
    GError *error = NULL;
    GList *items = search(found, attributes, count, cancel, &status, reason);
    if (items != NULL && library.secret_item_get_locked(items->data)) {
        status = ADM_KEYRING_LOCKED;
    } else if (items != NULL) {
        SecretValue *value = NULL;
        if (library.secret_item_load_secret_sync(items->data, cancel->cancellable, &error))
            value = library.secret_item_get_secret(items->data);
        if (value == NULL) {
            status = error ? explain(error, reason) : ADM_KEYRING_LOCKED;
        } else {
            gsize size = 0;
            const char *bytes = library.secret_value_get(value, &size);
            *secret = malloc(size ? size : 1);
            if (*secret == NULL) abort();
            memcpy(*secret, bytes, size);
            *length = size;
            status = ADM_KEYRING_OK;
            library.secret_value_unref(value);
        }
    }
    release(items);
    library.g_object_unref(found);
    return status;
}

int adm_keyring_remove(
    const struct adm_keyring_attribute *attributes, size_t count, adm_keyring_cancel *cancel,
    char **reason
) {
    int status = ADM_KEYRING_FAILED;
    SecretService *found = service(cancel, &status, reason);
    if (found == NULL) return status;
    GList *items = search(found, attributes, count, cancel, &status, reason);
    if (items != NULL) status = ADM_KEYRING_OK;
    for (GList *item = items; item != NULL && status == ADM_KEYRING_OK; item = item->next) {
        GError *error = NULL;
        if (library.secret_item_get_locked(item->data)) status = ADM_KEYRING_LOCKED;
        else if (!library.secret_item_delete_sync(item->data, cancel->cancellable, &error))
            status = error ? explain(error, reason) : ADM_KEYRING_DISMISSED;
    }
    release(items);
    library.g_object_unref(found);
    return status;
}

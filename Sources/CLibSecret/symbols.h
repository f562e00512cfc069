#ifndef ADM_SYMBOLS_H
#define ADM_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

// What is needed of GLib and libsecret, with the layout of their stable ABI, so that their headers
// are not needed to build.

typedef int gboolean;
typedef uint32_t GQuark;
typedef struct GError {
    GQuark domain;
    int code;
    char *message;
} GError;
typedef struct GList {
    void *data;
    struct GList *next;
    struct GList *prev;
} GList;
typedef struct SecretSchemaAttribute {
    const char *name;
    int type;
} SecretSchemaAttribute;
typedef struct SecretSchema {
    const char *name;
    int flags;
    SecretSchemaAttribute attributes[32];
    int reserved;
    void *reserved_pointers[7];
} SecretSchema;

enum { G_BUS_TYPE_SESSION = 2, G_IO_ERROR_TIMED_OUT = 24, G_IO_ERROR_CANCELLED = 19 };
enum { G_DBUS_ERROR_NO_REPLY = 4, G_DBUS_ERROR_TIMEOUT = 12, G_DBUS_ERROR_TIMED_OUT = 20 };
enum { SECRET_ERROR_IS_LOCKED = 2, SECRET_ERROR_NO_SUCH_OBJECT = 3 };
enum { SECRET_SCHEMA_DONT_MATCH_NAME = 2 };
enum { SECRET_SERVICE_OPEN_SESSION = 2 };

#define FUNCTIONS(X)                                                                               \
    X(void, g_error_free, (GError *))                                                              \
    X(const char *, g_quark_to_string, (GQuark))                                                   \
    X(void, g_object_unref, (void *))                                                              \
    X(void, g_list_free, (GList *))                                                                \
    X(GList *, g_list_append, (GList *, void *))                                                   \
    X(void *, g_hash_table_new, (unsigned (*)(const void *), gboolean (*)(const void *, const void *))) \
    X(gboolean, g_hash_table_insert, (void *, void *, void *))                                     \
    X(void, g_hash_table_unref, (void *))                                                          \
    X(unsigned, g_str_hash, (const void *))                                                        \
    X(gboolean, g_str_equal, (const void *, const void *))                                         \
    X(void *, g_cancellable_new, (void))                                                           \
    X(void, g_cancellable_cancel, (void *))                                                        \
    X(void *, g_bus_get_sync, (int, void *, GError **))                                            \
    X(void, g_dbus_connection_set_exit_on_close, (void *, gboolean))                               \
    X(void, secret_service_disconnect, (void))                                                     \
    X(void *, secret_service_get_sync, (int, void *, GError **))                                   \
    X(GList *, secret_service_search_sync,                                                         \
      (void *, const SecretSchema *, void *, int, void *, GError **))                              \
    X(int, secret_service_unlock_sync, (void *, GList *, void *, GList **, GError **))             \
    X(void *, secret_collection_for_alias_sync, (void *, const char *, int, void *, GError **))    \
    X(void *, secret_collection_create_sync,                                                       \
      (void *, const char *, const char *, int, void *, GError **))                                \
    X(gboolean, secret_collection_get_locked, (void *))                                            \
    X(gboolean, secret_item_get_locked, (void *))                                                  \
    X(gboolean, secret_item_load_secret_sync, (void *, void *, GError **))                         \
    X(void *, secret_item_get_secret, (void *))                                                    \
    X(gboolean, secret_item_delete_sync, (void *, void *, GError **))                              \
    X(void *, secret_item_create_sync,                                                             \
      (void *, const SecretSchema *, void *, const char *, void *, int, void *, GError **))        \
    X(void *, secret_value_new, (const char *, long, const char *))                                \
    X(const char *, secret_value_get, (void *, size_t *))                                          \
    X(void, secret_value_unref, (void *))

// One hidden table: as variables of their own they would take the place of GLib's own functions wherever
// the program exports its symbols.
#define DECLARE(result, name, parameters) result(*name) parameters;
struct symbols {
    FUNCTIONS(DECLARE)
};
#undef DECLARE
extern struct symbols library __attribute__((visibility("hidden")));

#endif

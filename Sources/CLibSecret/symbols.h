#ifndef ADM_SYMBOLS_H
#define ADM_SYMBOLS_H

#include <gio/gio.h>
#include <libsecret/secret.h>

// The functions of GLib and libsecret that are used. Their types come from the headers of these libraries, so that
// a call that does not fit does not compile; the library itself is loaded at first need, and nothing is linked to it.
#define FUNCTIONS(X)                                                                               \
    X(g_error_free)                                                                                \
    X(g_quark_to_string)                                                                           \
    X(g_object_unref)                                                                              \
    X(g_list_free)                                                                                 \
    X(g_list_append)                                                                               \
    X(g_hash_table_new)                                                                            \
    X(g_hash_table_insert)                                                                         \
    X(g_hash_table_unref)                                                                          \
    X(g_str_hash)                                                                                  \
    X(g_str_equal)                                                                                 \
    X(g_cancellable_new)                                                                           \
    X(g_cancellable_cancel)                                                                        \
    X(g_bus_get_sync)                                                                              \
    X(g_dbus_connection_set_exit_on_close)                                                         \
    X(secret_service_disconnect)                                                                   \
    X(secret_service_get_sync)                                                                     \
    X(secret_service_search_sync)                                                                  \
    X(secret_service_unlock_sync)                                                                  \
    X(secret_collection_for_alias_sync)                                                            \
    X(secret_collection_create_sync)                                                               \
    X(secret_collection_get_locked)                                                                \
    X(secret_item_get_locked)                                                                      \
    X(secret_item_load_secret_sync)                                                                \
    X(secret_item_get_secret)                                                                      \
    X(secret_item_delete_sync)                                                                     \
    X(secret_item_create_sync)                                                                     \
    X(secret_value_new)                                                                            \
    X(secret_value_get)                                                                            \
    X(secret_value_unref)

// One hidden table: as variables of their own they would take the place of GLib's own functions if
// the program exports its symbols.
#define DECLARE(name) __typeof__(name) *name;
struct symbols {
    FUNCTIONS(DECLARE)
};
#undef DECLARE
extern struct symbols library __attribute__((visibility("hidden")));

#endif

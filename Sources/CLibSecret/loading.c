#define _GNU_SOURCE
#include "libsecret.h"
#include "symbols.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbols library;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int load_status = ADM_KEYRING_UNAVAILABLE;
static char load_reason[256];

static void load(void) {
    void *handle = dlopen("libsecret-1.so.0", RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        const char *error = dlerror();
        snprintf(load_reason, sizeof load_reason, "%s", error ? error : "libsecret-1.so.0");
        return;
    }
#define RESOLVE(name)                                                                              \
    *(void **)&library.name = dlsym(handle, #name);                                                \
    if (library.name == NULL) {                                                                    \
        snprintf(load_reason, sizeof load_reason, "libsecret-1.so.0 has no function " #name);      \
        return;                                                                                    \
    }
    FUNCTIONS(RESOLVE)
    load_status = ADM_KEYRING_OK;
}

int adm_keyring_load(char **reason) {
    pthread_once(&once, load);
    if (load_status != ADM_KEYRING_OK) *reason = strdup(load_reason);
    return load_status;
}

void adm_keyring_free(void *bytes, size_t length) {
    if (bytes == NULL) return;
    explicit_bzero(bytes, length);
    free(bytes);
}

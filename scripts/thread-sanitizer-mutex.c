// Tells ThreadSanitizer of the waits of Swift's Mutex, which it cannot see.
//
// The fast ways through `Synchronization.Mutex` are compiled into its callers and therefore seen. A lock that is
// held is waited for in the standard library, which is not built with the sanitizer: without this every contended
// mutex looks like a race. scripts/sanitize.sh builds and preloads it; the names are those of the two functions.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Only what is built with the sanitizer has them; programs that the tests start do not.
extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

SWIFT void lock_slow(uint32_t thread, SELF mutex) __asm__(LOCK);
SWIFT void unlock_slow(SELF mutex) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF mutex) {
    SWIFT void (*next)(uint32_t, SELF) = dlsym(RTLD_NEXT, LOCK);
    next(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF mutex) {
    if (__tsan_release) __tsan_release(mutex);
    SWIFT void (*next)(SELF) = dlsym(RTLD_NEXT, UNLOCK);
    next(mutex);
}

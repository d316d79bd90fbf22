// Tells ThreadSanitizer of the slow path of Swift's Mutex, for LD_PRELOAD.
//
// The fast path is inlined into our instrumented code; the slow path, which a thread takes when the mutex is
// held, lies in libswiftSynchronization.so, which is not. Without this each contended lock looks like none.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

typedef __attribute__((swiftcall)) void lock_slow(uint32_t owner, __attribute__((swift_context)) void *mutex);
typedef __attribute__((swiftcall)) void unlock_slow(__attribute__((swift_context)) void *mutex);

__attribute__((swiftcall)) void pm_lock_slow(uint32_t owner, __attribute__((swift_context)) void *mutex)
    __asm__(LOCK_SLOW);
__attribute__((swiftcall)) void pm_lock_slow(uint32_t owner, __attribute__((swift_context)) void *mutex) {
    static lock_slow *original;
    if (!original) original = (lock_slow *)dlsym(RTLD_NEXT, LOCK_SLOW);
    original(owner, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

__attribute__((swiftcall)) void pm_unlock_slow(__attribute__((swift_context)) void *mutex)
    __asm__(UNLOCK_SLOW);
__attribute__((swiftcall)) void pm_unlock_slow(__attribute__((swift_context)) void *mutex) {
    static unlock_slow *original;
    if (!original) original = (unlock_slow *)dlsym(RTLD_NEXT, UNLOCK_SLOW);
    if (__tsan_release) __tsan_release(mutex);
    original(mutex);
}

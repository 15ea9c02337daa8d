/* Digests by the system (CNG, bcrypt.dll). */
#include "core/digest.h"

#include "core/alloc.h"
#include "host/win32/system_library.h"

#include <windows.h>

#include <bcrypt.h>

/* bcrypt.dll's functions; all NULL where it could not be loaded. Set once, never changed. */
static struct {
    __typeof__(&BCryptOpenAlgorithmProvider) open;
    __typeof__(&BCryptCloseAlgorithmProvider) close;
    __typeof__(&BCryptCreateHash) create;
    __typeof__(&BCryptDestroyHash) destroy;
    __typeof__(&BCryptHashData) add;
    __typeof__(&BCryptFinishHash) finish;
    bool usable;
} cng;
static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

typedef struct cng_digest {
    BCRYPT_ALG_HANDLE method;
    BCRYPT_HASH_HANDLE hash;
    ULONG size;
} cng_digest;

static const wchar_t *const method_names[DIGEST_COUNT] = {
    [DIGEST_SHA1] = BCRYPT_SHA1_ALGORITHM,
    [DIGEST_SHA256] = BCRYPT_SHA256_ALGORITHM,
    [DIGEST_SHA384] = BCRYPT_SHA384_ALGORITHM,
    [DIGEST_SHA512] = BCRYPT_SHA512_ALGORITHM,
};

static BOOL CALLBACK load(PINIT_ONCE unused_once, PVOID unused, PVOID *unused_result) {
    (void)unused_once;
    (void)unused;
    (void)unused_result;
    HMODULE library = system_library_load(L"bcrypt.dll");
    cng.usable = system_library_function(library, "BCryptOpenAlgorithmProvider", (void *)&cng.open) &&
                 system_library_function(library, "BCryptCloseAlgorithmProvider", (void *)&cng.close) &&
                 system_library_function(library, "BCryptCreateHash", (void *)&cng.create) &&
                 system_library_function(library, "BCryptDestroyHash", (void *)&cng.destroy) &&
                 system_library_function(library, "BCryptHashData", (void *)&cng.add) &&
                 system_library_function(library, "BCryptFinishHash", (void *)&cng.finish);
    return TRUE;
}

bool digest_start(digest *running, digest_kind kind) {
    *running = (digest){0};
    (void)InitOnceExecuteOnce(&once, load, NULL, NULL);
    if (!cng.usable || (unsigned)kind >= DIGEST_COUNT) {
        return false;
    }
    cng_digest *made = mem_alloc(sizeof *made);
    if (made == NULL) {
        return false;
    }
    *running = (digest){.handle = made};
    made->size = (ULONG)digest_size(kind);
    if (!BCRYPT_SUCCESS(cng.open(&made->method, method_names[kind], NULL, 0)) ||
        !BCRYPT_SUCCESS(cng.create(made->method, &made->hash, NULL, 0, NULL, 0, 0))) {
        digest_drop(running);
        return false;
    }
    return true;
}

void digest_add(digest *running, const void *data, size_t size) {
    const cng_digest *made = running->handle;
    const uint8_t *from = data;
    while (made != NULL && !running->failed && size > 0) {
        ULONG part = size < ULONG_MAX ? (ULONG)size : ULONG_MAX;
        running->failed = !BCRYPT_SUCCESS(cng.add(made->hash, (PUCHAR)from, part, 0));
        from += part;
        size -= part;
    }
}

bool digest_finish(digest *running, digest_value *out) {
    const cng_digest *made = running->handle;
    *out = (digest_value){0};
    bool good =
        made != NULL && !running->failed && BCRYPT_SUCCESS(cng.finish(made->hash, out->data, made->size, 0));
    if (good) {
        out->size = made->size;
    } else {
        *out = (digest_value){0};
    }
    digest_drop(running);
    return good;
}

void digest_drop(digest *running) {
    cng_digest *made = running->handle;
    if (made != NULL) {
        if (made->hash != NULL) {
            (void)cng.destroy(made->hash);
        }
        if (made->method != NULL) {
            (void)cng.close(made->method, 0);
        }
        mem_free(made);
    }
    *running = (digest){0};
}

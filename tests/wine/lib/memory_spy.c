#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "memory_spy.h"

#include <stdbool.h>
#include <string.h>
#include <windows.h>

#include <objbase.h>

static LONG given_out;

static HRESULT STDMETHODCALLTYPE query(IMallocSpy *self, REFIID asked, void **out) {
    bool known = IsEqualGUID(asked, &IID_IUnknown) || IsEqualGUID(asked, &IID_IMallocSpy);
    *out = known ? self : NULL;
    return known ? S_OK : E_NOINTERFACE;
}

static ULONG STDMETHODCALLTYPE count_reference(IMallocSpy *self) {
    (void)self;
    return 1;
}

static SIZE_T STDMETHODCALLTYPE before_alloc(IMallocSpy *self, SIZE_T size) {
    (void)self;
    return size;
}

static void *STDMETHODCALLTYPE after_alloc(IMallocSpy *self, void *given) {
    (void)self;
    if (given != NULL) {
        InterlockedIncrement(&given_out);
    }
    return given;
}

/* What was given out before the spy came is not its own. */
static void *STDMETHODCALLTYPE before_free(IMallocSpy *self, void *taken, WINBOOL is_own) {
    (void)self;
    if (taken != NULL && is_own) {
        InterlockedDecrement(&given_out);
    }
    return taken;
}

static void STDMETHODCALLTYPE after_free(IMallocSpy *self, WINBOOL is_own) {
    (void)self;
    (void)is_own;
}

static SIZE_T STDMETHODCALLTYPE before_realloc(IMallocSpy *self, void *old, SIZE_T size, void **real,
                                               WINBOOL own) {
    (void)self;
    (void)own;
    *real = old;
    return size;
}

static void *STDMETHODCALLTYPE after_realloc(IMallocSpy *self, void *given, WINBOOL own) {
    (void)self;
    (void)own;
    return given;
}

static void *STDMETHODCALLTYPE before_ask(IMallocSpy *self, void *of, WINBOOL own) {
    (void)self;
    (void)own;
    return of;
}

static SIZE_T STDMETHODCALLTYPE after_size(IMallocSpy *self, SIZE_T size, WINBOOL own) {
    (void)self;
    (void)own;
    return size;
}

static int STDMETHODCALLTYPE after_ask(IMallocSpy *self, void *of, WINBOOL own, int did) {
    (void)self;
    (void)of;
    (void)own;
    return did;
}

static void STDMETHODCALLTYPE around_minimize(IMallocSpy *self) {
    (void)self;
}

static IMallocSpyVtbl vtbl = {
    .QueryInterface = query,
    .AddRef = count_reference,
    .Release = count_reference,
    .PreAlloc = before_alloc,
    .PostAlloc = after_alloc,
    .PreFree = before_free,
    .PostFree = after_free,
    .PreRealloc = before_realloc,
    .PostRealloc = after_realloc,
    .PreGetSize = before_ask,
    .PostGetSize = after_size,
    .PreDidAlloc = before_ask,
    .PostDidAlloc = after_ask,
    .PreHeapMinimize = around_minimize,
    .PostHeapMinimize = around_minimize,
};
static IMallocSpy spy = {&vtbl};

void memory_spy_start(void) {
    typedef void(WINAPI * switching)(void);
    switching no_cache = NULL;
    HMODULE library = LoadLibraryW(L"oleaut32.dll");
    assert_non_null(library);
    FARPROC found = GetProcAddress(library, "SetOaNoCache");
    assert_non_null(found);
    memcpy((void *)&no_cache, (const void *)&found, sizeof no_cache);
    no_cache();
    assert_int_equal(CoRegisterMallocSpy(&spy), S_OK);
}

long memory_spy_count(void) {
    return given_out;
}

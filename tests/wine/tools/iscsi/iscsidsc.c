/* A stand-in for the iSCSI initiator's interface (iscsidsc.dll), as far as it is documented. What it answers
 * is in C:\iscsi.txt, one a line: session NAME           a session with a target of this name; NAME is
 * missing: without one node NAME              a session that has the target's name as that of its node only
 *   login NAME             a target that is connected again; NAME is missing: without one
 *   fail KIND CODE         the list "session" or "login" is answered with this code (hexadecimal) and nothing
 * else grow KIND BY CALLS     so many more are there at each of the next calls, which are named late-0,
 * late-1, ... count KIND NUMBER      with success there are said to be so many Sizes and offsets are those of
 * the documented structures on 64-bit Windows, in numbers of its own: what reads them has to agree. What is
 * not documented to be filled is 0xCC. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum { ITEMS_MAX = 600, NAME_MAX_LENGTH = 256 };

/* Offsets in ISCSI_SESSION_INFOW and its size; in PERSISTENT_ISCSI_LOGIN_INFOW. */
enum { SESSION_NODE = 24, SESSION_TARGET = 32, SESSION_CONNECTIONS = 56, SESSION_SIZE = 64 };
enum { LOGIN_TARGET = 0, LOGIN_TARGET_UNITS = 224, LOGIN_MAPPINGS = 2008, LOGIN_SIZE = 2080 };

typedef struct item {
    char name[NAME_MAX_LENGTH];
    bool node;
} item;

typedef struct answer {
    const char *kind; /* "session", "login" */
    unsigned calls;   /* before this one */
    item items[ITEMS_MAX];
    unsigned count;
    ULONG said; /* 0: as many as there are */
    ULONG error;
} answer;

static unsigned calls_of_sessions, calls_of_logins;

static void add(answer *a, const char *name, bool node) {
    if (a->count < ITEMS_MAX) {
        item *new_item = &a->items[a->count++];
        (void)snprintf(new_item->name, sizeof new_item->name, "%s", name);
        new_item->node = node;
    }
}

static void grow(answer *a, unsigned long by, unsigned long calls) {
    unsigned long late = by * (a->calls < calls ? a->calls : calls);
    for (unsigned long i = 0; i < late; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "late-%lu", i);
        add(a, name, false);
    }
}

static void take_line(answer *a, const char *line) {
    char words[4][NAME_MAX_LENGTH] = {"", "", "", ""};
    (void)sscanf(line, "%255s %255s %255s %255s", words[0], words[1], words[2], words[3]);
    const char *what = words[0];
    bool node = strcmp(what, "node") == 0;
    if (strcmp(what, a->kind) == 0 || (node && strcmp(a->kind, "session") == 0)) {
        add(a, words[1], node);
        return;
    }
    bool ours = strcmp(words[1], a->kind) == 0;
    if (ours && strcmp(what, "fail") == 0) {
        a->error = strtoul(words[2], NULL, 16);
    } else if (ours && strcmp(what, "grow") == 0) {
        grow(a, strtoul(words[2], NULL, 10), strtoul(words[3], NULL, 10));
    } else if (ours && strcmp(what, "count") == 0) {
        a->said = strtoul(words[2], NULL, 10);
    }
}

static void read_answer(answer *a) {
    char line[512];
    FILE *file = _wfopen(L"C:\\iscsi.txt", L"r");
    if (file == NULL) {
        a->error = ERROR_FILE_NOT_FOUND;
        return;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        take_line(a, line);
    }
    (void)fclose(file);
}

static void put_pointer(unsigned char *at, const void *pointer) {
    memcpy(at, (const void *)&pointer, sizeof pointer);
}

static void widen(const char *name, wchar_t *out, size_t units) {
    size_t i = 0;
    for (; i < units && name[i] != '\0'; i++) {
        out[i] = (wchar_t)name[i];
    }
    if (i < units) {
        out[i] = L'\0';
    }
}

/* The names are behind the structures, in the caller's buffer. */
static void put_sessions(const answer *a, unsigned char *buffer) {
    wchar_t *names = (wchar_t *)(void *)(buffer + (size_t)a->count * SESSION_SIZE);
    for (unsigned i = 0; i < a->count; i++) {
        unsigned char *session = buffer + (size_t)i * SESSION_SIZE;
        const item *from = &a->items[i];
        bool named = from->name[0] != '\0';
        widen(from->name, names, NAME_MAX_LENGTH);
        put_pointer(session + SESSION_NODE, named && from->node ? names : NULL);
        put_pointer(session + SESSION_TARGET, named && !from->node ? names : NULL);
        put_pointer(session + SESSION_CONNECTIONS, NULL);
        names += strlen(from->name) + 1;
    }
}

static ULONG size_of_sessions(const answer *a) {
    size_t size = 0;
    for (unsigned i = 0; i < a->count; i++) {
        size += SESSION_SIZE + (strlen(a->items[i].name) + 1) * sizeof(wchar_t);
    }
    return (ULONG)size;
}

__declspec(dllexport) ULONG WINAPI GetIScsiSessionListW(ULONG *size, ULONG *count, void *sessions);
__declspec(dllexport) ULONG WINAPI GetIScsiSessionListW(ULONG *size, ULONG *count, void *sessions) {
    static answer a;
    a = (answer){.kind = "session", .calls = calls_of_sessions++};
    read_answer(&a);
    ULONG needed = size_of_sessions(&a);
    bool fits = size != NULL && count != NULL && *size >= needed && *count >= a.count;
    if (a.error != 0 || size == NULL || count == NULL || (fits && sessions == NULL)) {
        return a.error != 0 ? a.error : ERROR_INVALID_PARAMETER;
    }
    if (fits) {
        memset(sessions, 0xCC, *size);
        put_sessions(&a, sessions);
        *count = a.said != 0 ? a.said : a.count;
    }
    *size = needed;
    return fits ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER;
}

__declspec(dllexport) ULONG WINAPI ReportIScsiPersistentLoginsW(ULONG *count, void *logins, ULONG *size);
__declspec(dllexport) ULONG WINAPI ReportIScsiPersistentLoginsW(ULONG *count, void *logins, ULONG *size) {
    static answer a;
    a = (answer){.kind = "login", .calls = calls_of_logins++};
    read_answer(&a);
    ULONG needed = (ULONG)a.count * LOGIN_SIZE;
    bool fits = size != NULL && *size >= needed;
    if (a.error != 0 || size == NULL || count == NULL || (fits && logins == NULL)) {
        return a.error != 0 ? a.error : ERROR_INVALID_PARAMETER;
    }
    if (fits) {
        memset(logins, 0xCC, *size);
        for (unsigned i = 0; i < a.count; i++) {
            unsigned char *login = (unsigned char *)logins + (size_t)i * LOGIN_SIZE;
            widen(a.items[i].name, (wchar_t *)(void *)(login + LOGIN_TARGET), LOGIN_TARGET_UNITS);
            put_pointer(login + LOGIN_MAPPINGS, NULL);
        }
        *count = a.said != 0 ? a.said : a.count;
    }
    *size = needed;
    return fits ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER;
}

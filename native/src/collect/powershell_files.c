/* Every file of the agent's module: size, digest, and what its kind allows to tell. */
#include "collect/powershell.h"

#include "collect/read.h"
#include "core/unicode.h"
#include "parse/authenticode.h"
#include "parse/pe.h"
#include "parse/script_signature.h"

#include <stdlib.h>
#include <string.h>

enum {
    MAXIMUM_DEPTH = 8,
    MAXIMUM_FILES = 5000,
    MAXIMUM_FOLDERS = 1000,
    MAXIMUM_FILE = 256 * 1024 * 1024, /* bytes */
    MAXIMUM_ALL = 1024 * 1024 * 1024, /* bytes of all files, each of which is read whole */
};

/* ---- One file ---- */

static const char *kind_of(const char *name) {
    static const struct {
        const char *ending;
        const char *kind;
    } kinds[] = {
        {".dll", "program"}, {".exe", "program"},   {".ps1", "script"},
        {".psm1", "script"}, {".ps1xml", "script"}, {".psd1", "manifest"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (ascii_ends(name, kinds[i].ending)) {
            return kinds[i].kind;
        }
    }
    return "other";
}

static fact_flag read_trust(collector *c, const char *thumbprint) {
    static const char *const stores[] = {
        "SOFTWARE\\Microsoft\\SystemCertificates\\TrustedPublisher\\Certificates",
        "SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\TrustedPublisher\\Certificates",
    };
    fact_flag trusted = {0};
    for (size_t i = 0; i < sizeof stores / sizeof stores[0]; i++) {
        registry_path path = {REGISTRY_MACHINE, REGISTRY_64,
                              arena_printf(c->memory, "%s\\%s", stores[i], thumbprint)};
        fact_flag listed = read_key_present(c, &path);
        if (fact_is_true(&listed)) {
            return listed;
        }
        if (i == 0 || listed.fact.state == FACT_UNKNOWN) {
            trusted = listed;
        }
    }
    return trusted;
}

static void set_signature(collector *c, const char *path, const signature_info *info, module_file *file) {
    static const char *const states[] = {
        [SIGNATURE_NONE] = "none",
        [SIGNATURE_MATCHES] = "matches",
        [SIGNATURE_DIFFERS] = "differs",
        [SIGNATURE_MALFORMED] = "malformed",
        [SIGNATURE_UNSUPPORTED] = "unsupported",
    };
    file->signature = fact_text_known(states[info->state], path);
    if (info->thumbprint != NULL && info->thumbprint[0] != '\0') {
        file->signer = fact_text_known(arena_text(c->memory, info->thumbprint), path);
        file->publisher_trusted = read_trust(c, file->signer.value);
    } else {
        file->signer.fact = fact_absent(path);
        file->publisher_trusted.fact = fact_absent(path);
    }
}

static void set_signature_unknown(module_file *file, fact why) {
    file->signature.fact = why;
    file->signer.fact = why;
    file->publisher_trusted.fact = why;
}

static void read_program(collector *c, const char *path, bytes content, arena *scratch, module_file *file) {
    pe_info info = {0};
    fact why = {0};
    if (!pe_read(content.data, content.size, scratch, &info, &why)) {
        bool malformed = why.reason == REASON_MALFORMED;
        file->program_valid = malformed ? fact_flag_known(false, path) : (fact_flag){.fact = why};
        file->version.fact = malformed ? fact_absent(path) : why;
        set_signature_unknown(file, fact_copy(c->memory, &why));
        file->signature.fact.where = path;
        return;
    }
    file->program_valid = fact_flag_known(!info.is_truncated, path);
    file->version = info.has_version ? fact_text_known(pe_version_text(c->memory, info.file_version), path)
                                     : (fact_text){.fact = fact_copy(c->memory, &info.version)};
    file->version.fact.where = path;
    signature_info signature = signature_none();
    if (authenticode_check(content.data, content.size, scratch, &signature, &why)) {
        set_signature(c, path, &signature, file);
    } else {
        set_signature_unknown(file, fact_copy(c->memory, &why));
    }
}

static void read_script(collector *c, const char *path, script_style style, bytes content, arena *scratch,
                        module_file *file) {
    signature_info signature = signature_none();
    fact why = {0};
    if (script_signature_check(content.data, content.size, style, scratch, &signature, &why)) {
        set_signature(c, path, &signature, file);
    } else {
        set_signature_unknown(file, fact_copy(c->memory, &why));
    }
}

static void read_content(collector *c, const char *path, bytes content, arena *scratch, module_file *file) {
    digest_value sha256 = {0};
    if (digest_of(DIGEST_SHA256, content.data, content.size, &sha256)) {
        file->sha256 = fact_text_known(hex_lower(c->memory, sha256.data, sha256.size), path);
    } else {
        file->sha256.fact = fact_unknown(REASON_UNREADABLE, path, "the digest could not be computed");
    }
    /* What does not apply to this kind. */
    file->program_valid.fact = fact_absent(path);
    file->version.fact = fact_absent(path);
    script_style style = SCRIPT_HASH;
    if (strcmp(file->kind.value, "program") == 0) {
        read_program(c, path, content, scratch, file);
    } else if (strcmp(file->kind.value, "other") != 0 && script_style_of(path, &style)) {
        read_script(c, path, style, content, scratch, file);
    } else {
        set_signature_unknown(file, fact_absent(path));
    }
}

static void set_content_unknown(module_file *file, fact why) {
    file->sha256.fact = why;
    file->program_valid.fact = why;
    file->version.fact = why;
    set_signature_unknown(file, why);
}

static void read_size(collector *c, const char *path, module_file *file) {
    file_info info = {0};
    if (c->machine->read->file_info(c->machine, path, c->memory, &info, &file->size.fact) == FACT_KNOWN &&
        info.kind == FILE_REGULAR) {
        file->size.value = (int64_t)info.size;
    } else if (file->size.fact.state != FACT_UNKNOWN) {
        file->size.fact = fact_unknown(REASON_UNREADABLE, path, "it is not a regular file");
    }
}

static void read_zone(collector *c, const char *path, arena *scratch, module_file *file) {
    file_marks marks = {0};
    fact why = {0};
    bool read = c->machine->read->file_marks(c->machine, path, scratch, &marks, &why) == FACT_KNOWN;
    file->zone.fact = fact_copy(c->memory, read ? &marks.zone.fact : &why);
    file->zone.value = marks.zone.value;
}

/* *room: how many bytes of files may still be read. */
static void read_module_file(collector *c, const char *root, const char *name, uint64_t *room,
                             module_file *file) {
    const char *path = path_join(c->memory, root, name);
    file->path = fact_text_known(name, path);
    file->kind = fact_text_known(kind_of(name), path);
    read_size(c, path, file);
    /* The content need not stay in the evidence's memory. */
    arena scratch = {0};
    bytes content = {0};
    fact why = {0};
    uint64_t most = *room < MAXIMUM_FILE ? *room : MAXIMUM_FILE;
    read_zone(c, path, &scratch, file);
    if (c->machine->read->file_read(c->machine, path, 0, most, &scratch, &content, &why) == FACT_KNOWN) {
        *room -= content.size;
        read_content(c, path, content, &scratch, file);
    } else {
        set_content_unknown(file, fact_copy(c->memory, &why));
    }
    if (arena_failed(&scratch)) {
        arena_set_failed(c->memory);
    }
    arena_free(&scratch);
}

/* ---- The folder ---- */

typedef struct pending_folder {
    const char *name; /* below the module's folder; "" is that itself */
    int depth;
} pending_folder;

typedef struct module_walk {
    arena *memory;
    pending_folder at;
    arena_vector folders; /* of pending_folder */
    size_t folder_count;  /* those done too */
    arena_vector files;   /* of const char * */
    const char *limit;    /* what was exceeded, or NULL */
} module_walk;

static bool push_folder(module_walk *walk, const char *name) {
    if (walk->at.depth == MAXIMUM_DEPTH) {
        walk->limit = "the module's folders are nested more than 8 deep";
        return false;
    }
    if (walk->folder_count++ == MAXIMUM_FOLDERS) {
        walk->limit = "the module has more than 1,000 folders";
        return false;
    }
    pending_folder *folder = arena_push(&walk->folders);
    if (folder != NULL) {
        *folder = (pending_folder){.name = name, .depth = walk->at.depth + 1};
    }
    return folder != NULL;
}

static bool push_file(module_walk *walk, const char *name) {
    if (walk->files.count == MAXIMUM_FILES) {
        walk->limit = "the module has more than 5,000 files";
        return false;
    }
    const char **file = arena_push(&walk->files);
    if (file != NULL) {
        *file = name;
    }
    return file != NULL;
}

static bool visit(void *user, const folder_entry *entry) {
    module_walk *walk = user;
    const char *name = walk->at.name[0] == '\0'
                           ? arena_text(walk->memory, entry->name)
                           : arena_printf(walk->memory, "%s\\%s", walk->at.name, entry->name);
    return entry->kind == FILE_FOLDER ? push_folder(walk, name) : push_file(walk, name);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Known, or why the list of files is not whole. */
static fact walk_module(collector *c, const char *root, module_walk *walk) {
    pending_folder *first = arena_push(&walk->folders);
    if (first != NULL) {
        *first = (pending_folder){.name = "", .depth = 1};
    }
    fact result = fact_known(root);
    while (walk->folders.count > 0 && result.state == FACT_KNOWN && walk->limit == NULL) {
        walk->at = ((pending_folder *)walk->folders.items)[--walk->folders.count];
        const char *path = walk->at.name[0] == '\0' ? root : path_join(c->memory, root, walk->at.name);
        (void)c->machine->read->folder_each(c->machine, path, visit, walk, c->memory, &result);
    }
    if (walk->limit != NULL) {
        return fact_unknown(REASON_TOO_LARGE, root, walk->limit);
    }
    if (result.state == FACT_ABSENT) {
        return fact_unknown(REASON_UNREADABLE, root, "a folder vanished while it was read");
    }
    if (result.state == FACT_KNOWN) {
        result.where = root;
    }
    return result;
}

void collect_module_files(collector *c, powershell_evidence *powershell) {
    if (!fact_is_true(&powershell->module_present)) {
        powershell->files.fact = fact_is_false(&powershell->module_present)
                                     ? fact_absent(powershell->module_present.fact.where)
                                     : fact_depending_on(&powershell->module_present.fact);
        return;
    }
    const char *root = powershell->module_folder.value;
    module_walk walk = {
        .memory = c->memory,
        .folders = ARENA_VECTOR(c->memory, pending_folder),
        .files = ARENA_VECTOR(c->memory, const char *),
    };
    powershell->files.fact = walk_module(c, root, &walk);
    if (powershell->files.fact.state != FACT_KNOWN) {
        return;
    }
    if (walk.files.count > 0) {
        qsort(walk.files.items, walk.files.count, sizeof(const char *), compare_names);
    }
    module_file *files = arena_array(c->memory, walk.files.count, sizeof *files);
    const char *const *names = walk.files.items;
    uint64_t room = MAXIMUM_ALL;
    for (size_t i = 0; files != NULL && i < walk.files.count; i++) {
        read_module_file(c, root, names[i], &room, &files[i]);
    }
    powershell->files.items = files;
    powershell->files.count = files != NULL ? walk.files.count : 0;
}

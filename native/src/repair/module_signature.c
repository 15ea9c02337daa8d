/* Whether Microsoft's signature is enough for a file. Microsoft signs countless files, so that a signature
 * says whose a file is but not that it belongs here: that takes a name under the signature, and the version
 * of what it replaces. */
#include "repair/module_restore.h"

#include "core/unicode.h"
#include "parse/pe.h"

#include <string.h>

static const char *refuse_signer(const module_restore *restore, const wanted_file *wanted) {
    host *machine = restore->run->machine;
    arena *memory = restore->run->memory;
    file_trust trust = {0};
    fact why = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL);
    if (machine->read->file_trust != NULL) {
        (void)machine->read->file_trust(machine, wanted->path, wanted->content, memory, &trust, &why);
    }
    if (why.state != FACT_KNOWN) {
        return why.state == FACT_ABSENT ? "it is not signed"
                                        : "whether Microsoft signed it cannot be told here";
    }
    if (!trust.trusted) {
        return "its signature is not trusted";
    }
    return trust.microsoft
               ? NULL
               : arena_printf(memory, "its signer, \"%s\", is not Microsoft below a root of Microsoft's own",
                              trust.organization);
}

static bool is_without(const char *shorter, const char *name, const char *ending) {
    size_t length = strlen(shorter);
    return strlen(name) == length + strlen(ending) && ascii_equal_n(name, shorter, length) &&
           ascii_ends(name, ending);
}

/* A program whose texts Windows takes from another file, "<name>.mui", may be named after that one, and some
 * that are part of .NET Framework have the name without ".dll". */
static bool is_name_of(const char *original, const char *name) {
    return ascii_equal(original, name) || is_without(name, original, ".mui") ||
           is_without(original, name, ".dll");
}

/* Whatever the ending of its name is: Windows would judge a program that is called a script as a program. */
static const char *refuse_name(const wanted_file *wanted, arena *memory) {
    const char *last = strrchr(wanted->path, '\\');
    const char *name = last != NULL ? last + 1 : wanted->path;
    pe_info info = {0};
    fact why = {0};
    if (!pe_read(wanted->content.data, wanted->content.size, memory, &info, &why) ||
        info.original_filename == NULL) {
        return "a signature is not enough for it, because nothing in it says which file it is";
    }
    return is_name_of(info.original_filename, name)
               ? NULL
               : arena_printf(memory, "it is another file of Microsoft's, %s", info.original_filename);
}

/* A damaged file may still tell its version. */
static const char *refuse_version(const module_restore *restore, const wanted_file *wanted,
                                  const module_file *file) {
    const fact_list *there = &restore->machine->powershell.files;
    const module_file *ours = there->items;
    for (size_t i = 0; i < there->count; i++) {
        const module_file *replaced = &ours[i];
        if (replaced->path.fact.state == FACT_KNOWN && replaced->version.fact.state == FACT_KNOWN &&
            module_path_compare(replaced->path.value, wanted->path) == 0 &&
            strcmp(fact_text_or(&file->version, ""), replaced->version.value) != 0) {
            return arena_printf(restore->run->memory,
                                "it is of version %s, but what it replaces is of version %s",
                                fact_text_or(&file->version, "unknown"), replaced->version.value);
        }
    }
    return NULL;
}

const char *module_refuse_signature(const module_restore *restore, const wanted_file *wanted,
                                    const module_file *file) {
    const char *reason = refuse_signer(restore, wanted);
    if (reason == NULL) {
        reason = refuse_name(wanted, restore->run->memory);
    }
    return reason != NULL ? reason : refuse_version(restore, wanted, file);
}

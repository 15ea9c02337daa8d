/* The scratch folder's attributes and its key file. */
#include "checks/checks.h"
#include "checks/volumes.h"
#include "host/host.h"

/* What the agent's cache cannot stand. */
static const struct {
    int64_t attribute;
    const char *slug;
} forbidden[] = {
    {FILE_ATTR_ENCRYPTED, "encrypted"},
    {FILE_ATTR_COMPRESSED, "compressed"},
    {FILE_ATTR_SPARSE, "sparse"},
    {FILE_ATTR_REPARSE_POINT, "reparse-point"},
};

static said *say_attribute(judgement *j, const evidence *e, const char *slug, const fact *read) {
    said *s = judge_say(j, NULL, slug);
    say_text(s, "folder", fact_text_or(&e->scratch.folder, ""));
    say_where(s, read);
    return s;
}

/* What was found, and the first fact that is missing to say more. */
typedef struct findings {
    bool faulty;
    fact unread; /* state FACT_KNOWN: none */
} findings;

static void cannot_tell(findings *f, fact why) {
    if (f->unread.state == FACT_KNOWN) {
        f->unread = why;
    }
}

static void judge_folder_attributes(judgement *j, const evidence *e, findings *f) {
    const fact_number *attributes = &e->scratch.attributes;
    if (attributes->fact.state != FACT_KNOWN) {
        cannot_tell(f, attributes->fact);
        return;
    }
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        if ((attributes->value & forbidden[i].attribute) != 0) {
            (void)say_attribute(j, e, forbidden[i].slug, &attributes->fact);
            f->faulty = true;
        }
    }
}

static void judge_deduplication(judgement *j, const evidence *e, findings *f) {
    const volume *holder = volume_of_scratch(e);
    if (holder != NULL && fact_is_true(&holder->deduplicated)) {
        said *s = say_attribute(j, e, "deduplicated", &holder->deduplicated.fact);
        say_text(s, "volume", volume_name(judge_memory(j), &holder->letter, &holder->path));
        f->faulty = true;
    } else if (holder == NULL || !fact_is_false(&holder->deduplicated)) {
        cannot_tell(f, holder != NULL ? holder->deduplicated.fact : volume_not_found(e));
    }
}

static void judge_files(judgement *j, const evidence *e, findings *f) {
    const fact_texts *marked = &e->scratch.marked_files;
    if (marked->fact.state != FACT_KNOWN) {
        cannot_tell(f, marked->fact);
    } else if (marked->value.count > 0) {
        say_texts(say_attribute(j, e, "files-marked", &marked->fact), "files", &marked->value);
        f->faulty = true;
    }
}

void judge_scratch_attributes(judgement *j, const evidence *e) {
    findings f = {.unread = fact_known(NULL)};
    judge_folder_attributes(j, e, &f);
    judge_deduplication(j, e, &f);
    judge_files(j, e, &f);
    if (f.unread.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "whether the scratch folder is encrypted, compressed or otherwise unfit",
                      &f.unread);
    } else if (!f.faulty) {
        (void)say_attribute(j, e, "plain", &e->scratch.attributes.fact);
    }
}

void judge_scratch_key_file(judgement *j, const evidence *e) {
    const scratch_evidence *scratch = &e->scratch;
    const fact *registration = &e->machine.mars_machine_id.fact;
    if (registration->state == FACT_ABSENT) {
        say_where(judge_say(j, NULL, "not-registered"), registration);
        return;
    }
    const fact *unread =
        registration->state != FACT_KNOWN                    ? registration
        : scratch->key_file_present.fact.state != FACT_KNOWN ? &scratch->key_file_present.fact
        : fact_is_true(&scratch->key_file_present) && scratch->key_file_size.fact.state != FACT_KNOWN
            ? &scratch->key_file_size.fact
            : NULL;
    if (unread != NULL) {
        judge_unknown(j, NULL, "whether the agent has its encryption key", unread);
        return;
    }
    const char *slug = fact_is_false(&scratch->key_file_present) ? "missing"
                       : scratch->key_file_size.value == 0       ? "empty"
                                                                 : "present";
    (void)say_attribute(j, e, slug, &scratch->key_file_present.fact);
}

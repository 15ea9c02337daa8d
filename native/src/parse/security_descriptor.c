#include "parse/security_descriptor.h"

#include "core/text_builder.h"

#include <string.h>

enum { SID_HEADER = 8, SID_AUTHORITIES_MAX = 15, SID_REVISION = 1 };
enum { DESCRIPTOR_HEADER = 20, DESCRIPTOR_REVISION = 1, ACL_HEADER = 8, ACE_HEADER = 8 };
enum {
    CONTROL_DACL_PRESENT = 0x4,
    CONTROL_AUTO_INHERIT_REQUIRED = 0x100,
    CONTROL_AUTO_INHERITED = 0x400,
    CONTROL_PROTECTED = 0x1000,
    CONTROL_SELF_RELATIVE = 0x8000
};
enum { AT_CONTROL = 2, AT_OWNER = 4, AT_GROUP = 8, AT_DACL = 16 };
enum { ACE_ALLOW = 0, ACE_DENY = 1 };

static const struct {
    const char *sid;
    const char *letters;
} well_known[] = {
    {"S-1-1-0", "WD"},      {"S-1-3-0", "CO"},      {"S-1-3-1", "CG"},      {"S-1-3-4", "OW"},
    {"S-1-5-2", "NU"},      {"S-1-5-4", "IU"},      {"S-1-5-6", "SU"},      {"S-1-5-7", "AN"},
    {"S-1-5-9", "ED"},      {"S-1-5-10", "PS"},     {"S-1-5-11", "AU"},     {"S-1-5-12", "RC"},
    {"S-1-5-18", "SY"},     {"S-1-5-19", "LS"},     {"S-1-5-20", "NS"},     {"S-1-5-32-544", "BA"},
    {"S-1-5-32-545", "BU"}, {"S-1-5-32-546", "BG"}, {"S-1-5-32-547", "PU"}, {"S-1-5-32-548", "AO"},
    {"S-1-5-32-549", "SO"}, {"S-1-5-32-550", "PO"}, {"S-1-5-32-551", "BO"}, {"S-1-5-32-552", "RE"},
    {"S-1-5-32-554", "RU"}, {"S-1-5-32-555", "RD"}, {"S-1-5-32-556", "NO"}, {"S-1-5-32-558", "MU"},
    {"S-1-5-32-559", "LU"}, {"S-1-5-32-568", "IS"}, {"S-1-5-32-569", "CY"}, {"S-1-15-2-1", "AC"},
};

static const struct {
    uint32_t mask;
    const char *letters;
} known_masks[] = {
    {0x1F01FF, "FA"},   {0x120089, "FR"},   {0x120116, "FW"},   {0x1200A0, "FX"},
    {0x10000000, "GA"}, {0x80000000, "GR"}, {0x40000000, "GW"}, {0x20000000, "GX"},
};

/* In the order in which Windows writes them. */
static const struct {
    uint8_t flag;
    const char *letters;
} ace_flags[] = {{0x01, "OI"}, {0x02, "CI"}, {0x04, "NP"}, {0x08, "IO"},
                 {0x10, "ID"}, {0x40, "SA"}, {0x80, "FA"}};

static uint32_t short_at(const uint8_t *data) {
    return (uint32_t)data[0] | (uint32_t)data[1] << 8;
}

static uint32_t number_at(const uint8_t *data) {
    return short_at(data) | short_at(data + 2) << 16;
}

bool sid_text(const uint8_t *data, size_t size, arena *memory, const char **out) {
    *out = "";
    if (size < SID_HEADER || data[0] != SID_REVISION || data[1] > SID_AUTHORITIES_MAX ||
        size - SID_HEADER < (size_t)data[1] * 4) {
        return false;
    }
    uint64_t authority = 0;
    for (int i = 2; i < SID_HEADER; i++) {
        authority = authority << 8 | data[i];
    }
    text_builder text = {0};
    text_addf(&text, authority <= UINT32_MAX ? "S-1-%llu" : "S-1-0x%012llx", (unsigned long long)authority);
    for (size_t i = 0; i < data[1]; i++) {
        text_addf(&text, "-%lu", (unsigned long)number_at(data + SID_HEADER + 4 * i));
    }
    *out = arena_text_n(memory, text_builder_text(&text), text.length);
    if (text_builder_failed(&text)) {
        arena_set_failed(memory);
    }
    text_builder_free(&text);
    return true;
}

static bool add_sid(text_builder *text, const uint8_t *data, size_t size, arena *memory) {
    const char *sid = NULL;
    if (!sid_text(data, size, memory, &sid)) {
        return false;
    }
    for (size_t i = 0; i < sizeof well_known / sizeof well_known[0]; i++) {
        if (strcmp(sid, well_known[i].sid) == 0) {
            sid = well_known[i].letters;
            break;
        }
    }
    text_add(text, sid);
    return true;
}

static void add_mask(text_builder *text, uint32_t mask) {
    for (size_t i = 0; i < sizeof known_masks / sizeof known_masks[0]; i++) {
        if (mask == known_masks[i].mask) {
            text_add(text, known_masks[i].letters);
            return;
        }
    }
    text_addf(text, "0x%lx", (unsigned long)mask);
}

/* One entry of an access list; its size is checked. NULL, or what is wrong with it. */
static const char *add_entry(text_builder *text, const uint8_t *ace, size_t size, arena *memory) {
    if (ace[0] != ACE_ALLOW && ace[0] != ACE_DENY) {
        return arena_printf(memory, "an access entry of type %u is not understood", ace[0]);
    }
    text_add(text, ace[0] == ACE_ALLOW ? "(A;" : "(D;");
    for (size_t i = 0; i < sizeof ace_flags / sizeof ace_flags[0]; i++) {
        text_add(text, (ace[1] & ace_flags[i].flag) != 0 ? ace_flags[i].letters : "");
    }
    text_add(text, ";");
    add_mask(text, number_at(ace + 4));
    text_add(text, ";;;");
    if (!add_sid(text, ace + ACE_HEADER, size - ACE_HEADER, memory)) {
        return "an access entry has no valid SID";
    }
    text_add(text, ")");
    return NULL;
}

static const char *add_entries(text_builder *text, const uint8_t *acl, size_t size, arena *memory) {
    size_t end = size < ACL_HEADER ? 0 : short_at(acl + 2);
    if (end < ACL_HEADER || end > size) {
        return "the access list is cut off";
    }
    size_t at = ACL_HEADER;
    for (uint32_t left = short_at(acl + 4); left > 0; left--) {
        size_t ace_size = end - at < ACE_HEADER ? 0 : short_at(acl + at + 2);
        if (ace_size < ACE_HEADER || ace_size > end - at) {
            return "an access entry is cut off";
        }
        const char *problem = add_entry(text, acl + at, ace_size, memory);
        if (problem != NULL) {
            return problem;
        }
        at += ace_size;
    }
    return NULL;
}

static const char *add_dacl(text_builder *text, const uint8_t *data, size_t size, arena *memory) {
    uint32_t control = short_at(data + AT_CONTROL);
    uint32_t offset = number_at(data + AT_DACL);
    if ((control & CONTROL_DACL_PRESENT) == 0) {
        return NULL;
    }
    text_add(text, "D:");
    if (offset == 0) {
        text_add(text, "NO_ACCESS_CONTROL");
        return NULL;
    }
    text_add(text, (control & CONTROL_PROTECTED) != 0 ? "P" : "");
    text_add(text, (control & CONTROL_AUTO_INHERIT_REQUIRED) != 0 ? "AR" : "");
    text_add(text, (control & CONTROL_AUTO_INHERITED) != 0 ? "AI" : "");
    return offset > size ? "the access list lies outside"
                         : add_entries(text, data + offset, size - offset, memory);
}

/* "O:" or "G:" and the SID at the offset stored at `at`; nothing if there is none. */
static const char *add_account(text_builder *text, const char *tag, const uint8_t *data, size_t size,
                               size_t at, arena *memory) {
    uint32_t offset = number_at(data + at);
    if (offset == 0) {
        return NULL;
    }
    text_add(text, tag);
    bool valid = offset < size && add_sid(text, data + offset, size - offset, memory);
    return valid ? NULL : "the owner or the group is no valid SID";
}

static const char *add_descriptor(text_builder *text, const uint8_t *data, size_t size, arena *memory) {
    if (size < DESCRIPTOR_HEADER) {
        return "the security descriptor is cut off";
    }
    if (data[0] != DESCRIPTOR_REVISION || (short_at(data + AT_CONTROL) & CONTROL_SELF_RELATIVE) == 0) {
        return "it is no self-relative security descriptor";
    }
    const char *problem = add_account(text, "O:", data, size, AT_OWNER, memory);
    if (problem == NULL) {
        problem = add_account(text, "G:", data, size, AT_GROUP, memory);
    }
    return problem != NULL ? problem : add_dacl(text, data, size, memory);
}

bool security_descriptor_sddl(const uint8_t *data, size_t size, arena *memory, const char **out, fact *why) {
    *out = "";
    text_builder text = {0};
    const char *problem = add_descriptor(&text, data, size, memory);
    bool failed = text_builder_failed(&text) || arena_failed(memory);
    if (problem == NULL && !failed) {
        *out = arena_text_n(memory, text_builder_text(&text), text.length);
        failed = arena_failed(memory);
    }
    text_builder_free(&text);
    *why = failed            ? fact_unknown(REASON_NO_MEMORY, NULL, NULL)
           : problem != NULL ? fact_unknown(REASON_MALFORMED, NULL, problem)
                             : fact_known(NULL);
    return problem == NULL && !failed;
}

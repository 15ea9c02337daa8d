/* Reading the scratch and prereq groups from small images: each fact from its own place. */
#include "collect/collect.h"
#include "temp_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define SOFTWARE  "[HKEY_LOCAL_MACHINE\\SOFTWARE\\"
#define MICROSOFT SOFTWARE "Microsoft\\"
#define CONFIG    MICROSOFT "Windows Azure Backup\\Config"
#define CONTROL   "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\"

enum { EARLY = 1772352000 /* 2026-03-01T08:00:00Z */ };
#define EARLY_LINE "; time: 2026-03-01T08:00:00Z\n"

typedef struct scene {
    temp_image image;
    evidence *document;
} scene;

static int set_up(void **state) {
    scene *s = calloc(1, sizeof *s);
    assert_non_null(s);
    temp_image_make(&s->image);
    temp_image_hive(&s->image, HIVE_SOFTWARE, "");
    *state = s;
    return 0;
}

static int tear_down(void **state) {
    scene *s = *state;
    evidence_free(s->document);
    temp_image_remove(&s->image);
    free(s);
    return 0;
}

static const evidence *collect_all(scene *s) {
    evidence_free(s->document);
    s->document = NULL;
    temp_image_open(&s->image);
    assert_int_equal(collect(&s->document, s->image.machine, GROUP(scratch) | GROUP(prereq), NULL), MARS_OK);
    return s->document;
}

/* ---- scratch ---- */

static const scratch_evidence *scratch_at(scene *s, const char *location) {
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    arena_printf(&s->image.memory, CONFIG "]\n\"ScratchLocation\"=\"%s\"\n", location));
    return &collect_all(s)->scratch;
}

static void test_scratch_paths(void **state) {
    static const struct {
        const char *location; /* as registry text */
        const char *folder;
        const char *letter;
    } cases[] = {
        {"C:\\\\Agent\\\\Scratch", "C:\\Agent\\Scratch", "C"},
        {" c:/Agent//Scratch/ ", "c:\\Agent\\Scratch", "C"},
        {"C:\\\\\\\\Agent\\\\\\\\\\\\Scratch\\\\\\\\", "C:\\Agent\\Scratch", "C"},
        {"\\\\\\\\?\\\\D:\\\\Scratch", "D:\\Scratch", "D"},
        {"%SystemDrive%\\\\Scratch", "C:\\Scratch", "C"},
        {"\\\\\\\\server\\\\\\\\share", "\\\\server\\share", NULL},
        {"Scratch", "Scratch", NULL},
        {"C", "C", NULL},
        {"", "", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const scratch_evidence *scratch = scratch_at(*state, cases[i].location);
        assert_string_equal(fact_text_or(&scratch->folder, "?"), cases[i].folder);
        assert_int_equal(scratch->letter.fact.state, cases[i].letter != NULL ? FACT_KNOWN : FACT_ABSENT);
        if (cases[i].letter != NULL) {
            assert_string_equal(scratch->letter.value, cases[i].letter);
        }
    }
}

/* What a folder on the way stands for decides on which volume it is. */
static void test_scratch_behind_a_link(void **state) {
    scene *s = *state;
    temp_image_text(&s->image, "captures/files.json",
                    "[{\"FullName\": \"C:\\\\Mount\", \"Attributes\": 1040, \"Sddl\": null, \"Zone\": null},"
                    "{\"FullName\": \"C:\\\\Plain\", \"Attributes\": 16, \"Sddl\": null, \"Zone\": null}]");
    static const struct {
        const char *location;
        bool unknown;
    } cases[] = {
        {"C:\\\\Mount\\\\Scratch", true},
        {"c:\\\\mount\\\\A\\\\Scratch", true},
        {"C:\\\\Plain\\\\Scratch", false},
        {"C:\\\\Other\\\\Scratch", false},
        {"C:\\\\Mount", false}, /* itself; scratch.attributes says that */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const scratch_evidence *scratch = scratch_at(s, cases[i].location);
        assert_int_equal(scratch->letter.fact.state, cases[i].unknown ? FACT_UNKNOWN : FACT_KNOWN);
        assert_int_equal(scratch->volume.fact.state, cases[i].unknown ? FACT_UNKNOWN : FACT_ABSENT);
    }
}

/* A machine that tells on which volume a file is. */
static file_volume told;
static fact_state told_state;

static fact_state tell_volume(host *machine, const char *path, arena *memory, file_volume *out, fact *why) {
    (void)machine;
    (void)memory;
    assert_string_equal(path, "C:\\Mount\\Scratch");
    *out = told;
    *why = told_state == FACT_KNOWN    ? fact_known("here")
           : told_state == FACT_ABSENT ? fact_absent("here")
                                       : fact_unknown(REASON_ACCESS_DENIED, "here", NULL);
    return told_state;
}

static void test_scratch_on_a_mounted_volume(void **state) {
    static const struct {
        const char *mount_point;
        fact_state told;
        fact_state letter;
    } cases[] = {
        {"C:\\Mount\\", FACT_KNOWN, FACT_ABSENT},
        {"C:\\", FACT_KNOWN, FACT_KNOWN},
        {"", FACT_ABSENT, FACT_KNOWN},
        {"", FACT_UNKNOWN, FACT_UNKNOWN},
    };
    scene *s = *state;
    temp_image_hive(&s->image, HIVE_SOFTWARE, CONFIG "]\n\"ScratchLocation\"=\"C:\\\\Mount\\\\Scratch\"\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        temp_image_open(&s->image);
        static host_reader reader; /* as long as the image is open */
        reader = *s->image.machine->read;
        reader.volume_of = tell_volume;
        s->image.machine->read = &reader;
        told_state = cases[i].told;
        told = (file_volume){.path = "\\\\?\\Volume{1}\\", .mount_point = cases[i].mount_point};
        evidence_free(s->document);
        assert_int_equal(collect(&s->document, s->image.machine, GROUP(scratch), NULL), MARS_OK);
        const scratch_evidence *scratch = &s->document->scratch;
        assert_int_equal(scratch->volume.fact.state, cases[i].told);
        assert_int_equal(scratch->letter.fact.state, cases[i].letter);
        if (cases[i].told == FACT_KNOWN) {
            assert_string_equal(scratch->volume.value, "\\\\?\\Volume{1}\\");
        }
    }
}

static void test_scratch_locations(void **state) {
    scene *s = *state;
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    EARLY_LINE CONFIG "]\n\"ScratchLocation\"=\"C:\\\\One\"\n" CONFIG
                                      "\\CloudBackupProvider]\n\"ScratchLocation\"=\"C:\\\\Two\"\n");
    const scratch_evidence *scratch = &collect_all(s)->scratch;
    assert_string_equal(fact_text_or(&scratch->location, ""), "C:\\One");
    assert_string_equal(fact_text_or(&scratch->provider_location, ""), "C:\\Two");
    assert_string_equal(fact_text_or(&scratch->provider_folder, ""), "C:\\Two");
    assert_int_equal(scratch->location_written.value, TEMP_IMAGE_AS_OF);
    assert_true(fact_is_false(&scratch->folder_present));
    assert_true(fact_is_false(&scratch->key_file_present));
    assert_int_equal(scratch->marked_files.fact.state, FACT_UNKNOWN);
    assert_int_equal(scratch->system_writes.fact.state, FACT_UNKNOWN);
    assert_int_equal(scratch->protected_bytes.fact.state, FACT_UNKNOWN);
}

static void test_no_scratch_location(void **state) {
    const scratch_evidence *scratch = &collect_all(*state)->scratch;
    assert_int_equal(scratch->location.fact.state, FACT_ABSENT);
    assert_int_equal(scratch->folder.fact.state, FACT_ABSENT);
    assert_int_equal(scratch->folder_present.fact.state, FACT_UNKNOWN);
    assert_int_equal(scratch->folder_present.fact.reason, REASON_DEPENDS);
    assert_int_equal(scratch->key_file_present.fact.state, FACT_UNKNOWN);
}

static void test_scratch_folder(void **state) {
    scene *s = *state;
    temp_image_text(&s->image, "Scratch/OnlineBackup.KEK", "key");
    temp_image_text(&s->image, "Scratch/plain.xml", "");
    temp_image_text(&s->image, "Scratch/packed.vhd", "");
    temp_image_text(&s->image, "captures/files.json",
                    "[{\"FullName\": \"C:\\\\Scratch\", \"Attributes\": 2064, \"Sddl\": \"D:(A;;FR;;;SY)\"},"
                    "{\"FullName\": \"C:\\\\Scratch\\\\plain.xml\", \"Attributes\": 32},"
                    "{\"FullName\": \"C:\\\\Scratch\\\\packed.vhd\", \"Attributes\": 2080}]");
    const scratch_evidence *scratch = scratch_at(s, "C:\\\\Scratch");
    assert_true(fact_is_true(&scratch->folder_present));
    assert_int_equal(scratch->attributes.value, 2064);
    assert_true(fact_is_false(&scratch->system_writes));
    assert_int_equal(scratch->marked_files.fact.state, FACT_KNOWN); /* though the key file is not listed */
    assert_int_equal(scratch->marked_files.value.count, 1);
    assert_string_equal(scratch->marked_files.value.items[0], "packed.vhd");
    assert_true(fact_is_true(&scratch->key_file_present));
    assert_int_equal(scratch->key_file_size.value, 3);
}

static void test_scratch_rights(void **state) {
    static const struct {
        const char *sddl;
        fact_state known;
        bool writes;
    } cases[] = {
        {"\"D:(A;;FA;;;SY)\"", FACT_KNOWN, true},         {"\"D:(A;;0x6;;;BA)\"", FACT_KNOWN, true},
        {"\"D:(A;;0x2;;;SY)\"", FACT_KNOWN, false},       {"\"D:(A;;0x4;;;SY)\"", FACT_KNOWN, false},
        {"\"D:(A;IO;FA;;;SY)\"", FACT_KNOWN, false},      {"null", FACT_UNKNOWN, false},
        {"\"D:(XA;;FA;;;SY;(x))\"", FACT_UNKNOWN, false},
    };
    scene *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        temp_image_text(&s->image, "captures/files.json",
                        arena_printf(&s->image.memory,
                                     "[{\"FullName\": \"C:\\\\Scratch\", \"Attributes\": 16, \"Sddl\": %s}]",
                                     cases[i].sddl));
        const scratch_evidence *scratch = scratch_at(s, "C:\\\\Scratch");
        assert_int_equal(scratch->system_writes.fact.state, cases[i].known);
        assert_true(cases[i].known != FACT_KNOWN || scratch->system_writes.value == cases[i].writes);
        assert_string_equal(scratch->system_writes.fact.where, "captures/files.json");
    }
}

/* What a capture lists is there, also where it was not copied. */
static void test_captured_only(void **state) {
    scene *s = *state;
    temp_image_text(&s->image, "captures/files.json",
                    "[{\"FullName\": \"D:\\\\Scratch\", \"Attributes\": 16},"
                    "{\"FullName\": \"D:\\\\Scratch\\\\OnlineBackup.KEK\", \"Attributes\": 32}]");
    const scratch_evidence *scratch = scratch_at(s, "D:\\\\Scratch");
    assert_true(fact_is_true(&scratch->folder_present));
    assert_true(fact_is_true(&scratch->key_file_present));
    assert_int_equal(scratch->key_file_size.fact.state, FACT_UNKNOWN);
    temp_image_text(&s->image, "captures/files.json",
                    "[{\"FullName\": \"C:\\\\Scratch\", \"Attributes\": 32},"
                    "{\"FullName\": \"C:\\\\Scratch\\\\OnlineBackup.KEK\", \"Attributes\": 16}]");
    scratch = scratch_at(s, "C:\\\\Scratch");
    assert_true(fact_is_false(&scratch->folder_present));
    assert_true(fact_is_false(&scratch->key_file_present));
    temp_image_text(&s->image, "captures/files.json", "[]");
    scratch = scratch_at(s, "D:\\\\Scratch");
    assert_int_equal(scratch->folder_present.fact.state, FACT_UNKNOWN);
}

/* ---- prereq ---- */

static void test_versions(void **state) {
    scene *s = *state;
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    EARLY_LINE MICROSOFT
                    "NET Framework Setup\\NDP\\v4\\Full]\n\"Release\"=dword:70bf6\n"
                    "\"Version\"=\"4.7\"\n" MICROSOFT
                    "PowerShell\\1\\PowerShellEngine]\n\"PowerShellVersion\"=\"2.0\"\n" MICROSOFT
                    "PowerShell\\3\\PowerShellEngine]\n\"PowerShellVersion\"=\"5.1\"\n");
    const prereq_evidence *prereq = &collect_all(s)->prereq;
    assert_int_equal(prereq->dotnet_release.value, 461814);
    assert_string_equal(fact_text_or(&prereq->dotnet_version, ""), "4.7");
    assert_int_equal(prereq->dotnet_written.value, EARLY);
    assert_string_equal(fact_text_or(&prereq->powershell_version, ""), "5.1");
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    MICROSOFT "PowerShell\\1\\PowerShellEngine]\n\"PowerShellVersion\"=\"2.0\"\n");
    prereq = &collect_all(s)->prereq;
    assert_string_equal(fact_text_or(&prereq->powershell_version, ""), "2.0");
    assert_int_equal(prereq->dotnet_release.fact.state, FACT_ABSENT);
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    MICROSOFT "PowerShell\\1\\PowerShellEngine]\n\"PowerShellVersion\"=\"2.0\"\n" MICROSOFT
                              "PowerShell\\3\\PowerShellEngine]\n\"PowerShellVersion\"=dword:3\n");
    assert_int_equal(collect_all(s)->prereq.powershell_version.fact.state, FACT_UNKNOWN);
}

static void test_cryptography(void **state) {
    scene *s = *state;
    temp_image_hive(
        &s->image, HIVE_SOFTWARE,
        EARLY_LINE MICROSOFT
        ".NETFramework\\v4.0.30319]\n\"SchUseStrongCrypto\"=dword:1\n" MICROSOFT
        ".NETFramework\\v2.0.50727]\n\"SchUseStrongCrypto\"=dword:3\n" EARLY_LINE SOFTWARE
        "WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319]\n\"SchUseStrongCrypto\"=dword:2\n" SOFTWARE
        "WOW6432Node\\Microsoft\\.NETFramework\\v2.0.50727]\n\"SchUseStrongCrypto\"=dword:4\n");
    const prereq_evidence *prereq = &collect_all(s)->prereq;
    assert_int_equal(prereq->strong_crypto.value, 1);
    assert_int_equal(prereq->strong_crypto_32.value, 2);
    assert_int_equal(prereq->strong_crypto_2.value, 3);
    assert_int_equal(prereq->strong_crypto_2_32.value, 4);
    assert_int_equal(prereq->tls12_enabled.fact.state, FACT_ABSENT);
    assert_int_equal(prereq->crypto_written.value, EARLY);
    /* A setting that was removed leaves its trace in the keys above. */
    temp_image_hive(&s->image, HIVE_SYSTEM, CONTROL "SecurityProviders\\SCHANNEL\\Protocols]\n");
    assert_int_equal(collect_all(s)->prereq.crypto_written.value, TEMP_IMAGE_AS_OF);
    temp_image_hive(&s->image, HIVE_SYSTEM,
                    CONTROL "SecurityProviders\\SCHANNEL\\Protocols\\TLS 1.2\\Client]\n"
                            "\"Enabled\"=dword:5\n\"DisabledByDefault\"=dword:6\n");
    prereq = &collect_all(s)->prereq;
    assert_int_equal(prereq->tls12_enabled.value, 5);
    assert_int_equal(prereq->tls12_disabled_by_default.value, 6);
}

static void test_offline_backup(void **state) {
    scene *s = *state;
    assert_true(fact_is_false(&collect_all(s)->prereq.offline_backup));
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    EARLY_LINE CONFIG
                    "\\CloudBackupProvider]\n\"azureadappcertthumbprint_1\"=\"x\"\n" SOFTWARE
                    "WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\{1}]\n"
                    "\"DisplayName\"=\"Microsoft Azure PowerShell - March 2017\"\n"
                    "\"DisplayVersion\"=\"3.7.0\"\n" MICROSOFT "Windows\\CurrentVersion\\Uninstall\\{2}]\n"
                    "\"DisplayName\"=\"Something else\"\n\"DisplayVersion\"=\"1.0\"\n");
    temp_image_folder(&s->image, "Program Files/WindowsPowerShell/Modules/AzureRM/6.13.1");
    temp_image_folder(&s->image, "Program Files/WindowsPowerShell/Modules/AzureRM/en-US");
    temp_image_folder(&s->image, "Program Files/WindowsPowerShell/Modules/Azure/3.7.0");
    const prereq_evidence *prereq = &collect_all(s)->prereq;
    assert_true(fact_is_true(&prereq->offline_backup));
    assert_int_equal(prereq->offline_backup_written.value, EARLY);
    assert_int_equal(prereq->azure_powershell.fact.state, FACT_KNOWN);
    assert_int_equal(prereq->azure_powershell.value.count, 2);
    assert_string_equal(prereq->azure_powershell.value.items[0], "3.7.0");
    assert_string_equal(prereq->azure_powershell.value.items[1], "6.13.1");
}

static void test_restart_marks(void **state) {
    scene *s = *state;
    const prereq_evidence *prereq = &collect_all(s)->prereq;
    assert_true(fact_is_false(&prereq->servicing_reboot));
    assert_true(fact_is_false(&prereq->update_reboot));
    assert_true(fact_is_false(&prereq->join_reboot));
    assert_int_equal(prereq->file_renames.fact.state, FACT_KNOWN);
    assert_int_equal(prereq->file_renames.value, 0);
    temp_image_hive(&s->image, HIVE_SOFTWARE,
                    MICROSOFT "Windows\\CurrentVersion\\Component Based Servicing\\RebootPending]\n" MICROSOFT
                              "Windows\\CurrentVersion\\WindowsUpdate\\Auto Update\\RebootRequired]\n");
    temp_image_hive(&s->image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Netlogon]\n"
                    "\"AvoidSpnSet\"=dword:1\n");
    prereq = &collect_all(s)->prereq;
    assert_true(fact_is_true(&prereq->servicing_reboot));
    assert_true(fact_is_true(&prereq->update_reboot));
    assert_true(fact_is_true(&prereq->join_reboot));
}

static void test_file_renames(void **state) {
    static const struct {
        const char *value;
        int64_t count; /* -1: unknown */
    } cases[] = {
        {"hex(7):61,00,00,00,00,00,00,00", 1},                               /* a, to be removed */
        {"hex(7):61,00,00,00,62,00,00,00,00,00", 1},                         /* a to b */
        {"hex(7):61,00,00,00,00,00,62,00,00,00,63,00,00,00,00,00", 2},       /* a; b to c */
        {"hex(7):61,00,00,00,00,00,62,00,00,00,00,00,63,00,00,00,00,00", 3}, /* without the end */
        {"hex(7):00,00", 0},
        {"hex(7):", 0},
        {"hex(7):61,00,00", 0},
        {"\"a\"", -1},
    };
    scene *s = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        temp_image_hive(&s->image, HIVE_SYSTEM,
                        arena_printf(&s->image.memory,
                                     CONTROL "Session Manager]\n\"PendingFileRenameOperations\"=%s\n"
                                             "\"PendingFileRenameOperations2\"=hex(7):61,00,00,00,00,00\n",
                                     cases[i].value));
        fact_number renames = collect_all(s)->prereq.file_renames;
        assert_int_equal(renames.fact.state, cases[i].count >= 0 ? FACT_KNOWN : FACT_UNKNOWN);
        assert_true(cases[i].count < 0 || renames.value == cases[i].count + 1);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_scratch_paths),
        TEST(test_scratch_behind_a_link),
        TEST(test_scratch_on_a_mounted_volume),
        TEST(test_scratch_locations),
        TEST(test_no_scratch_location),
        TEST(test_scratch_folder),
        TEST(test_scratch_rights),
        TEST(test_captured_only),
        TEST(test_versions),
        TEST(test_cryptography),
        TEST(test_offline_backup),
        TEST(test_restart_marks),
        TEST(test_file_renames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

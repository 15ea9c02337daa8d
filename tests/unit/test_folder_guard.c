/* Which folders the module path may get: who can write to them, as far as the image tells. */
#include "core/error.h"
#include "repair/change.h"
#include "repair/folder_guard.h"
#include "temp_image.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SOFTWARE                                                                                             \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion]\n"                                   \
    "\"ProgramFilesDir\"=\"C:\\\\Program Files\"\n"                                                          \
    "\"ProgramFilesDir (x86)\"=\"C:\\\\Program Files (x86)\"\n"
#define GOOD    "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
#define OPEN    "O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BU)"
#define ROOT    "O:BAG:SYD:PAI(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)(A;OICI;FA;;;BA)"
#define DELETES "O:BAG:SYD:PAI(A;;DT;;;AU)(A;OICI;FA;;;BA)"

/* A row of files.json; path as in JSON. */
#define MARKS(path, sddl) "{\"FullName\":\"" path "\",\"Attributes\":16,\"Sddl\":\"" sddl "\",\"Zone\":null}"
#define LINK(path)        "{\"FullName\":\"" path "\",\"Attributes\":1040,\"Sddl\":\"" GOOD "\",\"Zone\":null}"

typedef struct guard_case {
    const char *folder;
    const char *files;   /* rows of files.json; NULL: no capture */
    const char *refusal; /* part of it; NULL: let through */
} guard_case;

static const guard_case cases[] = {
    /* its own list */
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent\\\\Modules", GOOD), NULL},
    {"c:\\agent\\MODULES", MARKS("C:\\\\Agent\\\\Modules", GOOD), NULL},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent\\\\Modules", OPEN),
     "others than administrators (BU) can write"},
    {"C:\\Program Files\\Agent", MARKS("C:\\\\Program Files\\\\Agent", OPEN), "(BU)"},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent\\\\Modules", "D:(A;;FA;;;SY)"), "cannot be told"},
    /* the nearest one above */
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent", GOOD), NULL},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent", OPEN), "can write to C:\\Agent"},
    {"C:\\Agent\\Modules", MARKS("C:\\\\", ROOT), "(AU) can write to C:\\"},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent", GOOD) "," MARKS("C:\\\\", ROOT), NULL},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent\\\\Modules", GOOD) "," MARKS("C:\\\\Agent", OPEN),
     "(BU) can replace what is in C:\\Agent"},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent\\\\Modules", GOOD) "," MARKS("C:\\\\", DELETES),
     "(AU) can replace what is in C:\\"},
    /* links */
    {"C:\\Agent\\Modules", LINK("C:\\\\Agent\\\\Modules"), "is a link"},
    {"C:\\Agent\\Modules", MARKS("C:\\\\Agent\\\\Modules", GOOD) "," LINK("C:\\\\Agent"), "is a link"},
    /* nothing known */
    {"C:\\Agent\\Modules", NULL, "not known"},
    {"C:\\Program Files\\Agent", NULL, NULL},
    {"C:\\program files (X86)\\Agent", NULL, NULL},
    {"C:\\Program Files", NULL, "not known"},
    {"C:\\Program Filesystem", NULL, "not known"},
    {"C:\\Windows\\System32\\Modules", NULL, NULL},
    {"C:\\Windows\\Temp", NULL, "not known"},
    {"C:\\Windows\\temp\\Modules", NULL, "not known"},
    {"C:\\Windows\\System32\\Tasks\\Modules", NULL, "not known"},
    /* Program Files does not inherit from the root, but can be put in another's place. */
    {"C:\\Program Files\\Agent", MARKS("C:\\\\", ROOT), NULL},
    {"C:\\Program Files\\Agent", MARKS("C:\\\\Program Files", OPEN), "can write to C:\\Program Files"},
    {"C:\\Program Files\\Agent", MARKS("C:\\\\", DELETES), "can replace what is in C:\\"},
    /* no folder */
    {"C:\\Program Files\\None", NULL, "is not there"},
    {"C:\\Program Files\\file.txt", NULL, "is no folder"},
    {"C:\\Program Files\\linked", NULL, "cannot be looked at"},
    {"Z:\\Modules", NULL, "cannot be looked at"},
};

static void prepare(temp_image *image, const char *files) {
    static const char *const folders[] = {"Agent/Modules",
                                          "Program Files/Agent",
                                          "Program Filesystem",
                                          "Program Files (x86)/Agent",
                                          "Windows/Temp/Modules",
                                          "Windows/System32/Modules",
                                          "Windows/System32/Tasks/Modules"};
    temp_image_make(image);
    temp_image_hive(image, HIVE_SOFTWARE, SOFTWARE);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        temp_image_folder(image, folders[i]);
    }
    temp_image_text(image, "Program Files/file.txt", "");
    temp_image_link(image, "Program Files/linked", "Agent");
    if (files != NULL) {
        temp_image_text(image, "captures/files.json", arena_printf(&image->memory, "[%s]", files));
    }
    temp_image_open(image);
}

static void test_cases(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        temp_image image;
        prepare(&image, cases[i].files);
        operation_run run = {.machine = image.machine,
                             .memory = &image.memory,
                             .what_if = true,
                             .changes = ARENA_VECTOR(&image.memory, change_record)};
        mars_status status = folder_guard(&run, cases[i].folder);
        bool expected = cases[i].refusal == NULL
                            ? status == MARS_OK
                            : status == MARS_E_REFUSED && strstr(error_message(), cases[i].refusal) != NULL;
        if (!expected) {
            fail_msg("case %zu, %s: %d, %s", i, cases[i].folder, status, error_message());
        }
        temp_image_remove(&image);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

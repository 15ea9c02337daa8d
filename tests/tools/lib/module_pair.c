#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "module_pair.h"
#include "pe_writer.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SETUP                                                                                                \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Setup]\n"                               \
    "\"InstallPath\"=\"C:\\\\Program Files\\\\Microsoft Azure Recovery Services Agent\\\\\"\n"

const char *const module_files[MODULE_FILES] = {MANIFEST, ENGINE, TOOLS, HELP};

void pair_put_program(temp_image *image, const char *path, uint16_t build, bool is_signed) {
    text_builder file = {0};
    pe_recipe recipe = {.is_dll = true,
                        .is_64bit = true,
                        .file_version = {2, 0, build, 0},
                        .original_filename = strrchr(path, '/') + 1,
                        .sign = is_signed,
                        .sign_with = DIGEST_SHA256,
                        .payload_size = 1000};
    assert_true(pe_write(&recipe, &file));
    temp_image_file(image, path, file.data, file.length);
    text_builder_free(&file);
}

static void put_agent(temp_image *image, uint16_t build) {
    temp_image_make(image);
    temp_image_hive(image, HIVE_SOFTWARE, SETUP);
    temp_image_hive(image, HIVE_DEFAULT, "");
    pair_put_program(image, BIN "/cbengine.exe", build, false);
    pair_put_program(image, ENGINE, 1, true);
    pair_put_program(image, TOOLS, 2, false);
    temp_image_text(image, HELP, "<help/>");
    temp_image_text(image, MANIFEST,
                    "@{ ModuleVersion = '2.0'; RootModule = 'Engine.dll'\n"
                    "   FileList = @('.\\Tools.dll', 'en-US\\help.xml') }\n");
}

void pair_make(server_pair *p) {
    *p = (server_pair){0};
    put_agent(&p->machine, 9506);
    put_agent(&p->good, 9506);
}

void pair_done(server_pair *p) {
    if (p->begun) {
        (void)run_end(&p->run, "done");
    }
    temp_image_remove(&p->machine);
    temp_image_remove(&p->good);
}

void pair_take(temp_image *image, const char *path) {
    assert_int_equal(unlink(temp_image_path(image, path)), 0);
}

void pair_remove_module(server_pair *p) {
    for (size_t i = 0; i < MODULE_FILES; i++) {
        pair_take(&p->machine, module_files[i]);
    }
    assert_int_equal(rmdir(temp_image_path(&p->machine, MODULE "/en-US")), 0);
    assert_int_equal(rmdir(temp_image_path(&p->machine, MODULE)), 0);
    assert_int_equal(rmdir(temp_image_path(&p->machine, BIN "/Modules")), 0);
}

void pair_damage(temp_image *image, const char *path) {
    int file = open(temp_image_path(image, path), O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, "?", 1, PE_WRITER_TEXT_AT + 10), 1);
    assert_int_equal(close(file), 0);
}

bool pair_same(server_pair *p, const char *path) {
    bytes ours = temp_image_bytes(&p->machine, path);
    bytes theirs = temp_image_bytes(&p->good, path);
    return ours.data != NULL && theirs.data != NULL && ours.size == theirs.size &&
           memcmp(ours.data, theirs.data, ours.size) == 0;
}

void pair_begin(server_pair *p, bool what_if) {
    run_options options = {.what_if = what_if};
    temp_image_open(&p->machine);
    p->before = temp_image_digest(&p->machine);
    assert_int_equal(run_begin(&p->run, p->machine.machine, &p->machine.memory, &options), MARS_OK);
    p->begun = true;
}

mars_status pair_restore_from(server_pair *p, const char *source, const char *known, int flags) {
    if (!p->begun) {
        pair_begin(p, (flags & WHAT_IF) != 0);
    }
    return operation_restore_module(&p->run.changing, source, known, (flags & ALLOW_UNSIGNED) != 0,
                                    (flags & EVERY_FILE) != 0);
}

mars_status pair_restore(server_pair *p, const char *known, int flags) {
    return pair_restore_from(p, temp_image_path(&p->good, MODULE), known, flags);
}

void assert_error_says(const char *named) {
    if (strstr(error_message(), named) == NULL) {
        fail_msg("\"%s\" does not name \"%s\"", error_message(), named);
    }
}

void assert_pair_untouched(server_pair *p) {
    assert_int_equal(p->run.changing.changes.count, 0);
    assert_string_equal(temp_image_digest(&p->machine), p->before);
}

void assert_pair_refused(server_pair *p, mars_status status, const char *named) {
    assert_int_equal(status, MARS_E_REFUSED);
    assert_error_says(named);
    assert_pair_untouched(p);
}

const char *pair_change_at(const server_pair *p, size_t index) {
    assert_true(index < p->run.changing.changes.count);
    return ((const change_record *)p->run.changing.changes.items)[index].target;
}

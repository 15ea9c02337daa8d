/* Two servers as images: one whose module is to be repaired, and one with a good copy of it. */
#ifndef MODULE_PAIR_H
#define MODULE_PAIR_H

#include "repair/run.h"
#include "temp_image.h"

#define AGENT    "Program Files/Microsoft Azure Recovery Services Agent"
#define BIN      AGENT "/bin"
#define MODULE   BIN "/Modules/MSOnlineBackup"
#define MANIFEST MODULE "/MSOnlineBackup.psd1"
#define ENGINE   MODULE "/Engine.dll"
#define TOOLS    MODULE "/Tools.dll"
#define HELP     MODULE "/en-US/help.xml"
enum { MODULE_FILES = 4 };
extern const char *const module_files[MODULE_FILES];

typedef struct server_pair {
    temp_image machine;
    temp_image good;
    repair_run run;
    bool begun;
    const char *before; /* digest of the machine */
} server_pair;

void pair_make(server_pair *p);
void pair_done(server_pair *p);

/* A DLL or program of the agent's; path ends with the name that its version resource has. */
void pair_put_program(temp_image *image, const char *path, uint16_t build, bool is_signed);
void pair_take(temp_image *image, const char *path);
/* The machine loses its module, folder and all. */
void pair_remove_module(server_pair *p);
/* Changes one byte of a program that is behind its signature's back. */
void pair_damage(temp_image *image, const char *path);
/* Whether both servers have the same file. */
bool pair_same(server_pair *p, const char *path);

enum { ALLOW_UNSIGNED = 1, EVERY_FILE = 2, WHAT_IF = 4 };

/* Opens the machine and begins a run, once. */
void pair_begin(server_pair *p, bool what_if);
/* powershell.restore-module in that run; known: a baseline or NULL. */
mars_status pair_restore_from(server_pair *p, const char *source, const char *known, int flags);
mars_status pair_restore(server_pair *p, const char *known, int flags);

void assert_error_says(const char *named);
/* No byte of the machine is another one since the run began, nor is there a record of a change. */
void assert_pair_untouched(server_pair *p);
void assert_pair_refused(server_pair *p, mars_status status, const char *named);
/* The target of a change in the run. */
const char *pair_change_at(const server_pair *p, size_t index);

#endif

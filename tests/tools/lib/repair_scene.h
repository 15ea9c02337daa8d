/* An image and a run over it that makes one change of each kind that an image can take, for tests of runs,
 * recovery and undo. */
#ifndef REPAIR_SCENE_H
#define REPAIR_SCENE_H

#include "faults.h"
#include "repair/history.h"
#include "repair/run.h"
#include "repair/undo.h"
#include "temp_image.h"

typedef struct repair_scene {
    temp_image image;
    const char *before; /* scene_digest of it */
} repair_scene;

#define SCENE_MODULE   "Program Files/Agent/bin/Modules/MSOnlineBackup/"
#define SCENE_MODULE_W "C:\\Program Files\\Agent\\bin\\Modules\\MSOnlineBackup\\"

extern const registry_path scene_shell;       /* its ExecutionPolicy is "Restricted" */
extern const registry_path scene_crypto;      /* does not exist, nor does WOW6432Node above it */
extern const registry_path scene_environment; /* its PSModulePath is "old" */

void scene_make(repair_scene *scene);
void scene_remove(repair_scene *scene);
/* As temp_image_digest, without starting a program: names, modes and contents of all but ProgramData. */
const char *scene_digest(repair_scene *scene);
/* Opens the image anew, with faults. */
void scene_open(repair_scene *scene);

typedef mars_status (*scene_change)(operation_run *run);
/* One run with these changes, up to the first that fails. state: as in the journal. *id: NULL if it left no
 * journal. */
mars_status scene_run(repair_scene *scene, const scene_change *changes, size_t count, const char **id);
/* One of each kind. */
extern const scene_change scene_changes[];
extern const size_t scene_change_count;
mars_status scene_run_all(repair_scene *scene, const char **id);

/* Sets a text. */
mars_status scene_set(operation_run *run, const registry_path *path, const char *name, const char *text);
/* What an unrelated program does: sets a text without a run. */
void scene_set_outside(repair_scene *scene, const registry_path *path, const char *name, const char *text);
/* A text, or NULL if there is none. */
const char *scene_text(repair_scene *scene, const registry_path *path, const char *name);

/* Takes a run back; *out is to be freed. */
mars_status scene_undo(repair_scene *scene, const char *id, const undo_settings *settings, outcome **out);
/* The same, and it must work. */
const char *scene_undo_well(repair_scene *scene, const char *id);
void scene_expect_before(repair_scene *scene);
/* Each target is as it was before the run of one change of each kind, or as it was to be. */
void scene_expect_before_or_after(repair_scene *scene);

#endif

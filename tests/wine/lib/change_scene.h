/* A run on the live machine with one change of each kind that it takes, and all that such a run may leave
 * different. */
#ifndef CHANGE_SCENE_H
#define CHANGE_SCENE_H

#include "live_machine.h"

enum { SCENE_TARGETS = 9 };

/* What the targets were before the run, and after it. */
typedef struct change_scene {
    const char *before[SCENE_TARGETS];
    const char *after[SCENE_TARGETS];
    const char *whole; /* before: keys, folders, attributes and what else is around them */
} change_scene;

/* The machine as it is before the run, once for a prefix. */
void scene_prepare(live_machine *on);
void scene_before(live_machine *on, change_scene *scene);
/* After a run that nothing has cut short. */
void scene_after(live_machine *on, change_scene *scene);

/* Makes the run, or what of it is not made yet. */
mars_status scene_run(host *machine);
/* Takes back whatever there is to be taken back; MARS_E_NOT_FOUND: nothing. */
mars_status scene_undo(host *machine);
/* Removes the journals. */
void scene_forget(void);

/* The test fails unless each is before or after, or unless all is as before. */
void scene_expect_either(live_machine *on, const change_scene *scene, const char *when);
void scene_expect_before(live_machine *on, const change_scene *scene, const char *when);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Worker processes for a verb that prints JSON lines for one thing after the other. Processes, not
 * threads: a mail that brings a parser down takes one worker with it, and is named in the output.
 *
 * A worker is a copy of this process whose stdout leads here; it prints the lines of a task and
 * then a control character, which JSON never holds, so that the lines of a task stay together. What
 * is not yet to be passed on waits in the workers' pipes: memory is bounded by the longest line.
 */
#ifndef ESPIAL_TUI_COMMAND_CREW_H
#define ESPIAL_TUI_COMMAND_CREW_H

#include <glib.h>
#include <stdbool.h>

struct crew;

struct crew_work {
	/* In a worker: prints the lines of a task to stdout; false where something failed. */
	bool (*run)(void *user, const char *task);
	/* Here: the worker died of the task (a wait status); may print lines. */
	void (*lost)(void *user, const char *task, int status);
	void *user;
};

/* With fewer than two workers tasks run in this process. `ordered` keeps the lines in the order of
 * the tasks. The caller ends it with crew_finish(). */
struct crew *crew_new(unsigned workers, bool ordered, const struct crew_work *work);
/* Waits while all are busy. */
void crew_add(struct crew *crew, const char *task);
/* Passes lines on until `fd` can be read. */
void crew_wait_for(struct crew *crew, int fd);
/* Waits for all tasks. Returns false where one failed or was lost. */
bool crew_finish(struct crew *crew);

#endif

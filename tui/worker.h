/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Slow work off the UI thread. A job runs in a thread of its own and posts items; they are
 * delivered on the UI thread, in order, by worker_dispatch(). A cancelled job's items are dropped.
 */
#ifndef ESPIAL_TUI_WORKER_H
#define ESPIAL_TUI_WORKER_H

#include <glib.h>
#include <stdbool.h>

struct worker;
struct job;

/* Runs in the job's thread. Posts with job_post(), asks job_cancelled() often. */
typedef void (*job_run_fn)(struct job *job, void *input);
/* On the UI thread: one posted item (it is freed afterwards), and the end (`item` NULL), after
 * which the job is gone. Not called once job_cancel() was. */
typedef void (*job_item_fn)(void *user, void *item);

struct job_spec {
	job_run_fn run;
	void *input;
	GDestroyNotify free_input; /* called in the job's thread at its end; may be NULL */
	job_item_fn deliver;
	GDestroyNotify free_item; /* may be NULL */
	void *user;               /* of deliver */
};

struct worker *worker_new(void);
/* Cancels all jobs and waits for them. */
void worker_free(struct worker *worker);

/* Starts a job; it is valid until its end was delivered or job_cancel(). */
struct job *worker_start(struct worker *worker, const struct job_spec *spec);
/* Asks the job to stop and forgets it: nothing more is delivered. */
void job_cancel(struct job *job);

/* From the job's thread. */
bool job_cancelled(const struct job *job);
/* The same, for functions that ask whether to stop. */
bool job_stops(void *job);
void job_post(struct job *job, void *item);

/* Readable when something can be delivered. */
int worker_fd(const struct worker *worker);
/* Delivers what there is; returns whether anything was. */
bool worker_dispatch(struct worker *worker);
/* Whether no job runs and nothing waits to be delivered. */
bool worker_idle(struct worker *worker);

#endif

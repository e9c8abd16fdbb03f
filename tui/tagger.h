/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tag changes on their way into the store. They are written by a job, so that nobody waits for
 * another program's lock; and until they are, they are kept as a file, so that they outlive a crash
 * and a store that stays locked. UI thread only.
 */
#ifndef ESPIAL_TUI_TAGGER_H
#define ESPIAL_TUI_TAGGER_H

#include "tui/mail/store.h"
#include "tui/worker.h"

struct tagger;

struct tagger_events {
	/* How far a batch is, now and then: messages. */
	void (*progress)(void *user, const char *what, unsigned done, unsigned total);
	/* A batch is written, or (`error`) not or not wholly. `done`, of struct store_tag_change,
	 * are the changes that had an effect; the receiver takes a reference to keep it. With
	 * ESPIAL_ERROR_LOCKED the rest waits, and tagger_retry() goes on with it. */
	void (*written)(
		void *user, guint batch, const char *what, GPtrArray *done, const GError *error);
	void *user;
};

/* `dir` is where batches are kept; `store` and `worker` outlive the tagger. What an earlier run
 * left there waits for tagger_retry(). The caller frees it with tagger_free(), before
 * worker_free(). */
struct tagger *tagger_new(struct worker *worker, const struct store *store, const char *dir,
	const struct tagger_events *events);
void tagger_free(struct tagger *tagger);

/* Keeps the changes (of struct store_tag_change, side by side for each message; a reference is
 * taken) and starts writing them. `what` says it in a few words. Returns the number of the batch, 0
 * with an error (IO: it could not be kept, and nothing is written). */
guint tagger_add(struct tagger *tagger, const char *what, GPtrArray *changes, GError **error);
/* Takes a batch back that is not being written yet. Returns false where it is, or has been. */
bool tagger_cancel(struct tagger *tagger, guint batch);
/* Whether the batch is neither written nor given up. */
bool tagger_has(const struct tagger *tagger, guint batch);

/* Batches that are not written yet. */
unsigned tagger_waiting(const struct tagger *tagger);
/* Goes on with batches that wait; does nothing while one is being written. */
void tagger_retry(struct tagger *tagger);

#endif

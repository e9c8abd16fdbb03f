/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeps the link index in step with the store and the rules, in a job, while the analyst works. UI
 * thread only.
 */
#ifndef ESPIAL_TUI_INDEXER_H
#define ESPIAL_TUI_INDEXER_H

#include "tui/index/index.h"
#include "tui/worker.h"

struct indexer;

struct indexer_events {
	void (*changed)(void *user);                    /* there is more to be seen */
	void (*ended)(void *user, const GError *error); /* NULL: it has caught up */
	void *user;
};

/* `worker`, `store` and `index` outlive the indexer. The caller frees it with indexer_free(),
 * before worker_free(). */
struct indexer *indexer_new(struct worker *worker, const struct store *store,
	const struct index *index, const struct indexer_events *events);
void indexer_free(struct indexer *indexer);

/* Catches up, with the rules of `matcher`. While it runs already it is done once more afterwards,
 * or at once where the rules are others. */
void indexer_run(struct indexer *indexer, struct matcher *matcher);

/* What it is doing, `reading mail 43 %, 1200/s, 2 min left`; NULL while it rests. Lives until the
 * next call. */
const char *indexer_status(struct indexer *indexer);

#endif

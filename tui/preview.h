/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rule that is not committed yet would match, counted over the query and the whole store by
 * a job, out of the link index.
 */
#ifndef ESPIAL_TUI_PREVIEW_H
#define ESPIAL_TUI_PREVIEW_H

#include "tui/app.h"

#define PREVIEW_SAMPLES 50

/* A link that the rule explains. */
struct preview_sample {
	char *url, *next; /* `next` NULL: opaque */
	char *message_id;
	GPtrArray *fields; /* of struct rule_pair */
};

struct preview_count {
	unsigned messages, links;
};

struct preview {
	struct preview_count query, store;
	unsigned opaque;                  /* matched links without a destination */
	unsigned landings;                /* different landing domains */
	unsigned clashes;                 /* matched links that another rule explains today */
	char *clash_rule;                 /* the first such rule; NULL */
	GPtrArray *samples;               /* of struct preview_sample, of different URLs */
	GPtrArray *query_ids, *store_ids; /* of char *: messages that match */
	bool whole;    /* the index has all of the store: else there may be more */
	char *failure; /* why it could not be counted; NULL */
};

/* Starts counting. `matcher` has the draft in it. `query` NULL: all messages. `deliver` gets one
 * struct preview *, and then NULL, as worker.h says; it may take over what it wants. */
struct job *preview_start(struct app *app, struct matcher *matcher, const char *rule_id,
	const char *query, job_item_fn deliver, void *user);
/* An empty one. */
struct preview *preview_new(void);
void preview_free(struct preview *preview);

struct preview_sample *preview_sample_copy(const struct preview_sample *sample);
/* An empty array that frees its samples. */
GPtrArray *preview_samples_new(void);

#endif

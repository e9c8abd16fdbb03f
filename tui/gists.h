/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a message matters to rules, its links, kept in memory: so that the list can show
 * providers and a rule can be tried on the whole store without parsing a mail twice. A message
 * never changes under its id. Any thread may use it.
 */
#ifndef ESPIAL_TUI_GISTS_H
#define ESPIAL_TUI_GISTS_H

#include "rules/matcher.h"
#include "tui/mail/store.h"

struct gists;

/* The links of one message; immutable, reference counted. */
struct gist {
	GPtrArray *urls; /* of struct url, each once */
	gint refs;       /* atomic */
};

struct gists *gists_new(void);
void gists_free(struct gists *gists);

/* The gist of a message that is kept, or NULL. */
struct gist *gists_peek(struct gists *gists, const char *id);
/* The same, parsed where it is not kept; NULL where no file of the message can be read. `store`
 * belongs to the calling thread. */
struct gist *gists_get(struct gists *gists, struct store *store, const char *id);
/* Keeps the links (of struct link) of a message that was parsed anyway. */
void gists_put(struct gists *gists, const char *id, const GPtrArray *links);
void gist_unref(struct gist *gist);

/* The providers whose trackers the message carries, sorted, each once, joined by blanks; "" where
 * there are none. The caller frees it with g_free(). */
char *gist_esps(const struct gist *gist, struct matcher *matcher);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the store share.
 */
#ifndef ESPIAL_TUI_MAIL_STORE_INTERNAL_H
#define ESPIAL_TUI_MAIL_STORE_INTERNAL_H

#include "tui/mail/store.h"

#include <notmuch.h>

struct store {
	notmuch_database_t *database;
	char *config, *profile; /* as given */
	char *path, *mail_root, *revision;
	char **excluded;     /* search.exclude_tags */
	bool sync_flags;     /* maildir.synchronize_flags */
	unsigned generation; /* counts reopenings: iterators of an earlier one are void */
};

/* Opens the database in that mode as the store's options say; NULL with an error. */
notmuch_database_t *store_database_open(
	const struct store *store, notmuch_database_mode_t mode, GError **error);

/* A query with the user's excluded tags; NULL when out of memory. */
notmuch_query_t *store_query_new(struct store *store, const char *text);

/* As store_count(); an error speaks of the query `shown`. */
gint64 store_count_for(struct store *store, const char *text, const char *shown, GError **error);

/* Sets the error for a query that a database just opened would not answer. */
void store_set_query_error(
	struct store *store, notmuch_status_t status, const char *query, GError **error);

/* NULL where the database moved on, so that it cannot be read. */
struct store_row *store_row_of(notmuch_message_t *message);

#endif

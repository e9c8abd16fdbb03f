/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The notmuch store. It is open read-only but for the moment of a tag change. A handle and its
 * cursors belong to one thread: a worker opens its own with store_open_again().
 */
#ifndef ESPIAL_TUI_MAIL_STORE_H
#define ESPIAL_TUI_MAIL_STORE_H

#include "rules/error.h"

#include <stdbool.h>

struct store;
struct store_cursor;

struct store_options {
	const char *
		config; /* --config; NULL: as notmuch(1) finds it (NOTMUCH_CONFIG, profiles, XDG) */
	const char *profile; /* --profile; NULL: NOTMUCH_PROFILE */
};

enum store_sort {
	STORE_NEWEST_FIRST,
	STORE_OLDEST_FIRST,
};

/* One message of a list. */
struct store_row {
	char *id;     /* message id */
	char *thread; /* thread id */
	gint64 date;
	char *from; /* unsanitised, as subject */
	char *subject;
	char **tags; /* sorted, NULL-terminated */
};

struct store_search {
	char *name;
	char *query;
};

struct store_tag_change {
	const char *id; /* message id */
	const char *tag;
	bool add; /* or remove */
};

/* Errors: NOT_FOUND (no configuration or database: the message says what to run), LOCKED, INVALID
 * (a version that this libnotmuch cannot read), IO. The caller frees it with store_close(). */
struct store *store_open(const struct store_options *options, GError **error);
/* Another handle on the same store, for another thread. May be called from that thread while the
 * first is in use. */
struct store *store_open_again(const struct store *store, GError **error);
void store_close(struct store *store);

/* Opens the database anew, to see what others changed. Cursors stay valid and go on at the same
 * place. */
bool store_reopen(struct store *store, GError **error);
/* Whether somebody changed the database since it was opened or reopened. */
bool store_changed(struct store *store);
/* `UUID:revision`, which changes with every change of the store; lives until the next call. */
const char *store_revision(struct store *store);

const char *store_path(const struct store *store); /* of the database */
const char *store_mail_root(const struct store *store);

/* A cursor over the messages that match. Nothing is searched before the first read; the first read
 * costs a screen, not the store: it asks for a recent date window and doubles it until enough rows
 * are found. Errors: INVALID (the query's syntax), IO. The caller frees it with
 * store_cursor_free(), before store_close(). */
struct store_cursor *store_query(
	struct store *store, const char *query, enum store_sort sort, GError **error);
/* Appends up to `max` more rows (of struct store_row) to `rows`; fewer only at the end. A database
 * that others change meanwhile is reopened inside; a message is never listed twice. Returns false
 * with an error: CHANGED (others change it faster than it can be read), IO. */
bool store_cursor_read(struct store_cursor *cursor, unsigned max, GPtrArray *rows, GError **error);
bool store_cursor_at_end(const struct store_cursor *cursor);
void store_cursor_free(struct store_cursor *cursor);
/* An empty array that frees its rows. */
GPtrArray *store_rows_new(void);
void store_row_free(struct store_row *row);

/* The number of messages that match, or -1 with an error: INVALID (the query's syntax), IO. */
gint64 store_count(struct store *store, const char *query, GError **error);

/* The ids of the messages that match, newest first: an array of char *. `stop` (NULL: never) is
 * asked now and then whether to leave it at what there is. NULL with an error as store_query() and
 * store_cursor_read(); the caller frees it with g_ptr_array_unref(). */
GPtrArray *store_query_ids(struct store *store, const char *query, bool (*stop)(void *user),
	void *user, GError **error);

/* The ids of all messages that were added or changed since `revision` (as store_revision() gave it;
 * NULL, or one of another database: all there are), newest first, also those with excluded tags. An
 * array of char *, NULL with an error; the caller frees it with g_ptr_array_unref(). */
GPtrArray *store_ids_since(struct store *store, const char *revision, GError **error);
/* The number of all messages, also those with excluded tags; -1 with an error. */
gint64 store_count_all(struct store *store, GError **error);

/* One message by id; NULL with NOT_FOUND. The caller frees it with store_row_free(). */
struct store_row *store_find(struct store *store, const char *id, GError **error);
/* The path of a file of the message that can be read now, trying every one; NULL with NOT_FOUND
 * where all vanished. The caller frees it with g_free(). */
char *store_message_file(struct store *store, const char *id, GError **error);

/* A list of changes that owns them and their strings. */
GPtrArray *store_tag_changes_new(void);
void store_tag_changes_add(GPtrArray *changes, const char *id, const char *tag, bool add);

/* Applies all changes in one writing session, which waits for another writer at most `timeout_ms`;
 * changes of one message are best side by side.
 * Errors: LOCKED (nothing was changed), NOT_FOUND (a message is gone: the others were changed), IO.
 * `done`, unless NULL, gets the changes that had an effect, of struct store_tag_change with strings
 * of its own (free the array with g_ptr_array_unref()): undoing is doing those reversed. It is NULL
 * where the database could not be opened for writing. */
bool store_tag(struct store *store, const struct store_tag_change *changes, size_t count,
	unsigned timeout_ms, GPtrArray **done, GError **error);

/* For the query line: sorted names; the caller frees them with g_strfreev(). */
char **store_all_tags(struct store *store);
/* Saved searches, `query.<name>` of the configuration and of the database, by name: an array of
 * struct store_search; the caller frees it with g_ptr_array_unref(). */
GPtrArray *store_saved_searches(struct store *store);
/* A value of the notmuch configuration (`espial.…` keys are the user's settings of espial), or
 * NULL. The caller frees it with g_free(). */
char *store_config(struct store *store, const char *key);

#endif

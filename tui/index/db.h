/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The database under the link index, for the files of tui/index/ only: statements are SQL literals,
 * prepared once each, bound and run in one call.
 *
 * Types of arguments: `t` const char * (NULL is null), `i` gint64 (cast what is passed).
 */
#ifndef ESPIAL_TUI_INDEX_DB_H
#define ESPIAL_TUI_INDEX_DB_H

#include "rules/error.h"
#include "tui/index/index.h"
#include "tui/mail/message.h"

#include <sqlite3.h>

struct index {
	char *path;
	char *scratch;                    /* directory to remove at the end; NULL */
	const struct origin_trust *trust; /* borrowed; NULL */
	sqlite3 *db;
	GHashTable *statements; /* SQL → sqlite3_stmt; the SQL is a literal */
};

/* Sets the error for what SQLite said last. */
void db_set_error(struct index *index, GError **error);

/* A statement bound and ready to step, valid until the next call with the same SQL; NULL with an
 * error. */
sqlite3_stmt *db_query(
	struct index *index, GError **error, const char *sql, const char *types, ...);
/* The next row; false at the end, or with an error. Resets the statement then. */
bool db_next(struct index *index, sqlite3_stmt *statement, GError **error);
/* Runs a statement to its end. */
bool db_run(struct index *index, GError **error, const char *sql, const char *types, ...);
/* The first column of the first row; -1 where there is none, or with an error. */
gint64 db_number(struct index *index, GError **error, const char *sql, const char *types, ...);

/* A transaction that writes. */
bool db_begin(struct index *index, GError **error);
/* Commits, or with `good` false rolls back; returns whether it was committed. */
bool db_end(struct index *index, bool good, GError **error);

/* A column as text; lives until the next step. NULL for null. */
const char *db_text(sqlite3_stmt *statement, int column);

/* ---- what the files of the index share ---- */

/* `com.example.www.`: so that the hosts under a domain stand together. The caller frees it with
 * g_free(). */
char *index_host_key(struct span host);
/* Judges a URL of the table anew: its hops and where it ends. Error: IO. */
bool index_judge(
	struct index *index, struct matcher *matcher, gint64 url, const char *href, GError **error);
/* The providers of the message, from the hops of its links, and whether their networks sent it.
 * `message` is the parsed mail; NULL where it cannot be read. */
bool index_trace(struct index *index, struct matcher *matcher, gint64 id,
	const struct message *message, GError **error);
/* Reads a parsed message into the index; `message` NULL: its file cannot be read. */
bool index_put(struct index *index, struct matcher *matcher, const char *message_id, gint64 date,
	const struct message *message, GError **error);

/* Runs `select` over the links that pass the filter, with what follows the conditions (more of
 * them, GROUP BY …) in `tail`; `row` is called for each row. The columns are those of hop, url,
 * link, message and trace. */
struct groups_filter;
bool groups_each(struct index *index, const struct groups_filter *filter, const char *select,
	const char *tail, void (*row)(sqlite3_stmt *statement, void *user), void *user,
	GError **error);

/* Calls `found` for every URL of the table in whose chain, as far as it is known, a URL stands that
 * one of the rules (of char *, ids; of the ruleset of `matcher`) explains: its number, that URL,
 * and the rule that explains it today (NULL: none). It returns false to stop. */
typedef bool (*index_url_fn)(void *user, gint64 url, const char *href, const char *rule);
bool index_rule_urls(struct index *index, const struct matcher *matcher, const GPtrArray *ids,
	index_url_fn found, void *user, GError **error);

#endif

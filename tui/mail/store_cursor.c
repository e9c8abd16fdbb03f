/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a list without searching the whole store: libnotmuch sorts every match before it returns
 * the first. So the query is asked for one date window after the other, the windows getting twice
 * as wide each time, the outermost ones open: a message dated 1970 or 2038 is in one of them, and a
 * query with few matches costs a handful of searches.
 */
#include "tui/mail/store_internal.h"

#include <time.h>

/* Windows end 1, 2, 4 … days before now: 2^15 days are 89 years. */
#define WINDOW_COUNT 17

struct store_cursor {
	struct store *store;
	char *query; /* NULL: all messages */
	enum store_sort sort;
	gint64 now;
	int window;       /* the next to ask; WINDOW_COUNT: none is left */
	GHashTable *seen; /* ids that were listed */

	notmuch_query_t *asked; /* the window being read */
	notmuch_messages_t *messages;
	unsigned expected, got;
	unsigned generation;
	unsigned retries;
};

/* The limits of window `i`, 0 being the newest: from `*from` (if any) to `*to` (if any). */
static char *window_terms(const struct store_cursor *cursor, int i)
{
	gint64 day = 24 * 3600;
	gint64 from = cursor->now - day * ((gint64)1 << i);
	gint64 to = i ? cursor->now - day * ((gint64)1 << (i - 1)) - 1 : 0;

	if (i == 0)
		return g_strdup_printf("date:@%" G_GINT64_FORMAT "..", from);
	/* Before 1970 nothing can be written as a time: the last window has no lower end. */
	if (i == WINDOW_COUNT - 1 || from <= 0)
		return g_strdup_printf("date:..@%" G_GINT64_FORMAT, MAX(to, 0));
	return g_strdup_printf("date:@%" G_GINT64_FORMAT "..@%" G_GINT64_FORMAT, from, to);
}

static int last_window(const struct store_cursor *cursor)
{
	for (int i = 0; i < WINDOW_COUNT; i++)
		if (cursor->now - 24 * 3600 * ((gint64)1 << i) <= 0)
			return i;
	return WINDOW_COUNT - 1;
}

static char *window_query(const struct store_cursor *cursor, int i)
{
	g_autofree char *terms = window_terms(
		cursor, cursor->sort == STORE_NEWEST_FIRST ? i : last_window(cursor) - i);

	return cursor->query ? g_strdup_printf("(%s) and %s", cursor->query, terms)
			     : g_strdup(terms);
}

static bool matches_all(const char *query)
{
	const char *p = query + strspn(query, " \t");

	return !*p || (*p == '*' && !p[1 + strspn(p + 1, " \t")]);
}

/* A search for nothing tells whether the syntax is right, at no cost. */
static bool check_syntax(struct store *store, const char *query, GError **error)
{
	g_autofree char *none = g_strdup_printf("(%s) and date:@1..@1", query);

	return store_count(store, none, error) >= 0;
}

struct store_cursor *store_query(
	struct store *store, const char *query, enum store_sort sort, GError **error)
{
	struct store_cursor *cursor;

	if (!matches_all(query) && !check_syntax(store, query, error))
		return NULL;
	cursor = g_new0(struct store_cursor, 1);
	cursor->store = store;
	cursor->query = matches_all(query) ? NULL : g_strdup(query);
	cursor->sort = sort;
	cursor->now = time(NULL);
	cursor->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return cursor;
}

static void drop_window(struct store_cursor *cursor)
{
	/* A reopened database took the iterators of the old one with it. */
	if (cursor->asked && cursor->generation == cursor->store->generation)
		notmuch_query_destroy(cursor->asked);
	cursor->asked = NULL;
	cursor->messages = NULL;
}

void store_cursor_free(struct store_cursor *cursor)
{
	if (!cursor)
		return;
	drop_window(cursor);
	g_free(cursor->query);
	g_hash_table_unref(cursor->seen);
	g_free(cursor);
}

bool store_cursor_at_end(const struct store_cursor *cursor)
{
	return cursor->window > last_window(cursor);
}

static notmuch_status_t ask_once(struct store_cursor *cursor, GError **error)
{
	g_autofree char *text = window_query(cursor, cursor->window);
	notmuch_status_t status;

	cursor->asked = store_query_new(cursor->store, text, error);
	cursor->generation = cursor->store->generation;
	if (!cursor->asked)
		return NOTMUCH_STATUS_OUT_OF_MEMORY;
	notmuch_query_set_sort(cursor->asked, cursor->sort == STORE_NEWEST_FIRST
						      ? NOTMUCH_SORT_NEWEST_FIRST
						      : NOTMUCH_SORT_OLDEST_FIRST);
	cursor->expected = cursor->got = 0;
	status = notmuch_query_count_messages(cursor->asked, &cursor->expected);
	if (status == NOTMUCH_STATUS_SUCCESS && cursor->expected)
		status = notmuch_query_search_messages(cursor->asked, &cursor->messages);
	if (status != NOTMUCH_STATUS_SUCCESS)
		drop_window(cursor);
	return status;
}

static bool ask(struct store_cursor *cursor, GError **error)
{
	notmuch_status_t status = ask_once(cursor, NULL);

	/* The database moved on under this handle: look at what it is now. */
	if (status == NOTMUCH_STATUS_XAPIAN_EXCEPTION && store_reopen(cursor->store, error))
		status = ask_once(cursor, NULL);
	if (status != NOTMUCH_STATUS_SUCCESS && error && !*error)
		store_set_error(error, status, cursor->query ? cursor->query : "*");
	return status == NOTMUCH_STATUS_SUCCESS;
}

/* libnotmuch before 0.40 ends a list silently when the database changed while it was read: then the
 * window is asked again, and what was seen is passed over. */
static bool end_window(struct store_cursor *cursor, GError **error)
{
	bool whole = cursor->got >= cursor->expected || ++cursor->retries > 3;

	drop_window(cursor);
	if (!whole)
		return store_reopen(cursor->store, error);
	cursor->retries = 0;
	cursor->window++;
	return true;
}

static bool next_row(struct store_cursor *cursor, GPtrArray *rows)
{
	notmuch_message_t *message;

	if (!cursor->messages || !notmuch_messages_valid(cursor->messages))
		return false;
	message = notmuch_messages_get(cursor->messages);
	if (!message)
		return false;
	cursor->got++;
	const char *id = notmuch_message_get_message_id(message);
	if (id && g_hash_table_add(cursor->seen, g_strdup(id)))
		g_ptr_array_add(rows, store_row_of(message));
	notmuch_message_destroy(message);
	notmuch_messages_move_to_next(cursor->messages);
	return true;
}

bool store_cursor_read(struct store_cursor *cursor, unsigned max, GPtrArray *rows, GError **error)
{
	unsigned wanted = max > G_MAXUINT - rows->len ? G_MAXUINT : rows->len + max;

	if (cursor->asked && cursor->generation != cursor->store->generation)
		drop_window(cursor);
	while (rows->len < wanted && !store_cursor_at_end(cursor)) {
		if (!cursor->asked && !ask(cursor, error))
			return false;
		if (!next_row(cursor, rows) && !end_window(cursor, error))
			return false;
	}
	return true;
}

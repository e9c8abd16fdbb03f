/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading a list without searching the whole store: libnotmuch sorts every match before it returns
 * the first. So the query is asked for one date window after the other, the windows getting twice
 * as wide each time, the outermost ones open: a message without a date or dated 2093 is in one of
 * them, and a query with few matches costs a handful of searches.
 */
#include "tui/mail/store_internal.h"

#include <time.h>

#define DAY ((gint64)24 * 3600)
/* Window 0 begins a day ago and has no end, window i begins 2^i days ago and ends where the one
 * before it begins, the last has no beginning: 2^14 days are 44 years. */
#define WINDOW_COUNT 16
/* How often a window is asked again without a new row. */
#define MAX_RETRIES 5

struct store_cursor {
	struct store *store;
	char *query; /* NULL: all messages */
	enum store_sort sort;
	gint64 now;
	unsigned window, windows; /* the next to ask; how many there are */
	GHashTable *seen;         /* ids that were listed */

	notmuch_query_t *asked; /* the window being read */
	notmuch_messages_t *messages;
	unsigned expected, got;
	unsigned generation;
	unsigned retries;
};

static gint64 window_start(const struct store_cursor *cursor, unsigned i)
{
	return cursor->now - DAY * ((gint64)1 << i);
}

/* Window `i`, 0 being the newest. libnotmuch takes no time before 1970, and its open beginning,
 * `date:..@N`, leaves out messages dated 0, which are those without a date. */
static char *window_terms(const struct store_cursor *cursor, unsigned i)
{
	if (i == 0)
		return g_strdup_printf("date:@%" G_GINT64_FORMAT "..", window_start(cursor, 0));
	if (i == WINDOW_COUNT - 1)
		return g_strdup_printf(
			"not date:@%" G_GINT64_FORMAT "..", window_start(cursor, i - 1));
	return g_strdup_printf("date:@%" G_GINT64_FORMAT "..@%" G_GINT64_FORMAT,
		window_start(cursor, i), window_start(cursor, i - 1) - 1);
}

static char *window_query(const struct store_cursor *cursor, unsigned i)
{
	g_autofree char *terms = NULL;

	if (cursor->windows == 1)
		return g_strdup(cursor->query ? cursor->query : "*");
	terms = window_terms(
		cursor, cursor->sort == STORE_NEWEST_FIRST ? i : cursor->windows - 1 - i);
	return cursor->query ? g_strdup_printf("(%s) and %s", cursor->query, terms)
			     : g_steal_pointer(&terms);
}

static bool matches_all(const char *query)
{
	return !*query || strcmp(query, "*") == 0;
}

/* Whether the query means the same in parentheses. Xapian forgives brackets and quotes left open,
 * which would swallow what comes after; it also knows curved quotes. */
static bool is_self_contained(const char *query)
{
	bool quoted = false;
	int depth = 0;

	for (const char *p = query; *p && depth >= 0; p++) {
		quoted ^= *p == '"';
		depth += quoted ? 0 : (*p == '(') - (*p == ')');
	}
	return !quoted && depth == 0 && !strstr(query, "\u201c") && !strstr(query, "\u201d");
}

/* A search for nothing tells whether the syntax is right, at little cost. */
static bool check_syntax(struct store *store, const char *query, GError **error)
{
	g_autofree char *none = is_self_contained(query)
					? g_strdup_printf("(%s) and date:@1..@1", query)
					: g_strdup(query);

	return store_count_for(store, none, query, error) >= 0;
}

struct store_cursor *store_query(
	struct store *store, const char *query, enum store_sort sort, GError **error)
{
	bool all = matches_all(query);
	struct store_cursor *cursor;

	if (!all && !check_syntax(store, query, error))
		return NULL;
	cursor = g_new0(struct store_cursor, 1);
	cursor->store = store;
	cursor->query = all ? NULL : g_strdup(query);
	cursor->sort = sort;
	cursor->now = time(NULL);
	/* The windows lie after 1970, or a clock that is that wrong gets none. */
	cursor->windows = is_self_contained(query) && window_start(cursor, WINDOW_COUNT - 2) > 0
				  ? WINDOW_COUNT
				  : 1;
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
	return cursor->window >= cursor->windows;
}

static notmuch_status_t ask_once(struct store_cursor *cursor)
{
	g_autofree char *text = window_query(cursor, cursor->window);
	notmuch_status_t status;

	cursor->generation = cursor->store->generation;
	cursor->asked = store_query_new(cursor->store, text);
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
	notmuch_status_t status = ask_once(cursor);

	/* The database moved on under this handle: look at what it is now. */
	if (status == NOTMUCH_STATUS_XAPIAN_EXCEPTION) {
		if (!store_reopen(cursor->store, error))
			return false;
		status = ask_once(cursor);
	}
	if (status == NOTMUCH_STATUS_SUCCESS)
		return true;
	store_set_query_error(cursor->store, status, cursor->query ? cursor->query : "*", error);
	return false;
}

/* libnotmuch before 0.40 ends a list silently when the database changed while it was read: then the
 * window is asked again, and what was seen is passed over. */
static bool end_window(struct store_cursor *cursor, GError **error)
{
	bool whole = cursor->got >= cursor->expected;

	drop_window(cursor);
	if (!whole && ++cursor->retries <= MAX_RETRIES)
		return store_reopen(cursor->store, error);
	if (!whole && store_changed(cursor->store)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CHANGED,
			"the store keeps changing, the list is incomplete: read it again");
		return false;
	}
	cursor->retries = 0;
	cursor->window++;
	return true;
}

static bool add_row(struct store_cursor *cursor, notmuch_message_t *message, GPtrArray *rows)
{
	const char *id = notmuch_message_get_message_id(message);
	struct store_row *row;

	if (!id)
		return false;
	if (g_hash_table_contains(cursor->seen, id))
		return true;
	row = store_row_of(message);
	if (!row)
		return false;
	g_hash_table_add(cursor->seen, g_strdup(id));
	g_ptr_array_add(rows, row);
	cursor->retries = 0;
	return true;
}

/* Returns false at the end of the window, or where it was cut short. */
static bool next_row(struct store_cursor *cursor, GPtrArray *rows)
{
	notmuch_message_t *message;
	bool good;

	if (!cursor->messages || !notmuch_messages_valid(cursor->messages))
		return false;
	message = notmuch_messages_get(cursor->messages);
	if (!message)
		return false;
	good = add_row(cursor, message, rows);
	notmuch_message_destroy(message);
	if (!good)
		return false;
	cursor->got++;
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

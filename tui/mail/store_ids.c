/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Message ids: those of a query, and of everything in the store, whatever the user's excluded tags,
 * which an index of it needs.
 */
#include "tui/mail/store_internal.h"

/* Rows read at a time. */
#define BATCH 512
/* How often a list that the database's changes cut short is read again. */
#define TRIES 5

GPtrArray *store_query_ids(struct store *store, const char *query, bool (*stop)(void *user),
	void *user, GError **error)
{
	struct store_cursor *cursor = store_query(store, query, STORE_NEWEST_FIRST, error);
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	bool good = cursor != NULL;

	while (good && !store_cursor_at_end(cursor) && !(stop && stop(user))) {
		g_autoptr(GPtrArray) rows = store_rows_new();

		good = store_cursor_read(cursor, BATCH, rows, error);
		for (guint i = 0; i < rows->len; i++)
			g_ptr_array_add(
				ids, g_steal_pointer(&((struct store_row *)rows->pdata[i])->id));
	}
	g_clear_pointer(&cursor, store_cursor_free);
	if (!good)
		g_clear_pointer(&ids, g_ptr_array_unref);
	return ids;
}

/* `lastmod:N..`, which the revision itself is part of. */
static char *query_since(struct store *store, const char *revision)
{
	const char *colon = revision ? strrchr(revision, ':') : NULL;
	const char *uuid;

	notmuch_database_get_revision(store->database, &uuid);
	if (!colon || strlen(uuid) != (size_t)(colon - revision) ||
		strncmp(uuid, revision, strlen(uuid)) != 0)
		return g_strdup("*");
	return g_strdup_printf("lastmod:%s..", colon + 1);
}

static notmuch_query_t *query_all(struct store *store, const char *text)
{
	notmuch_query_t *query = notmuch_query_create(store->database, text);

	if (query) {
		notmuch_query_set_omit_excluded(query, NOTMUCH_EXCLUDE_FALSE);
		notmuch_query_set_sort(query, NOTMUCH_SORT_NEWEST_FIRST);
	}
	return query;
}

/* Returns whether the list is whole. */
static bool list_once(struct store *store, const char *text, GPtrArray *ids)
{
	notmuch_query_t *query = query_all(store, text);
	notmuch_messages_t *messages = NULL;
	unsigned expected = 0;

	g_ptr_array_set_size(ids, 0);
	if (query && notmuch_query_count_messages(query, &expected) == NOTMUCH_STATUS_SUCCESS &&
		notmuch_query_search_messages(query, &messages) != NOTMUCH_STATUS_SUCCESS)
		messages = NULL;
	for (; messages && notmuch_messages_valid(messages);
		notmuch_messages_move_to_next(messages)) {
		notmuch_message_t *message = notmuch_messages_get(messages);
		const char *id = message ? notmuch_message_get_message_id(message) : NULL;

		if (id)
			g_ptr_array_add(ids, g_strdup(id));
		if (message)
			notmuch_message_destroy(message);
	}
	if (query)
		notmuch_query_destroy(query);
	return messages && ids->len >= expected;
}

GPtrArray *store_ids_since(struct store *store, const char *revision, GError **error)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < TRIES; i++) {
		g_autofree char *text = query_since(store, revision);

		if (list_once(store, text, ids))
			return ids;
		if (!store_reopen(store, error)) {
			g_ptr_array_unref(ids);
			return NULL;
		}
	}
	g_ptr_array_unref(ids);
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CHANGED,
		"the store keeps changing, its messages cannot be listed: try again");
	return NULL;
}

static bool count_once(struct store *store, unsigned *count)
{
	notmuch_query_t *query = query_all(store, "*");
	notmuch_status_t status = NOTMUCH_STATUS_OUT_OF_MEMORY;

	if (query) {
		status = notmuch_query_count_messages(query, count);
		notmuch_query_destroy(query);
	}
	return status == NOTMUCH_STATUS_SUCCESS;
}

gint64 store_count_all(struct store *store, GError **error)
{
	unsigned count = 0;

	if (count_once(store, &count))
		return count;
	if (!store_reopen(store, error))
		return -1;
	if (count_once(store, &count))
		return count;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "notmuch cannot count its messages");
	return -1;
}

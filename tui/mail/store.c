/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/mail/store_internal.h"

#include <unistd.h>

/* ---- opening ---- */

static void set_open_error(GError **error, notmuch_status_t status, const char *message)
{
	g_autofree char *line = g_strdup(message ? message : notmuch_status_to_string(status));

	g_strdelimit(g_strchomp(line), "\n", ' ');
	switch (status) {
	case NOTMUCH_STATUS_NO_CONFIG:
	case NOTMUCH_STATUS_NO_DATABASE:
	case NOTMUCH_STATUS_NO_MAIL_ROOT:
	case NOTMUCH_STATUS_FILE_ERROR:
	case NOTMUCH_STATUS_NULL_POINTER:
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"no notmuch database (%s): run notmuch setup and notmuch new, or give "
			"--config",
			line);
		return;
	case NOTMUCH_STATUS_PATH_ERROR:
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID,
			"the notmuch configuration has a bad path: %s", line);
		return;
	default:
		g_set_error(error, ESPIAL_ERROR,
			strstr(line, "lock") ? ESPIAL_ERROR_LOCKED : ESPIAL_ERROR_IO,
			"the notmuch database cannot be opened: %s", line);
	}
}

notmuch_database_t *store_database_open(
	const struct store *store, notmuch_database_mode_t mode, GError **error)
{
	notmuch_database_t *database = NULL;
	char *message = NULL;
	notmuch_status_t status = notmuch_database_open_with_config(
		NULL, mode, store->config, store->profile, &database, &message);

	if (status != NOTMUCH_STATUS_SUCCESS) {
		set_open_error(error, status, message);
		if (database)
			notmuch_database_destroy(database);
		database = NULL;
	}
	free(message);
	return database;
}

static char **config_words(notmuch_database_t *database, notmuch_config_key_t key)
{
	notmuch_config_values_t *values = notmuch_config_get_values(database, key);
	GPtrArray *words = g_ptr_array_new();

	for (; values && notmuch_config_values_valid(values);
		notmuch_config_values_move_to_next(values))
		g_ptr_array_add(words, g_strdup(notmuch_config_values_get(values)));
	if (values)
		notmuch_config_values_destroy(values);
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

static void read_config(struct store *store)
{
	notmuch_bool_t sync = FALSE;

	store->path = g_strdup(notmuch_database_get_path(store->database));
	store->mail_root = g_strdup(notmuch_config_get(store->database, NOTMUCH_CONFIG_MAIL_ROOT));
	store->excluded = config_words(store->database, NOTMUCH_CONFIG_EXCLUDE_TAGS);
	if (notmuch_config_get_bool(store->database, NOTMUCH_CONFIG_SYNC_MAILDIR_FLAGS, &sync) ==
		NOTMUCH_STATUS_SUCCESS)
		store->sync_flags = sync;
}

static struct store *open_with(const char *config, const char *profile, GError **error)
{
	struct store *store = g_new0(struct store, 1);

	store->config = g_strdup(config);
	store->profile = g_strdup(profile);
	store->database = store_database_open(store, NOTMUCH_DATABASE_MODE_READ_ONLY, error);
	if (!store->database) {
		store_close(store);
		return NULL;
	}
	read_config(store);
	return store;
}

struct store *store_open(const struct store_options *options, GError **error)
{
	return open_with(options->config, options->profile, error);
}

struct store *store_open_again(const struct store *store, GError **error)
{
	return open_with(store->config, store->profile, error);
}

void store_close(struct store *store)
{
	if (!store)
		return;
	if (store->database)
		notmuch_database_destroy(store->database);
	g_free(store->config);
	g_free(store->profile);
	g_free(store->path);
	g_free(store->mail_root);
	g_free(store->revision);
	g_strfreev(store->excluded);
	g_free(store);
}

bool store_reopen(struct store *store, GError **error)
{
	notmuch_database_t *database =
		store_database_open(store, NOTMUCH_DATABASE_MODE_READ_ONLY, error);

	if (!database)
		return false;
	/* Iterators of the old handle are freed with it; cursors see the new generation and ask
	 * again. */
	notmuch_database_destroy(store->database);
	store->database = database;
	store->generation++;
	return true;
}

bool store_changed(struct store *store)
{
	const char *uuid, *new_uuid;
	unsigned long before = notmuch_database_get_revision(store->database, &uuid);
	notmuch_database_t *fresh =
		store_database_open(store, NOTMUCH_DATABASE_MODE_READ_ONLY, NULL);
	bool changed;

	if (!fresh)
		return false;
	changed = notmuch_database_get_revision(fresh, &new_uuid) != before ||
		  g_strcmp0(uuid, new_uuid) != 0;
	notmuch_database_destroy(fresh);
	return changed;
}

const char *store_revision(struct store *store)
{
	const char *uuid;
	unsigned long revision = notmuch_database_get_revision(store->database, &uuid);

	g_free(store->revision);
	store->revision = g_strdup_printf("%s:%lu", uuid, revision);
	return store->revision;
}

const char *store_path(const struct store *store)
{
	return store->path;
}

const char *store_mail_root(const struct store *store)
{
	return store->mail_root;
}

/* ---- queries ---- */

notmuch_query_t *store_query_new(struct store *store, const char *text)
{
	notmuch_query_t *query = notmuch_query_create(store->database, text);

	for (guint i = 0; query && store->excluded[i]; i++)
		notmuch_query_add_tag_exclude(query, store->excluded[i]);
	return query;
}

void store_set_query_error(
	struct store *store, notmuch_status_t status, const char *query, GError **error)
{
	/* "A Xapian exception occurred parsing query: REASON\nQuery string was: …", or nothing. */
	const char *said = notmuch_database_status_string(store->database);
	bool failed = status == NOTMUCH_STATUS_OUT_OF_MEMORY ||
		      (said && strstr(said, "performing query"));
	const char *reason = said ? strstr(said, "query: ") : NULL;
	g_autofree char *line = g_strdup(reason ? reason + strlen("query: ") : said ? said : "");

	*(line + strcspn(line, "\n")) = '\0';
	g_set_error(error, ESPIAL_ERROR, failed ? ESPIAL_ERROR_IO : ESPIAL_ERROR_INVALID,
		"%s: %s%s%s", failed ? "notmuch cannot search" : "notmuch does not understand",
		query, *line ? ": " : "", line);
}

static notmuch_status_t count_once(struct store *store, const char *text, unsigned *count)
{
	notmuch_query_t *query = store_query_new(store, text);
	notmuch_status_t status = NOTMUCH_STATUS_OUT_OF_MEMORY;

	if (!query)
		return status;
	status = notmuch_query_count_messages(query, count);
	notmuch_query_destroy(query);
	return status;
}

gint64 store_count_for(struct store *store, const char *text, const char *shown, GError **error)
{
	unsigned count = 0;
	notmuch_status_t status = count_once(store, text, &count);

	/* The syntax is wrong, or the database moved on under this handle. */
	if (status == NOTMUCH_STATUS_XAPIAN_EXCEPTION) {
		if (!store_reopen(store, error))
			return -1;
		status = count_once(store, text, &count);
	}
	if (status == NOTMUCH_STATUS_SUCCESS)
		return count;
	store_set_query_error(store, status, shown, error);
	return -1;
}

gint64 store_count(struct store *store, const char *query, GError **error)
{
	return store_count_for(store, query, query, error);
}

/* ---- messages ---- */

/* Sorted, as libnotmuch has them; frees `tags`. */
static char **names_of(notmuch_tags_t *tags)
{
	GPtrArray *names = g_ptr_array_new();

	for (; tags && notmuch_tags_valid(tags); notmuch_tags_move_to_next(tags))
		g_ptr_array_add(names, g_strdup(notmuch_tags_get(tags)));
	if (tags)
		notmuch_tags_destroy(tags);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

struct store_row *store_row_of(notmuch_message_t *message)
{
	const char *id = notmuch_message_get_message_id(message);
	const char *thread = notmuch_message_get_thread_id(message);
	const char *from = notmuch_message_get_header(message, "from");
	const char *subject = notmuch_message_get_header(message, "subject");
	notmuch_tags_t *tags = notmuch_message_get_tags(message);
	struct store_row *row;

	if (!id || !thread || !from || !subject || !tags) {
		if (tags)
			notmuch_tags_destroy(tags);
		return NULL;
	}
	row = g_new0(struct store_row, 1);
	row->id = g_strdup(id);
	row->thread = g_strdup(thread);
	row->date = notmuch_message_get_date(message);
	row->from = g_strdup(from);
	row->subject = g_strdup(subject);
	row->tags = names_of(tags);
	return row;
}

void store_row_free(struct store_row *row)
{
	if (!row)
		return;
	g_free(row->id);
	g_free(row->thread);
	g_free(row->from);
	g_free(row->subject);
	g_strfreev(row->tags);
	g_free(row);
}

GPtrArray *store_rows_new(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)store_row_free);
}

/* The message, once more after a reopening where the database had moved on; NULL with an error. */
static notmuch_message_t *find_message(struct store *store, const char *id, GError **error)
{
	notmuch_message_t *message = NULL;
	notmuch_status_t status = notmuch_database_find_message(store->database, id, &message);

	if (status == NOTMUCH_STATUS_XAPIAN_EXCEPTION && store_reopen(store, NULL))
		status = notmuch_database_find_message(store->database, id, &message);
	if (status != NOTMUCH_STATUS_SUCCESS)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "id:%s cannot be read: %s", id,
			notmuch_status_to_string(status));
	else if (!message)
		g_set_error(
			error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "no such message: id:%s", id);
	return message;
}

struct store_row *store_find(struct store *store, const char *id, GError **error)
{
	notmuch_message_t *message = find_message(store, id, error);
	struct store_row *row;

	if (!message)
		return NULL;
	row = store_row_of(message);
	notmuch_message_destroy(message);
	if (!row)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CHANGED,
			"the store changed while id:%s was read: try again", id);
	return row;
}

char *store_message_file(struct store *store, const char *id, GError **error)
{
	notmuch_message_t *message = find_message(store, id, error);
	notmuch_filenames_t *names;
	char *path = NULL;

	if (!message)
		return NULL;
	names = notmuch_message_get_filenames(message);
	for (; !path && notmuch_filenames_valid(names); notmuch_filenames_move_to_next(names))
		if (access(notmuch_filenames_get(names), R_OK) == 0)
			path = g_strdup(notmuch_filenames_get(names));
	notmuch_filenames_destroy(names);
	notmuch_message_destroy(message);
	if (!path)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"the file of id:%s is gone: run notmuch new", id);
	return path;
}

/* ---- names and settings ---- */

char **store_all_tags(struct store *store)
{
	notmuch_tags_t *tags = notmuch_database_get_all_tags(store->database);

	if (!tags && store_reopen(store, NULL))
		tags = notmuch_database_get_all_tags(store->database);
	return names_of(tags);
}

static void search_free(gpointer data)
{
	struct store_search *search = data;

	g_free(search->name);
	g_free(search->query);
	g_free(search);
}

GPtrArray *store_saved_searches(struct store *store)
{
	GPtrArray *searches = g_ptr_array_new_with_free_func(search_free);
	notmuch_config_pairs_t *pairs = notmuch_config_get_pairs(store->database, "query.");

	for (; pairs && notmuch_config_pairs_valid(pairs);
		notmuch_config_pairs_move_to_next(pairs)) {
		struct store_search *search = g_new0(struct store_search, 1);

		search->name = g_strdup(notmuch_config_pairs_key(pairs) + strlen("query."));
		search->query = g_strdup(notmuch_config_pairs_value(pairs));
		g_ptr_array_add(searches, search);
	}
	if (pairs)
		notmuch_config_pairs_destroy(pairs);
	return searches;
}

char *store_config(struct store *store, const char *key)
{
	notmuch_config_pairs_t *pairs = notmuch_config_get_pairs(store->database, key);
	char *value = NULL;

	for (; !value && pairs && notmuch_config_pairs_valid(pairs);
		notmuch_config_pairs_move_to_next(pairs))
		if (strcmp(notmuch_config_pairs_key(pairs), key) == 0)
			value = g_strdup(notmuch_config_pairs_value(pairs));
	if (pairs)
		notmuch_config_pairs_destroy(pairs);
	return value;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changing tags: the one thing that is written, and the only moment at which the database is open
 * for writing.
 */
#include "tui/mail/store_internal.h"

/* ---- a writer, within a deadline ---- */

/* libnotmuch waits for Xapian's lock without end. So a thread opens the writer, and where that
 * takes too long it is left to close again what it gets. */
struct opening {
	gatomicrefcount holders;
	GMutex mutex;
	GCond changed;
	bool opened, abandoned;
	struct store options;
	notmuch_database_t *writer;
	GError *error;
};

static struct opening *opening_new(const struct store *store)
{
	struct opening *opening = g_new0(struct opening, 1);

	g_atomic_ref_count_init(&opening->holders);
	g_mutex_init(&opening->mutex);
	g_cond_init(&opening->changed);
	opening->options.config = g_strdup(store->config);
	opening->options.profile = g_strdup(store->profile);
	return opening;
}

static void opening_release(struct opening *opening)
{
	if (!g_atomic_ref_count_dec(&opening->holders))
		return;
	g_mutex_clear(&opening->mutex);
	g_cond_clear(&opening->changed);
	g_free(opening->options.config);
	g_free(opening->options.profile);
	g_clear_error(&opening->error);
	g_free(opening);
}

static gpointer open_in_thread(gpointer data)
{
	struct opening *opening = data;
	GError *error = NULL;
	notmuch_database_t *writer =
		store_database_open(&opening->options, NOTMUCH_DATABASE_MODE_READ_WRITE, &error);

	g_mutex_lock(&opening->mutex);
	opening->opened = true;
	opening->error = error;
	if (!opening->abandoned)
		opening->writer = g_steal_pointer(&writer);
	g_cond_signal(&opening->changed);
	g_mutex_unlock(&opening->mutex);
	if (writer)
		notmuch_database_destroy(writer);
	opening_release(opening);
	return NULL;
}

static notmuch_database_t *wait_for_writer(
	struct opening *opening, unsigned timeout_ms, GError **error)
{
	gint64 deadline = g_get_monotonic_time() + (gint64)timeout_ms * 1000;
	notmuch_database_t *writer;

	g_mutex_lock(&opening->mutex);
	while (!opening->opened && g_cond_wait_until(&opening->changed, &opening->mutex, deadline))
		;
	opening->abandoned = !opening->opened;
	writer = opening->writer;
	if (opening->abandoned)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED,
			"the notmuch database is locked by another program (notmuch new?): "
			"try again");
	else if (!writer)
		g_propagate_error(error, g_steal_pointer(&opening->error));
	g_mutex_unlock(&opening->mutex);
	return writer;
}

static notmuch_database_t *open_writer(
	const struct store *store, unsigned timeout_ms, GError **error)
{
	struct opening *opening = opening_new(store);
	notmuch_database_t *writer;
	GThread *thread;

	g_atomic_ref_count_inc(&opening->holders);
	thread = g_thread_new("notmuch-writer", open_in_thread, opening);
	writer = wait_for_writer(opening, timeout_ms, error);
	g_thread_unref(thread);
	opening_release(opening);
	return writer;
}

/* ---- changes ---- */

static bool has_tag(notmuch_message_t *message, const char *tag)
{
	notmuch_tags_t *tags = notmuch_message_get_tags(message);
	bool found = false;

	for (; tags && notmuch_tags_valid(tags) && !found; notmuch_tags_move_to_next(tags))
		found = strcmp(notmuch_tags_get(tags), tag) == 0;
	if (tags)
		notmuch_tags_destroy(tags);
	return found;
}

static void change_free(gpointer data)
{
	struct store_tag_change *change = data;

	g_free((char *)change->id);
	g_free((char *)change->tag);
	g_free(change);
}

GPtrArray *store_tag_changes_new(void)
{
	return g_ptr_array_new_with_free_func(change_free);
}

void store_tag_changes_add(GPtrArray *changes, const char *id, const char *tag, bool add)
{
	struct store_tag_change *change = g_new0(struct store_tag_change, 1);

	change->id = g_strdup(id);
	change->tag = g_strdup(tag);
	change->add = add;
	g_ptr_array_add(changes, change);
}

static notmuch_status_t apply(
	notmuch_message_t *message, const struct store_tag_change *change, GPtrArray *done)
{
	notmuch_status_t status;

	if (has_tag(message, change->tag) == change->add)
		return NOTMUCH_STATUS_SUCCESS;
	status = change->add ? notmuch_message_add_tag(message, change->tag)
			     : notmuch_message_remove_tag(message, change->tag);
	if (status == NOTMUCH_STATUS_SUCCESS)
		store_tag_changes_add(done, change->id, change->tag, change->add);
	return status;
}

/* The `count` changes of one message, written at once; its file is renamed as `notmuch tag` would
 * do it, and as there it is no error when that fails: the file may be gone. */
static notmuch_status_t apply_to_message(const struct store *store, notmuch_message_t *message,
	const struct store_tag_change *changes, size_t count, GPtrArray *done)
{
	guint before = done->len;
	notmuch_status_t thawed, status = notmuch_message_freeze(message);

	if (status != NOTMUCH_STATUS_SUCCESS)
		return status;
	for (size_t i = 0; i < count && status == NOTMUCH_STATUS_SUCCESS; i++)
		status = apply(message, &changes[i], done);
	thawed = notmuch_message_thaw(message);
	if (thawed != NOTMUCH_STATUS_SUCCESS)
		return thawed;
	if (store->sync_flags && done->len > before)
		notmuch_message_tags_to_maildir_flags(message);
	return status;
}

static size_t count_of_same_message(const struct store_tag_change *changes, size_t count)
{
	size_t n = 1;

	while (n < count && strcmp(changes[n].id, changes[0].id) == 0)
		n++;
	return n;
}

static notmuch_status_t apply_all(const struct store *store, notmuch_database_t *writer,
	const struct store_tag_change *changes, size_t count, GPtrArray *done, unsigned *gone)
{
	for (size_t i = 0, n; i < count; i += n) {
		notmuch_message_t *message = NULL;
		notmuch_status_t status =
			notmuch_database_find_message(writer, changes[i].id, &message);

		n = count_of_same_message(&changes[i], count - i);
		*gone += status == NOTMUCH_STATUS_SUCCESS && !message;
		if (message) {
			status = apply_to_message(store, message, &changes[i], n, done);
			notmuch_message_destroy(message);
		}
		if (status != NOTMUCH_STATUS_SUCCESS)
			return status;
	}
	return NOTMUCH_STATUS_SUCCESS;
}

/* Applies and commits the changes and closes the writer; `done` is what is in the database then. */
static notmuch_status_t write_changes(const struct store *store, notmuch_database_t *writer,
	const struct store_tag_change *changes, size_t count, GPtrArray *done, unsigned *gone)
{
	notmuch_status_t status, written = notmuch_database_begin_atomic(writer);

	status = apply_all(store, writer, changes, count, done, gone);
	if (written == NOTMUCH_STATUS_SUCCESS)
		written = notmuch_database_end_atomic(writer);
	if (written == NOTMUCH_STATUS_SUCCESS)
		written = notmuch_database_close(writer);
	notmuch_database_destroy(writer);
	if (written == NOTMUCH_STATUS_SUCCESS)
		return status;
	g_ptr_array_set_size(done, 0);
	return written;
}

bool store_tag(struct store *store, const struct store_tag_change *changes, size_t count,
	unsigned timeout_ms, GPtrArray **done, GError **error)
{
	g_autoptr(GPtrArray) effective = store_tag_changes_new();
	notmuch_database_t *writer;
	notmuch_status_t status;
	unsigned gone = 0;

	if (done)
		*done = NULL;
	writer = open_writer(store, timeout_ms, error);
	if (!writer)
		return false;
	status = write_changes(store, writer, changes, count, effective, &gone);
	store_reopen(store, NULL);
	if (status != NOTMUCH_STATUS_SUCCESS)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO,
			"the tags could not be written: %s", notmuch_status_to_string(status));
	else if (gone)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"%u of the messages %s no longer in the store", gone,
			gone == 1 ? "is" : "are");
	if (done)
		*done = g_steal_pointer(&effective);
	return status == NOTMUCH_STATUS_SUCCESS && !gone;
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Changing tags: the one thing that is written, and the only moment at which the database is open
 * for writing.
 */
#include "tui/mail/store_internal.h"

#include <fcntl.h>
#include <unistd.h>

#define LOCK_POLL_US 20000

static int open_lock_file(const struct store *store)
{
	static const char *const places[] = {"xapian/flintlock", ".notmuch/xapian/flintlock"};

	for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
		g_autofree char *path = g_build_filename(store->path, places[i], NULL);
		int fd = open(path, O_RDWR | O_CLOEXEC);

		if (fd >= 0)
			return fd;
	}
	return -1;
}

/* libnotmuch waits for Xapian's lock without end, so it is asked first whether somebody holds it.
 */
static bool is_locked(const struct store *store)
{
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
	int fd = open_lock_file(store);
	bool locked;

	if (fd < 0)
		return false;
	locked = fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
	close(fd);
	return locked;
}

static bool wait_for_lock(const struct store *store, unsigned timeout_ms, GError **error)
{
	gint64 deadline = g_get_monotonic_time() + (gint64)timeout_ms * 1000;

	while (is_locked(store)) {
		if (g_get_monotonic_time() >= deadline) {
			g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED,
				"the notmuch database is locked by another program (notmuch new?): "
				"try again");
			return false;
		}
		g_usleep(LOCK_POLL_US);
	}
	return true;
}

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

static void remember(GPtrArray *done, const struct store_tag_change *change)
{
	struct store_tag_change *copy;

	if (!done)
		return;
	copy = g_new0(struct store_tag_change, 1);
	copy->id = g_strdup(change->id);
	copy->tag = g_strdup(change->tag);
	copy->add = change->add;
	g_ptr_array_add(done, copy);
}

static notmuch_status_t apply(const struct store *store, notmuch_message_t *message,
	const struct store_tag_change *change, GPtrArray *done)
{
	notmuch_status_t status;

	if (has_tag(message, change->tag) == change->add)
		return NOTMUCH_STATUS_SUCCESS;
	status = change->add ? notmuch_message_add_tag(message, change->tag)
			     : notmuch_message_remove_tag(message, change->tag);
	if (status != NOTMUCH_STATUS_SUCCESS)
		return status;
	remember(done, change);
	if (store->sync_flags)
		notmuch_message_tags_to_maildir_flags(message);
	return NOTMUCH_STATUS_SUCCESS;
}

static bool apply_all(const struct store *store, notmuch_database_t *writer,
	const struct store_tag_change *changes, size_t count, GPtrArray *done, GError **error)
{
	unsigned gone = 0;

	for (size_t i = 0; i < count; i++) {
		notmuch_message_t *message = NULL;
		notmuch_status_t status =
			notmuch_database_find_message(writer, changes[i].id, &message);

		if (status == NOTMUCH_STATUS_SUCCESS && message)
			status = apply(store, message, &changes[i], done);
		gone += status == NOTMUCH_STATUS_SUCCESS && !message;
		if (message)
			notmuch_message_destroy(message);
		if (status != NOTMUCH_STATUS_SUCCESS) {
			store_set_error(error, status, "tagging");
			return false;
		}
	}
	if (gone)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND,
			"%u of the messages are no longer in the store", gone);
	return !gone;
}

bool store_tag(struct store *store, const struct store_tag_change *changes, size_t count,
	unsigned timeout_ms, GPtrArray **done, GError **error)
{
	g_autoptr(GPtrArray) effective = g_ptr_array_new_with_free_func(change_free);
	notmuch_database_t *writer;
	bool good;

	if (!wait_for_lock(store, timeout_ms, error))
		return false;
	writer = store_database_open(store, NOTMUCH_DATABASE_MODE_READ_WRITE, error);
	if (!writer)
		return false;
	notmuch_database_begin_atomic(writer);
	good = apply_all(store, writer, changes, count, effective, error);
	notmuch_database_end_atomic(writer);
	if (notmuch_database_destroy(writer) != NOTMUCH_STATUS_SUCCESS && good) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO,
			"the notmuch database could not be written");
		good = false;
	}
	store_reopen(store, NULL);
	if (done)
		*done = g_steal_pointer(&effective);
	return good;
}

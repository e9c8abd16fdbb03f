/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/command/mails.h"

#include "rules/error.h"

#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories nested deeper are not looked into. */
#define MAX_DEPTH 32

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void visit_path(const struct mails_visitor *visitor, const char *path, unsigned depth);

static void visit_dir(const struct mails_visitor *visitor, const char *path, unsigned depth)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	GDir *dir = g_dir_open(path, 0, &error);

	if (!dir) {
		visitor->failed(visitor->user, path, error);
		return;
	}
	for (const char *name; (name = g_dir_read_name(dir));)
		if (*name != '.')
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(names, by_text);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *child = g_build_filename(path, names->pdata[i], NULL);

		visit_path(visitor, child, depth + 1);
	}
}

static void visit_path(const struct mails_visitor *visitor, const char *path, unsigned depth)
{
	struct stat status;

	/* Links inside a directory are not followed: they can lead anywhere, and around. */
	if (depth && (lstat(path, &status) != 0 || S_ISLNK(status.st_mode)))
		return;
	if (!g_file_test(path, G_FILE_TEST_IS_DIR))
		visitor->mail(visitor->user, path);
	else if (depth < MAX_DEPTH)
		visit_dir(visitor, path, depth);
}

static void visit_message(
	const struct mails_visitor *visitor, struct store *store, const char *message_id)
{
	GError *error = NULL;
	g_autofree char *path = store_message_file(store, message_id, &error);

	if (path) {
		visitor->mail(visitor->user, path);
	} else {
		g_autofree char *name = g_strconcat("id:", message_id, NULL);
		visitor->failed(visitor->user, name, error);
	}
}

static bool visit_query(const struct mails_visitor *visitor, const struct command_options *options,
	const char *query, GError **error)
{
	struct store *store = store_open(&options->store, error);
	struct store_cursor *cursor =
		store ? store_query(store, query, STORE_NEWEST_FIRST, error) : NULL;
	bool good = cursor != NULL;

	while (good && !store_cursor_at_end(cursor)) {
		g_autoptr(GPtrArray) rows = store_rows_new();

		good = store_cursor_read(cursor, 256, rows, error);
		for (guint i = 0; good && i < rows->len; i++)
			visit_message(visitor, store, ((struct store_row *)rows->pdata[i])->id);
	}
	if (cursor)
		store_cursor_free(cursor);
	store_close(store);
	return good;
}

/* A file may be gone since its name was listed; no query begins like a path. */
static bool is_path(const char *name)
{
	return g_path_is_absolute(name) || g_str_has_prefix(name, "./") ||
	       g_str_has_prefix(name, "../") || g_file_test(name, G_FILE_TEST_EXISTS);
}

static bool all_paths(int count, char **names)
{
	for (int i = 0; i < count; i++)
		if (!is_path(names[i]))
			return false;
	return true;
}

bool mails_visit(const struct command_options *options, int count, char **names,
	const struct mails_visitor *visitor, GError **error)
{
	GString *query;
	bool good;

	if (all_paths(count, names)) {
		for (int i = 0; i < count; i++)
			visit_path(visitor, names[i], 0);
		return true;
	}
	query = g_string_new(NULL);
	for (int i = 0; i < count; i++)
		g_string_append_printf(query, "%s%s", i ? " " : "", names[i]);
	good = visit_query(visitor, options, query->str, error);
	g_string_free(query, TRUE);
	return good;
}

/* ---- names that are read ---- */

struct listing {
	const struct mails_visitor *visitor;
	char end;
	bool too_long; /* the name at hand: the rest of it is passed over */
	GString *name;
};

static void refuse_name(const struct listing *listing)
{
	g_autofree char *start = g_strndup(listing->name->str, 64);

	listing->visitor->failed(listing->visitor->user, start,
		g_error_new(ESPIAL_ERROR, ESPIAL_ERROR_LIMIT, "%s…: name too long", start));
}

static void end_name(struct listing *listing)
{
	if (listing->too_long)
		refuse_name(listing);
	else if (listing->name->len)
		visit_path(listing->visitor, listing->name->str, 0);
	g_string_truncate(listing->name, 0);
	listing->too_long = false;
}

/* A NUL in a line ends the name for the system, too. */
static void take_names(struct listing *listing, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] == listing->end || bytes[i] == '\0')
			end_name(listing);
		else if (listing->name->len < PATH_MAX)
			g_string_append_c(listing->name, bytes[i]);
		else
			listing->too_long = true;
	}
}

bool mails_visit_listed(int fd, char end, const struct mails_visitor *visitor, GError **error)
{
	g_autoptr(GString) name = g_string_new(NULL);
	struct listing listing = {visitor, end, false, name};
	char bytes[8192];
	ssize_t count;

	for (;;) {
		if (visitor->wait)
			visitor->wait(visitor->user, fd);
		count = read(fd, bytes, sizeof bytes);
		if (count > 0)
			take_names(&listing, bytes, (size_t)count);
		else if (count == 0 || errno != EINTR)
			break;
	}
	if (count == 0)
		end_name(&listing);
	else
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "the list of names: %s",
			g_strerror(errno));
	return count == 0;
}

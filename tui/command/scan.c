/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial scan: every link of messages, one JSON record a line (docs/scan-format.md).
 */
#include "tui/command/command.h"
#include "tui/command/record.h"
#include "tui/mail/message.h"

#include <stdio.h>
#include <sys/stat.h>

/* Directories nested deeper are not looked into. */
#define SCAN_MAX_DEPTH 32

struct scan {
	struct matcher *matcher;
	bool failed; /* some file could not be read */
};

static void print_link(const struct message *message, const struct verdict *verdict)
{
	const GPtrArray *parts = message_parts(message);
	const struct link *link = verdict->link;
	bool in_header = link->kind == LINK_HEADER || link->part >= parts->len;
	json_t *record = json_object();

	json_object_set_new(record, "file", record_text(message_path(message)));
	json_object_set_new(record, "message_id", record_text(message_id(message)));
	json_object_set_new(record, "part",
		in_header ? json_string("header")
			  : record_text(
				    ((const struct message_part *)parts->pdata[link->part])->type));
	json_object_set_new(record, "kind", json_string(link_kind_name(link->kind)));
	json_object_set_new(record, "text", record_text(link->text));
	json_object_set_new(record, "url", record_text(url_href(link->url)));
	record_set_chain(record, verdict->chain, verdict->signals);
	record_print(record);
}

static void print_failure(struct scan *scan, const char *file, GError *error)
{
	json_t *record = json_object();

	json_object_set_new(record, "file", record_text(file));
	json_object_set_new(record, "error", record_text(error->message));
	record_print(record);
	g_error_free(error);
	scan->failed = true;
}

static void scan_file(struct scan *scan, const char *path)
{
	GError *error = NULL;
	struct message *message = message_read(path, &error);

	if (!message) {
		print_failure(scan, path, error);
		return;
	}
	g_autoptr(GPtrArray) verdicts = verdict_of_links(message_links(message), scan->matcher);
	for (guint i = 0; i < verdicts->len; i++)
		print_link(message, verdicts->pdata[i]);
	g_clear_pointer(&verdicts, g_ptr_array_unref);
	message_free(message);
}

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void scan_path(struct scan *scan, const char *path, unsigned depth);

static void scan_dir(struct scan *scan, const char *path, unsigned depth)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GError *error = NULL;
	GDir *dir = g_dir_open(path, 0, &error);

	if (!dir) {
		print_failure(scan, path, error);
		return;
	}
	for (const char *name; (name = g_dir_read_name(dir));)
		if (*name != '.')
			g_ptr_array_add(names, g_strdup(name));
	g_dir_close(dir);
	g_ptr_array_sort(names, by_text);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *child = g_build_filename(path, names->pdata[i], NULL);

		scan_path(scan, child, depth + 1);
	}
}

static void scan_path(struct scan *scan, const char *path, unsigned depth)
{
	struct stat status;

	/* Links inside a directory are not followed: they can lead anywhere, and around. */
	if (depth && (lstat(path, &status) != 0 || S_ISLNK(status.st_mode)))
		return;
	if (!g_file_test(path, G_FILE_TEST_IS_DIR))
		scan_file(scan, path);
	else if (depth < SCAN_MAX_DEPTH)
		scan_dir(scan, path, depth);
}

static bool scan_query(
	struct scan *scan, const struct command_options *options, const char *query, GError **error)
{
	struct store *store = store_open(&options->store, error);
	struct store_cursor *cursor =
		store ? store_query(store, query, STORE_NEWEST_FIRST, error) : NULL;
	bool good = cursor != NULL;

	while (good && !store_cursor_at_end(cursor)) {
		g_autoptr(GPtrArray) rows = store_rows_new();

		good = store_cursor_read(cursor, 256, rows, error);
		for (guint i = 0; good && i < rows->len; i++) {
			const char *id = ((struct store_row *)rows->pdata[i])->id;
			GError *failed = NULL;
			g_autofree char *path = store_message_file(store, id, &failed);

			if (path)
				scan_file(scan, path);
			else
				print_failure(scan, id, failed);
		}
	}
	if (cursor)
		store_cursor_free(cursor);
	store_close(store);
	return good;
}

/* A name that is there is a file; all else is a query. */
static bool all_files(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!g_file_test(argv[i], G_FILE_TEST_EXISTS))
			return false;
	return true;
}

static int run(const struct command_options *options, int argc, char **argv)
{
	struct scan scan = {0};
	GError *error = NULL;

	if (argc < 2)
		return command_usage(&command_scan);
	scan.matcher = command_matcher(options);
	if (!scan.matcher)
		return COMMAND_FAILED;
	message_library_init();
	if (all_files(argc, argv)) {
		for (int i = 1; i < argc; i++)
			scan_path(&scan, argv[i], 0);
	} else {
		g_autofree char *query = g_strjoinv(" ", argv + 1);

		scan_query(&scan, options, query, &error);
	}
	matcher_unref(scan.matcher);
	if (error)
		return command_error(error);
	return fflush(stdout) == 0 && !scan.failed ? COMMAND_OK : COMMAND_NO;
}

const struct command command_scan = {
	"scan", "QUERY | FILE… | DIR…", "print every link of messages as JSON, one a line", run};

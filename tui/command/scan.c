/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * espial scan: every link of messages, one JSON record a line (docs/scan-format.md).
 */
#include "tui/command/mails.h"
#include "tui/command/record.h"
#include "tui/mail/message.h"

#include <stdio.h>

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

static void print_failure(void *user, const char *file, GError *error)
{
	struct scan *scan = user;
	json_t *record = json_object();

	json_object_set_new(record, "file", record_text(file));
	json_object_set_new(record, "error", record_text(error->message));
	record_print(record);
	g_error_free(error);
	scan->failed = true;
}

static void scan_file(void *user, const char *path)
{
	struct scan *scan = user;
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

static int run(const struct command_options *options, int argc, char **argv)
{
	struct scan scan = {0};
	struct mails_visitor visitor = {scan_file, print_failure, &scan};
	GError *error = NULL;

	if (argc < 2)
		return command_usage(&command_scan);
	scan.matcher = command_matcher(options);
	if (!scan.matcher)
		return COMMAND_FAILED;
	message_library_init();
	mails_visit(options, argc - 1, argv + 1, &visitor, &error);
	matcher_unref(scan.matcher);
	if (error)
		return command_error(error);
	return fflush(stdout) == 0 && !scan.failed ? COMMAND_OK : COMMAND_NO;
}

const struct command command_scan = {
	"scan", "QUERY | FILE… | DIR…", "print every link of messages as JSON, one a line", run};

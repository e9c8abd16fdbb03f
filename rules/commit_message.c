/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/commit_message.h"

#include "rules/repo.h"

#include <string.h>

#define SUBJECT_MAX 72
#define BODY_WIDTH 72
#define REASON_MAX 2000
#define EVIDENCE_MAX 8

static void put_subject(GString *text, const struct commit_message *message)
{
	const char *slash = strchr(message->rule, '/');
	const char *what = message->summary && *message->summary ? message->summary
			   : slash                               ? slash + 1
								 : message->rule;
	g_autofree char *whole =
		g_strdup_printf("%s: %s %s", message->esp, message->added ? "add" : "change", what);
	g_autofree char *line = repo_message_line(whole, SUBJECT_MAX);

	g_string_append_printf(text, "%s\n", line);
}

/* Wrapped words. A line that could be read as a trailer (`Word: …`) cannot come about: it would end
 * the body's last paragraph, which is ours. */
static void put_reason(GString *text, const char *reason)
{
	g_autofree char *line = repo_message_line(reason, REASON_MAX);
	g_auto(GStrv) words = g_strsplit(line, " ", -1);
	size_t column = 0;

	if (!*line)
		return;
	g_string_append_c(text, '\n');
	for (guint i = 0; words[i]; i++) {
		size_t width = (size_t)g_utf8_strlen(words[i], -1);

		if (column && column + 1 + width > BODY_WIDTH) {
			g_string_append_c(text, '\n');
			column = 0;
		}
		g_string_append_printf(text, "%s%s", column ? " " : "", words[i]);
		column += width + (column ? 1 : 0);
	}
	g_string_append_c(text, '\n');
}

static void put_count(GString *text, unsigned count, const char *one, const char *before)
{
	g_string_append_printf(text, "%s%u %s%s", before, count, one, count == 1 ? "" : "s");
}

char *commit_message_text(const struct commit_message *message)
{
	GString *text = g_string_new(NULL);

	put_subject(text, message);
	if (message->reason)
		put_reason(text, message->reason);
	if (message->messages || message->links) {
		put_count(text, message->messages, "message", "\nMatched ");
		put_count(text, message->links, "link", ", ");
		if (message->landings)
			put_count(text, message->landings, "landing domain", ", ");
		g_string_append(text, " when it was made.\n");
	}
	g_string_append_printf(text, "\nRule: %s\nESP: %s\n", message->rule, message->esp);
	for (guint i = 0; message->evidence && i < MIN(message->evidence->len, EVIDENCE_MAX); i++) {
		g_autofree char *id = repo_message_line(message->evidence->pdata[i], 250);

		g_string_append_printf(text, "Evidence: id:%s\n", id);
	}
	return g_string_free(text, FALSE);
}

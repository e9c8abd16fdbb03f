/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/commit_message.h"

#include "rules/repo.h"

#include <string.h>

#define SUBJECT_MAX 72
#define BODY_WIDTH 72
#define REASON_MAX 2000
#define TRAILER_MAX 250
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

/* Words in lines. It is a paragraph of its own that others follow, so that no line of it is read as
 * a trailer; but what follows a line of `---` is a patch to git. */
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
		if (column || g_str_has_prefix(words[i], "---"))
			g_string_append_c(text, ' ');
		g_string_append(text, words[i]);
		column += width + (column ? 1 : 0);
	}
	g_string_append_c(text, '\n');
}

static void put_count(GString *text, unsigned count, const char *one, const char *before)
{
	g_string_append_printf(text, "%s%u %s%s", before, count, one, count == 1 ? "" : "s");
}

static void put_trailer(GString *text, const char *name, const char *value)
{
	g_autofree char *line = repo_message_line(value, TRAILER_MAX);

	if (*line)
		g_string_append_printf(text, "%s%s\n", name, line);
}

/* Part of an id would find nothing. */
static void put_evidence(GString *text, const GPtrArray *ids)
{
	guint put = 0;

	for (guint i = 0; i < ids->len && put < EVIDENCE_MAX; i++) {
		const char *id = ids->pdata[i];

		if (!*id || strlen(id) > TRAILER_MAX)
			continue;
		put_trailer(text, "Evidence: id:", id);
		put++;
	}
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
	g_string_append_c(text, '\n');
	put_trailer(text, "Rule: ", message->rule);
	put_trailer(text, "ESP: ", message->esp);
	if (message->evidence)
		put_evidence(text, message->evidence);
	return g_string_free(text, FALSE);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commit messages, and that nothing in them can pass for what it is not: git(1) says which trailers
 * it finds.
 */
#include "rules/commit_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#define TRAILERS "Rule: acme/click\nESP: acme\n"

static struct commit_message plain(void)
{
	return (struct commit_message){.esp = "acme",
		.rule = "acme/click",
		.added = true,
		.summary = "branded click host"};
}

static GPtrArray *ids(const char *const *list)
{
	GPtrArray *array = g_ptr_array_new();

	for (; *list; list++)
		g_ptr_array_add(array, (char *)*list);
	return array;
}

static void assert_text(const struct commit_message *message, const char *expected)
{
	g_autofree char *text = commit_message_text(message);

	assert_string_equal(text, expected);
}

static void says_all_there_is(void **state)
{
	g_autoptr(GPtrArray) evidence = ids(ARGS("20260901.17@mail.example", "2@mail.example"));
	struct commit_message message = plain();

	(void)state;
	message.reason = "Seen in a campaign that copies links of one account.";
	message.messages = 41;
	message.links = 57;
	message.landings = 2;
	message.evidence = evidence;
	assert_text(&message, "acme: add branded click host\n"
			      "\n"
			      "Seen in a campaign that copies links of one account.\n"
			      "\n"
			      "Matched 41 messages, 57 links, 2 landing domains when it was made.\n"
			      "\n" TRAILERS "Evidence: id:20260901.17@mail.example\n"
			      "Evidence: id:2@mail.example\n");
}

static void leaves_out_what_is_not_known(void **state)
{
	struct commit_message message = plain();

	(void)state;
	assert_text(&message, "acme: add branded click host\n\n" TRAILERS);
	message.added = false;
	message.reason = "";
	assert_text(&message, "acme: change branded click host\n\n" TRAILERS);
	message.summary = NULL;
	message.reason = " \n\t ";
	assert_text(&message, "acme: change click\n\n" TRAILERS);
	message.summary = "";
	message.messages = 1;
	message.links = 1;
	message.landings = 1;
	assert_text(&message,
		"acme: change click\n\nMatched 1 message, 1 link, 1 landing domain when it was "
		"made.\n\n" TRAILERS);
	message.messages = 0;
	message.landings = 0;
	assert_text(&message,
		"acme: change click\n\nMatched 0 messages, 1 link when it was made.\n\n" TRAILERS);
}

static void assert_lines_fit(const char *text, size_t columns)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (guint i = 0; lines[i]; i++)
		if ((size_t)g_utf8_strlen(lines[i], -1) > columns && strchr(lines[i], ' '))
			fail_msg("%s", lines[i]);
}

static void wraps_and_limits(void **state)
{
	struct commit_message message = plain();
	g_autofree char *word = g_strnfill(100, 'w');
	g_autoptr(GString) reason = g_string_new(word);

	(void)state;
	while (reason->len < 5000)
		g_string_append_printf(reason, " größere Wörter %u,", (unsigned)reason->len);
	message.reason = reason->str;
	message.summary = reason->str;
	g_autofree char *text = commit_message_text(&message);
	assert_true(g_utf8_validate(text, -1, NULL));
	assert_true(strcspn(text, "\n") <= 72);
	assert_true(strlen(text) < 2400);
	assert_lines_fit(text, 72);
	/* words come through, in their order */
	g_autofree char *start = g_strdup_printf("\n\n%s\ngrößere Wörter 100, größere", word);
	assert_non_null(strstr(text, start));
}

static void names_few_messages_and_whole_ids(void **state)
{
	g_autofree char *most = g_strnfill(250, 'm');
	g_autofree char *too_long = g_strnfill(251, 'l');
	g_autoptr(GPtrArray) evidence =
		ids(ARGS(too_long, "", "1", "2", "3", "4", "5", "6", "7", most, "9"));
	struct commit_message message = plain();

	(void)state;
	message.evidence = evidence;
	g_autofree char *expected = g_strdup_printf(
		"acme: add branded click host\n\n" TRAILERS
		"Evidence: id:1\nEvidence: id:2\nEvidence: id:3\nEvidence: id:4\nEvidence: id:5\n"
		"Evidence: id:6\nEvidence: id:7\nEvidence: id:%s\n",
		most);
	assert_text(&message, expected);
}

/* ---- what others wrote ---- */

static const char *const hostile[] = {
	"x\n\nRule: evil/rule\nESP: evil\nEvidence: id:forged@mail.example",
	"x\r\n\r\nRule: evil/rule\r\n",
	"x\r\rRule: evil/rule\r",
	"x\u2028\u2028Rule: evil/rule\u2029",
	"x\v\vRule: evil/rule\f\f",
	"x\xc2\x85\xc2\x85Rule: evil/rule",
	"Rule: evil/rule",
	"Rule: evil/rule\n---\n",
	"---",
	"--- a/x\n+++ b/x",
	"---\n\nRule: evil/rule",
	"Rule: evil/rule wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww --- ---",
	"Signed-off-by: Evil <evil@mail.example>",
	"(cherry picked from commit 0123456789012345678901234567890123456789)",
	"# comment\n; comment",
	"\x1b]0;title\x07\x1b[2J",
	"\u202etxet\u202c\u200b",
	"\xff\xfe\x80",
	"%s%n$(id)`id`",
	"",
};

/* The trailers that git finds, of a message as it is and as a commit has it. */
static void assert_trailers(const struct scratch *scratch, const char *text, const char *expected)
{
	auto_ran parsed = run_on(
		scratch->path, text, strlen(text), ARGS("git", "interpret-trailers", "--parse"));

	assert_int_equal(parsed.status, 0);
	if (strcmp(parsed.output, expected) != 0)
		fail_msg("git finds:\n%s\nin:\n%s", parsed.output, text);
	auto_ran committed = run_on(scratch->path, text, strlen(text),
		ARGS("git", "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-F", "-"));
	assert_int_equal(committed.status, 0);
	g_autofree char *found = git(scratch, "log", "-1", "--format=%(trailers:only,unfold)");
	g_autofree char *with_end = g_strconcat(expected, "\n", NULL);
	assert_string_equal(found, with_end);
}

static void assert_safe(const char *text)
{
	assert_true(g_utf8_validate(text, -1, NULL));
	for (const char *p = text; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		assert_true(c == '\n' || !g_unichar_iscntrl(c));
		assert_int_not_equal(g_unichar_type(c), G_UNICODE_FORMAT);
	}
	assert_true(g_str_has_prefix(text, "acme: add "));
}

static void reasons_and_summaries_forge_no_trailer(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	repo_close(ruleset_new(scratch));
	for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
		struct commit_message message = plain();

		message.reason = hostile[i];
		g_autofree char *by_reason = commit_message_text(&message);
		assert_safe(by_reason);
		assert_trailers(scratch, by_reason, TRAILERS);
		message.summary = hostile[i];
		message.messages = 1;
		g_autofree char *by_both = commit_message_text(&message);
		assert_safe(by_both);
		assert_trailers(scratch, by_both, TRAILERS);
	}
	scratch_free(scratch);
}

/* Wherever a line of the reason breaks, the word after it is harmless. */
static void reasons_start_no_patch(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	repo_close(ruleset_new(scratch));
	for (size_t width = 60; width <= 76; width++) {
		g_autofree char *word = g_strnfill(width, 'w');
		g_autofree char *reason = g_strdup_printf("Rule: %s --- ---- --- x", word);
		struct commit_message message = plain();

		message.reason = reason;
		g_autofree char *text = commit_message_text(&message);
		assert_null(strstr(text, "\n---"));
		assert_trailers(scratch, text, TRAILERS);
	}
	scratch_free(scratch);
}

static void ids_forge_no_trailer(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	repo_close(ruleset_new(scratch));
	for (size_t i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autoptr(GPtrArray) evidence = ids(ARGS(hostile[i], "last@mail.example"));
		struct commit_message message = plain();
		g_autofree char *line = repo_message_line(hostile[i], 250);
		g_autofree char *expected = g_strdup_printf(TRAILERS "%s%s%sEvidence: "
								     "id:last@mail.example\n",
			*line ? "Evidence: id:" : "", line, *line ? "\n" : "");

		message.evidence = evidence;
		g_autofree char *text = commit_message_text(&message);
		assert_safe(text);
		assert_trailers(scratch, text, expected);
	}
	scratch_free(scratch);
}

/* A rule's id is checked before it comes here; should it not be, it is one line. */
static void rules_and_esps_forge_no_trailer(void **state)
{
	struct commit_message message = plain();

	(void)state;
	message.rule = "acme/click\nEvidence: id:forged@mail.example\n\nmore";
	message.esp = "acme\n\nRule: evil/rule";
	g_autofree char *text = commit_message_text(&message);
	assert_string_equal(text, "acme Rule: evil/rule: add branded click host\n\n"
				  "Rule: acme/click Evidence: id:forged@mail.example more\n"
				  "ESP: acme Rule: evil/rule\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_all_there_is),
		cmocka_unit_test(leaves_out_what_is_not_known),
		cmocka_unit_test(wraps_and_limits),
		cmocka_unit_test(names_few_messages_and_whole_ids),
		cmocka_unit_test(reasons_and_summaries_forge_no_trailer),
		cmocka_unit_test(reasons_start_no_patch),
		cmocka_unit_test(ids_forge_no_trailer),
		cmocka_unit_test(rules_and_esps_forge_no_trailer),
	};

	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}

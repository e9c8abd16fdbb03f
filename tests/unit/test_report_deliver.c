/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports leave the house: files, the mail system, and what colleagues see of it in the ruleset.
 */
#include "rules/error.h"
#include "tests/unit/reporting.h"
#include "tui/index/days.h"
#include "tui/report/deliver.h"
#include "tui/report/record.h"

#include <sys/stat.h>

#define MAIL "From: a@b.example\nTo: c@d.example\n\nhello\n.\nmore\n"

/* ---- files ---- */

static void writes_files_that_are_new(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autofree char *path = g_build_filename(scratch->dir, "report.eml", NULL);
	g_autofree char *nowhere = g_build_filename(scratch->dir, "none/report.eml", NULL);
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;
	struct stat status;

	(void)state;
	assert_true(deliver_file(path, MAIL, &error));
	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, MAIL);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);

	assert_false(deliver_file(path, "other", &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT));
	g_clear_error(&error);
	assert_false(deliver_file(nowhere, "other", &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_IO));
	assert_non_null(strstr(error->message, nowhere));
	scratch_free(scratch);
}

/* ---- the mail system ---- */

/* A program that writes its arguments and its input into the scratch directory. */
static char *mailer(const struct scratch *scratch, const char *end)
{
	char *path = g_build_filename(scratch->dir, "mailer", NULL);
	g_autofree char *script =
		g_strdup_printf("#!/bin/sh\nfor arg; do echo \"<$arg>\"; done >'%s/"
				"args'\ncat >'%s/input'\n%s\n",
			scratch->dir, scratch->dir, end);

	write_file(path, script);
	assert_int_equal(g_chmod(path, 0700), 0);
	return path;
}

static void assert_holds(const struct scratch *scratch, const char *name, const char *expected)
{
	g_autofree char *path = g_build_filename(scratch->dir, name, NULL);
	g_autofree char *text = NULL;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	assert_string_equal(text, expected);
}

static void hands_mail_to_a_program(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autofree char *program = mailer(scratch, "");
	g_autofree char *command =
		g_strdup_printf("%s -oi -t 'a b' \"$(touch %s/shell)\" ; touch %s/shell", program,
			scratch->dir, scratch->dir);
	g_autofree char *trace = g_build_filename(scratch->dir, "shell", NULL);
	g_autofree char *args =
		g_strdup_printf("<-oi>\n<-t>\n<a b>\n<$(touch %s/shell)>\n<;>\n<touch>\n<%s>\n",
			scratch->dir, trace);
	g_autoptr(GError) error = NULL;

	(void)state;
	if (!deliver_mail(command, MAIL, 30, &error))
		fail_msg("%s", error->message);
	assert_holds(scratch, "input", MAIL);
	/* the words are arguments: no shell ran */
	assert_holds(scratch, "args", args);
	assert_false(g_file_test(trace, G_FILE_TEST_EXISTS));
	scratch_free(scratch);
}

static void tells_what_the_program_said(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autofree char *program = mailer(scratch, "echo 'no such \001 user' >&2\nexit 67");
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_false(deliver_mail(program, MAIL, 30, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_IO));
	assert_non_null(strstr(error->message, "exit status 67: no such"));
	scratch_free(scratch);
}

static void fails_where_there_is_no_program(void **state)
{
	static const char *const commands[] = {"/nonexistent/sendmail -t", "'unbalanced", ""};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
		g_autoptr(GError) error = NULL;

		assert_false(deliver_mail(commands[i], MAIL, 30, &error));
		assert_int_equal(error->domain, ESPIAL_ERROR);
		assert_non_null(strstr(error->message, "espial.sendmail"));
	}
}

/* One that hangs is ended; one that reads nothing is no harm. */
static void ends_a_program_that_hangs(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *long_mail = g_strnfill(1 << 20, 'x');
	gint64 start = g_get_monotonic_time();

	(void)state;
	assert_false(deliver_mail("sleep 600", MAIL, 1, &error));
	assert_non_null(strstr(error->message, "took too long"));
	assert_true(g_get_monotonic_time() - start < 60 * G_USEC_PER_SEC);
	assert_true(deliver_mail("true", long_mail, 30, NULL));
}

/* ---- the record ---- */

static struct fixture *one_mail(void)
{
	struct fixture *fixture = fixture_new("");
	g_autofree char *url = click(17, "spring", "r0001");

	put_mail(fixture, 1, SENDER_OFF, "", url);
	fixture_open(fixture);
	return fixture;
}

static char *git_says(const struct fixture *fixture, const char *what)
{
	g_autofree char *format = g_strdup_printf("--format=%s", what);

	return run("git", "-C", fixture->ruleset, "log", "-1", format, NULL);
}

static void remembers_in_the_ruleset(void **state)
{
	struct fixture *fixture = one_mail();
	struct report *report = must_report(fixture, NULL);
	g_autofree char *file =
		g_build_filename(fixture->ruleset, "reports/acme/2026-11-24-1.yaml", NULL);
	g_autofree char *yaml = NULL;
	g_autoptr(GError) error = NULL;
	guint32 today;

	(void)state;
	assert_int_equal(report_notified(fixture->ruleset, "acme"), 0);
	if (!record_report(fixture->repo, report, RECORD_SENT, &error))
		fail_msg("%s", error->message);
	g_autofree char *subject = git_says(fixture, "%s");
	g_autofree char *trailers = git_says(fixture, "%(trailers:only)");
	g_autofree char *expected = g_strdup_printf("ESP: acme\nReport: %s\n\n", report->id);
	assert_string_equal(subject, "acme: report account 17 (1 message)\n");
	assert_string_equal(trailers, expected);
	assert_true(g_file_get_contents(file, &yaml, NULL, NULL));
	assert_true(
		g_str_has_prefix(yaml, "esp: acme\naccounts:\n  - '17'\ncampaigns:\n  - spring\n"
				       "landings:\n  - landing.example\nfirst: '2026-11-23'\n"
				       "last: '2026-11-23'\nmessages: 1\n"));
	assert_non_null(strstr(yaml, "to: abuse@acme.example\nsent: '2026-11-24T12:00:00Z'\n"
				     "by: Test Analyst\n"));

	/* another one the same day */
	assert_true(record_report(fixture->repo, report, RECORD_WRITTEN, &error));
	g_autofree char *names = run("git", "-C", fixture->ruleset, "ls-files", "reports", NULL);
	assert_string_equal(
		names, "reports/acme/2026-11-24-1.yaml\nreports/acme/2026-11-24-2.yaml\n");
	g_autofree char *status = run("git", "-C", fixture->ruleset, "status", "--porcelain", NULL);
	assert_string_equal(status, "");

	assert_true(days_parse("2026-11-24", &today));
	assert_int_equal(report_notified(fixture->ruleset, "acme"), today);
	g_autoptr(GHashTable) all = report_notified_all(fixture->ruleset);
	assert_int_equal(g_hash_table_size(all), 1);
	assert_int_equal(GPOINTER_TO_UINT(g_hash_table_lookup(all, "acme")), today);
	report_unref(report);
	fixture_free(fixture);
}

/* Rules stay what they are. */
static void leaves_the_rules_alone(void **state)
{
	struct fixture *fixture = one_mail();
	struct report *report = must_report(fixture, NULL);
	struct problems *problems = problems_new();

	(void)state;
	assert_true(record_report(fixture->repo, report, RECORD_SENT, NULL));
	struct ruleset *ruleset = ruleset_load(fixture->ruleset, problems, NULL);
	assert_int_equal(problems_count(problems), 0);
	assert_int_equal(ruleset_rules(ruleset)->len, 2);
	assert_int_equal(ruleset_esps(ruleset)->len, 1);
	ruleset_unref(ruleset);
	problems_free(problems);
	report_unref(report);
	fixture_free(fixture);
}

static void knows_the_last_of_several_days(void **state)
{
	static const char *const names[] = {"2026-09-30-12.yaml", "2026-10-01-1.yaml",
		"2026-13-01-1.yaml", "2027-01-01.yaml", "2027-01-01-1.txt", "README.md"};
	struct scratch *scratch = scratch_new("");
	guint32 day;

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path =
			g_build_filename(scratch->dir, "reports/acme", names[i], NULL);

		write_file(path, "esp: acme\n");
	}
	assert_true(days_parse("2026-10-01", &day));
	assert_int_equal(report_notified(scratch->dir, "acme"), day);
	assert_int_equal(report_notified(scratch->dir, "other"), 0);
	assert_int_equal(report_notified(scratch->dir, "../reports/acme"), 0);
	scratch_free(scratch);
}

/* Foreign work that stands in the way stays. */
static void stops_where_git_is_busy(void **state)
{
	struct fixture *fixture = one_mail();
	struct report *report = must_report(fixture, NULL);
	g_autofree char *merge = g_build_filename(fixture->ruleset, ".git/MERGE_HEAD", NULL);
	g_autofree char *before = git_says(fixture, "%H");
	g_autofree char *head = g_strdup_printf("%.40s\n", before);
	g_autoptr(GError) error = NULL;

	(void)state;
	write_file(merge, head);
	assert_false(record_report(fixture->repo, report, RECORD_SENT, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE));
	g_autofree char *after = git_says(fixture, "%H");
	assert_string_equal(after, before);
	assert_int_equal(report_notified(fixture->ruleset, "acme"), 0);
	report_unref(report);
	fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_files_that_are_new),
		cmocka_unit_test(hands_mail_to_a_program),
		cmocka_unit_test(tells_what_the_program_said),
		cmocka_unit_test(fails_where_there_is_no_program),
		cmocka_unit_test(ends_a_program_that_hangs),
		cmocka_unit_test(remembers_in_the_ruleset),
		cmocka_unit_test(leaves_the_rules_alone),
		cmocka_unit_test(knows_the_last_of_several_days),
		cmocka_unit_test(stops_where_git_is_busy),
	};

	message_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The store against real databases, made by notmuch(1) in scratch directories. What notmuch(1)
 * prints for a query is what the cursor must list.
 */
#include "tui/mail/store.h"

#include "tests/unit/scratch.h"

#include <notmuch.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#define MAIL_COUNT 300
#define YEAR ((gint64)31556952)

/* Mails over thirty years, denser of late, some within one second, some with odd dates. */
static void write_many(const struct scratch *scratch)
{
	gint64 now = time(NULL);

	for (int i = 0; i < MAIL_COUNT; i++) {
		g_autofree char *id = g_strdup_printf("m%03d", i);
		gint64 age = i * i * (30 * YEAR / (MAIL_COUNT * MAIL_COUNT));

		write_mail_at(scratch->mail, id, now - (i % 10 == 3 ? 40 * 24 * 3600 : age));
	}
	write_mail_at(scratch->mail, "epoch", 0);
	write_mail_at(scratch->mail, "second", 1);
	write_mail_at(scratch->mail, "future", now + 50 * YEAR);
	write_mail_at(scratch->mail, "tomorrow", now + 86400);
	write_mail(scratch->mail, "inbox", "undated", NULL);
	write_mail(scratch->mail, "inbox", "nonsense", "once upon a time");
	write_mail(scratch->mail, "inbox", "old", "Mon, 01 Jan 1962 00:00:00 +0000");
	/* the limits of windows, to the second */
	for (int i = 0; i < 15; i++) {
		g_autofree char *at = g_strdup_printf("border%d", i);
		g_autofree char *after = g_strdup_printf("inside%d", i);

		write_mail_at(scratch->mail, at, now - (gint64)86400 * (1 << i));
		write_mail_at(scratch->mail, after, now - (gint64)86400 * (1 << i) - 1);
	}
}

static struct store *open_store(void)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(&(struct store_options){0}, &error);

	if (!store)
		fail_msg("%s", error->message);
	return store;
}

/* ---- lists ---- */

static GPtrArray *read_all(struct store_cursor *cursor, unsigned step)
{
	GPtrArray *rows = store_rows_new();
	g_autoptr(GError) error = NULL;

	for (int i = 0; !store_cursor_at_end(cursor); i++) {
		guint before = rows->len;

		assert_true(i < 5000);
		if (!store_cursor_read(cursor, step, rows, &error))
			fail_msg("%s", error->message);
		assert_true(rows->len - before <= step);
		assert_true(rows->len - before == step || store_cursor_at_end(cursor));
	}
	return rows;
}

static struct store_cursor *query(struct store *store, const char *text, enum store_sort sort)
{
	g_autoptr(GError) error = NULL;
	struct store_cursor *cursor = store_query(store, text, sort, &error);

	if (!cursor)
		fail_msg("%s: %s", text, error->message);
	return cursor;
}

static char *ids_of(const GPtrArray *rows)
{
	GString *ids = g_string_new(NULL);

	for (guint i = 0; i < rows->len; i++)
		g_string_append_printf(
			ids, "id:%s\n", ((const struct store_row *)rows->pdata[i])->id);
	return g_string_free(ids, FALSE);
}

static void assert_lists_as_notmuch(
	struct store *store, const char *text, enum store_sort sort, unsigned step)
{
	struct store_cursor *cursor = query(store, text, sort);
	g_autoptr(GPtrArray) rows = read_all(cursor, step);
	g_autofree char *found = ids_of(rows);
	g_autofree char *expected = run("notmuch", "search", "--output=messages",
		sort == STORE_NEWEST_FIRST ? "--sort=newest-first" : "--sort=oldest-first", "--",
		*text ? text : "*", NULL);
	g_autoptr(GError) error = NULL;

	if (strcmp(found, expected) != 0)
		fail_msg("%s, by %u:\n%s\nbut notmuch:\n%s", text, step, found, expected);
	if (store_count(store, text, &error) != rows->len)
		fail_msg("%s: %d counted, %u listed", text, (int)store_count(store, text, NULL),
			rows->len);
	store_cursor_free(cursor);
}

static void lists_what_notmuch_lists(void **state)
{
	static const char *const queries[] = {"*", "", "subject:offer", "tag:new",
		"not tag:nothing", "from:m001 or from:m299 or from:m250", "(from:m001)",
		"from:m001) or (from:m002", "((from:m001", "\"Offer m017", "from:/m0.*/",
		"from:\"/m(01|02)/\"", "date:..2010", "date:@0..@2", "tag:none", "from:m00*",
		"id:undated@example.com", "thread:{from:m002}", "not from:m003", "subject:\")\"",
		"tag:deleted", "tag:spam", "query:olds"};
	struct scratch *scratch =
		scratch_new("[search]\nexclude_tags=deleted;junk\n[query]\nolds=date:..2005\n");
	struct store *store;

	(void)state;
	write_many(scratch);
	index_mail();
	quiet(run("notmuch", "tag", "+deleted", "--", "from:m0*", NULL));
	quiet(run("notmuch", "tag", "+junk", "+spam", "--", "from:m005", "or", "from:m200", NULL));
	store = open_store();
	for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
		assert_lists_as_notmuch(store, queries[i], STORE_NEWEST_FIRST, 50);
		assert_lists_as_notmuch(store, queries[i], STORE_OLDEST_FIRST, 50);
	}
	assert_lists_as_notmuch(store, "*", STORE_NEWEST_FIRST, 1);
	assert_lists_as_notmuch(store, "*", STORE_OLDEST_FIRST, 7);
	assert_lists_as_notmuch(store, "*", STORE_NEWEST_FIRST, G_MAXUINT);
	store_close(store);
	scratch_free(scratch);
}

static void rows_say_what_the_message_says(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autoptr(GError) error = NULL;
	struct store_row *row;
	struct store *store;

	(void)state;
	write_mail_at(scratch->mail, "one", 1790000000);
	index_mail();
	quiet(run("notmuch", "tag", "+zebra", "+a tag", "--", "*", NULL));
	store = open_store();
	row = store_find(store, "one@example.com", &error);
	assert_non_null(row);
	assert_string_equal(row->id, "one@example.com");
	assert_int_equal(strlen(row->thread), 16);
	assert_int_equal(row->date, 1790000000);
	assert_string_equal(row->from, "Sender one <one@example.com>");
	assert_string_equal(row->subject, "Offer one");
	assert_string_equal(row->tags[0], "a tag");
	assert_string_equal(row->tags[1], "new");
	assert_string_equal(row->tags[3], "zebra");
	assert_null(row->tags[4]);
	store_row_free(row);
	assert_null(store_find(store, "two@example.com", &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND));
	store_close(store);
	scratch_free(scratch);
}

static void refuses_bad_queries(void **state)
{
	static const char *const queries[] = {
		"date:neverday..", "or or", "tag:new and", "from:/[/"};
	struct scratch *scratch = scratch_new("");
	struct store *store;

	(void)state;
	write_mail_at(scratch->mail, "one", 1790000000);
	index_mail();
	store = open_store();
	for (size_t i = 0; i < G_N_ELEMENTS(queries); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(GError) counting = NULL;

		assert_null(store_query(store, queries[i], STORE_NEWEST_FIRST, &error));
		if (!g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID))
			fail_msg("%s: %s", queries[i], error->message);
		assert_null(strchr(error->message, '\n'));
		assert_null(strstr(error->message, "date:@"));
		assert_int_equal(store_count(store, queries[i], &counting), -1);
		assert_true(g_error_matches(counting, ESPIAL_ERROR, ESPIAL_ERROR_INVALID));
	}
	store_close(store);
	scratch_free(scratch);
}

/* ---- while others write ---- */

static void others_write(const struct scratch *scratch)
{
	g_autofree char *gone = g_build_filename(scratch->mail, "inbox/cur/m150:2,", NULL);

	/* Xapian keeps one old revision: readers fail from the second commit on. */
	quiet(run("notmuch", "tag", "+seen", "--", "from:m1*", NULL));
	write_mail_at(scratch->mail, "late", time(NULL) - 3 * YEAR);
	assert_int_equal(g_remove(gone), 0);
	index_mail();
	quiet(run("notmuch", "tag", "+other", "-seen", "--", "*", NULL));
	quiet(run("notmuch", "tag", "+again", "--", "*", NULL));
	quiet(run("notmuch", "compact", "--quiet", NULL));
}

static void assert_complete(const GPtrArray *rows, const char *expected)
{
	g_autoptr(GHashTable) found = g_hash_table_new(g_str_hash, g_str_equal);
	g_auto(GStrv) ids = g_strsplit(expected, "\n", -1);
	gint64 date = G_MAXINT64;

	for (guint i = 0; i < rows->len; i++) {
		const struct store_row *row = rows->pdata[i];

		if (!g_hash_table_add(found, row->id))
			fail_msg("%s is listed twice", row->id);
		if (row->date > date)
			fail_msg("%s is out of order", row->id);
		if (!g_str_has_prefix(row->subject, "Offer") || !g_strv_length(row->tags))
			fail_msg("%s is a hollow row", row->id);
		date = row->date;
	}
	for (guint i = 0; ids[i] && *ids[i]; i++)
		if (!g_hash_table_contains(found, ids[i] + strlen("id:")))
			fail_msg("%s is missing", ids[i]);
}

static void goes_on_after_others_wrote(void **state)
{
	static const unsigned at[] = {0, 1, 20, 130, 320};
	struct scratch *scratch = scratch_new("");

	(void)state;
	write_many(scratch);
	index_mail();
	for (size_t i = 0; i < G_N_ELEMENTS(at); i++) {
		struct store *store = open_store();
		struct store_cursor *cursor = query(store, "subject:offer", STORE_NEWEST_FIRST);
		g_autoptr(GPtrArray) rows = store_rows_new();
		g_autoptr(GPtrArray) more = NULL;
		g_autoptr(GError) error = NULL;
		g_autofree char *expected = NULL;

		assert_true(store_cursor_read(cursor, at[i], rows, &error));
		assert_int_equal(rows->len, at[i]);
		write_mail_at(scratch->mail, "m150", time(NULL) - 8 * YEAR);
		others_write(scratch);
		assert_true(store_changed(store));
		more = read_all(cursor, 11);
		g_ptr_array_extend_and_steal(rows, g_steal_pointer(&more));
		expected = run("notmuch", "search", "--output=messages", "not from:late", NULL);
		assert_complete(rows, expected);
		store_cursor_free(cursor);
		store_close(store);
	}
	scratch_free(scratch);
}

static void cursors_survive_reopening(void **state)
{
	struct scratch *scratch = scratch_new("");
	struct store *store;
	struct store_cursor *cursor;
	g_autoptr(GPtrArray) rows = store_rows_new();
	g_autofree char *before = NULL;
	g_autofree char *expected = NULL;

	(void)state;
	write_many(scratch);
	index_mail();
	store = open_store();
	before = g_strdup(store_revision(store));
	cursor = query(store, "*", STORE_NEWEST_FIRST);
	assert_true(store_cursor_read(cursor, 40, rows, NULL));
	assert_false(store_changed(store));
	quiet(run("notmuch", "tag", "+x", "--", "from:m290", NULL));
	assert_true(store_changed(store));
	assert_true(store_reopen(store, NULL));
	assert_false(store_changed(store));
	assert_string_not_equal(store_revision(store), before);
	while (!store_cursor_at_end(cursor))
		assert_true(store_cursor_read(cursor, 10, rows, NULL));
	expected = run("notmuch", "search", "--output=messages", "*", NULL);
	assert_complete(rows, expected);
	store_cursor_free(cursor);
	/* a cursor that was never read, and one half read, freed after reopening */
	cursor = query(store, "*", STORE_OLDEST_FIRST);
	assert_true(store_cursor_read(cursor, 1, rows, NULL));
	assert_true(store_reopen(store, NULL));
	store_cursor_free(cursor);
	store_close(store);
	scratch_free(scratch);
}

/* ---- tags ---- */

static void assert_count(const char *text, const char *expected)
{
	g_autofree char *count = run("notmuch", "count", "--", text, NULL);

	g_strchomp(count);
	if (strcmp(count, expected) != 0)
		fail_msg("%s: %s, expected %s", text, count, expected);
}

static void tags_and_undoes(void **state)
{
	const struct store_tag_change changes[] = {
		{"a@example.com", "esp/sendgrid", true},
		{"a@example.com", "new", false},
		{"a@example.com", "unread", true}, /* has it already */
		{"b@example.com", "never", false}, /* never had it */
		{"b@example.com", "esp/sendgrid", true},
	};
	struct scratch *scratch = scratch_new("");
	g_autoptr(GPtrArray) done = NULL;
	g_autofree struct store_tag_change *undo = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store;
	struct store_row *row;

	(void)state;
	write_mail_at(scratch->mail, "a", 1790000000);
	write_mail_at(scratch->mail, "b", 1790000001);
	index_mail();
	store = open_store();
	assert_true(store_tag(store, changes, G_N_ELEMENTS(changes), 1000, &done, &error));
	assert_int_equal(done->len, 3);
	assert_count("tag:esp/sendgrid", "2");
	assert_count("tag:new", "1");
	row = store_find(store, "a@example.com", &error);
	assert_string_equal(row->tags[0], "esp/sendgrid");
	store_row_free(row);
	undo = g_new0(struct store_tag_change, done->len);
	for (guint i = 0; i < done->len; i++) {
		undo[i] = *(const struct store_tag_change *)done->pdata[done->len - 1 - i];
		undo[i].add = !undo[i].add;
	}
	assert_true(store_tag(store, undo, done->len, 1000, NULL, &error));
	assert_count("tag:esp/sendgrid", "0");
	assert_count("tag:new", "2");
	assert_true(store_tag(store, NULL, 0, 1000, NULL, &error));
	store_close(store);
	scratch_free(scratch);
}

static void tags_the_others_when_one_is_gone(void **state)
{
	const struct store_tag_change changes[] = {
		{"a@example.com", "x", true},
		{"gone@example.com", "x", true},
		{"b@example.com", "x", true},
	};
	struct scratch *scratch = scratch_new("");
	g_autoptr(GPtrArray) done = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store;

	(void)state;
	write_mail_at(scratch->mail, "a", 1790000000);
	write_mail_at(scratch->mail, "b", 1790000001);
	index_mail();
	store = open_store();
	assert_false(store_tag(store, changes, G_N_ELEMENTS(changes), 1000, &done, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND));
	assert_int_equal(done->len, 2);
	assert_count("tag:x", "2");
	store_close(store);
	scratch_free(scratch);
}

static void refuses_an_overlong_tag(void **state)
{
	g_autofree char *tag = g_strnfill(NOTMUCH_TAG_MAX + 1, 'x');
	const struct store_tag_change changes[] = {
		{"a@example.com", "x", true},
		{"a@example.com", tag, true},
	};
	struct scratch *scratch = scratch_new("");
	g_autoptr(GPtrArray) done = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store;

	(void)state;
	write_mail_at(scratch->mail, "a", 1790000000);
	index_mail();
	store = open_store();
	assert_false(store_tag(store, changes, G_N_ELEMENTS(changes), 1000, &done, &error));
	assert_non_null(error);
	/* what was done is what is reported, so that it can be undone */
	assert_int_equal(done->len, 1);
	assert_count("tag:x", "1");
	store_close(store);
	scratch_free(scratch);
}

static void keeps_maildir_flags(bool synchronize)
{
	const struct store_tag_change changes[] = {
		{"a@example.com", "unread", false},
		{"a@example.com", "flagged", true},
	};
	struct scratch *scratch = scratch_new(synchronize ? "[maildir]\nsynchronize_flags=true\n"
							  : "[maildir]\n"
							    "synchronize_flags=false\n");
	g_autofree char *expected =
		g_build_filename(scratch->mail, "inbox/cur", synchronize ? "a:2,FS" : "a:2,", NULL);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store;

	write_mail_at(scratch->mail, "a", 1790000000);
	index_mail();
	store = open_store();
	assert_true(store_tag(store, changes, G_N_ELEMENTS(changes), 1000, NULL, &error));
	path = store_message_file(store, "a@example.com", &error);
	assert_string_equal(path, expected);
	store_close(store);
	scratch_free(scratch);
}

static void synchronizes_maildir_flags_as_configured(void **state)
{
	(void)state;
	keeps_maildir_flags(true);
	keeps_maildir_flags(false);
}

/* ---- locks ---- */

/* Runs in a process of its own: holds the database for writing, for `hold_ms` or (0) until killed.
 */
static int hold_lock(unsigned hold_ms)
{
	notmuch_database_t *database = NULL;

	alarm(60);
	if (notmuch_database_open_with_config(NULL, NOTMUCH_DATABASE_MODE_READ_WRITE, NULL, NULL,
		    &database, NULL) != NOTMUCH_STATUS_SUCCESS ||
		write(STDOUT_FILENO, "x", 1) != 1)
		return 1;
	if (!hold_ms)
		pause();
	g_usleep(hold_ms * 1000UL);
	notmuch_database_destroy(database);
	return 0;
}

/* This program again: a fork without exec would inherit the locks of a thread that gave up. */
static GPid lock_database(const char *hold_ms)
{
	const char *argv[] = {"/proc/self/exe", hold_ms, NULL};
	g_autofree char *self = g_file_read_link(argv[0], NULL);
	int output = -1;
	char byte;
	GPid pid;

	argv[0] = self;
	assert_true(g_spawn_async_with_pipes(NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD,
		NULL, NULL, &pid, NULL, &output, NULL, NULL));
	assert_int_equal(read(output, &byte, 1), 1);
	close(output);
	return pid;
}

static void waits_for_another_writer_only_so_long(void **state)
{
	const struct store_tag_change change = {"a@example.com", "x", true};
	struct scratch *scratch = scratch_new("");
	g_autoptr(GPtrArray) rows = NULL;
	g_autoptr(GPtrArray) done = NULL;
	g_autoptr(GError) error = NULL;
	struct store_cursor *cursor;
	struct store *store;
	gint64 start;
	GPid pid;

	(void)state;
	write_mail_at(scratch->mail, "a", 1790000000);
	index_mail();
	pid = lock_database("0");
	store = open_store();
	start = g_get_monotonic_time();
	assert_false(store_tag(store, &change, 1, 200, &done, &error));
	assert_in_range(g_get_monotonic_time() - start, 190000, 3000000);
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED));
	assert_null(done);
	/* reading goes on */
	cursor = query(store, "*", STORE_NEWEST_FIRST);
	rows = read_all(cursor, 10);
	assert_int_equal(rows->len, 1);
	store_cursor_free(cursor);
	assert_true(store_reopen(store, NULL));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	g_clear_error(&error);
	pid = lock_database("300");
	if (!store_tag(store, &change, 1, 10000, &done, &error))
		fail_msg("%s", error->message);
	assert_int_equal(done->len, 1);
	assert_count("tag:x", "1");
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	store_close(store);
	scratch_free(scratch);
}

/* ---- files ---- */

static void finds_a_file_that_is_there(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autofree char *first = g_build_filename(scratch->mail, "inbox/cur/a:2,", NULL);
	g_autofree char *second = g_build_filename(scratch->mail, "spam/cur/a:2,", NULL);
	g_autofree char *date = date_header(1790000000);
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct store_row *row;
	struct store *store;

	(void)state;
	write_mail(scratch->mail, "inbox", "a", date);
	write_mail(scratch->mail, "spam", "a", date);
	index_mail();
	store = open_store();
	assert_int_equal(g_remove(first), 0);
	path = store_message_file(store, "a@example.com", &error);
	assert_string_equal(path, second);
	assert_int_equal(g_remove(second), 0);
	assert_null(store_message_file(store, "a@example.com", &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND));
	row = store_find(store, "a@example.com", NULL);
	assert_non_null(row);
	assert_string_equal(row->subject, "Offer a");
	store_row_free(row);
	store_close(store);
	scratch_free(scratch);
}

/* ---- configuration ---- */

static void reads_settings_and_searches(void **state)
{
	struct scratch *scratch =
		scratch_new("[query]\nspam=tag:spam\nabc=from:a or from:b\n[espial]\ntheme=dark\n");
	g_autoptr(GPtrArray) searches = NULL;
	g_autofree char *theme = NULL;
	g_autofree char *name = NULL;
	g_auto(GStrv) tags = NULL;
	struct store *store;

	(void)state;
	write_mail_at(scratch->mail, "a", 1790000000);
	index_mail();
	quiet(run("notmuch", "config", "set", "--database", "query.mid", "tag:new", NULL));
	store = open_store();
	searches = store_saved_searches(store);
	assert_int_equal(searches->len, 3);
	assert_string_equal(((struct store_search *)searches->pdata[0])->name, "abc");
	assert_string_equal(((struct store_search *)searches->pdata[0])->query, "from:a or from:b");
	assert_string_equal(((struct store_search *)searches->pdata[1])->name, "mid");
	assert_string_equal(((struct store_search *)searches->pdata[2])->query, "tag:spam");
	theme = store_config(store, "espial.theme");
	assert_string_equal(theme, "dark");
	assert_null(store_config(store, "espial.them"));
	name = store_config(store, "user.name");
	assert_string_equal(name, "Analyst");
	tags = store_all_tags(store);
	assert_int_equal(g_strv_length(tags), 2);
	assert_string_equal(tags[0], "new");
	assert_string_equal(tags[1], "unread");
	store_close(store);
	scratch_free(scratch);
}

/* Opens as the environment says and asserts that it is the store with one mail of that id. */
static void assert_opens(const struct store_options *options, const char *id)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(options, &error);
	struct store_row *row;

	if (!store)
		fail_msg("%s: %s", id, error->message);
	row = store_find(store, id, &error);
	if (!row)
		fail_msg("%s is not in %s", id, store_path(store));
	store_row_free(row);
	store_close(store);
}

static char *variant(const struct scratch *scratch, const char *name, const char *config_path)
{
	char *path = g_build_filename(scratch->dir, config_path, NULL);
	g_autofree char *mail = g_build_filename(scratch->dir, name, NULL);
	g_autofree char *config = g_strdup_printf("[database]\npath=%s\n", mail);
	g_autofree char *option = g_strdup_printf("--config=%s", path);

	write_file(path, config);
	write_mail_at(mail, name, 1790000000);
	quiet(run("notmuch", option, "new", "--quiet", NULL));
	return path;
}

static void finds_its_configuration_as_notmuch_does(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autofree char *home = variant(scratch, "home", ".notmuch-config");
	g_autofree char *work = variant(scratch, "work", ".notmuch-config.work");
	g_autofree char *given = variant(scratch, "given", "elsewhere");
	g_autofree char *xdg = NULL;
	g_autofree char *xdg_work = NULL;

	(void)state;
	write_mail_at(scratch->mail, "env", 1790000000);
	index_mail();
	assert_opens(&(struct store_options){0}, "env@example.com");
	assert_opens(&(struct store_options){.config = given}, "given@example.com");
	g_unsetenv("NOTMUCH_CONFIG");
	assert_opens(&(struct store_options){0}, "home@example.com");
	assert_opens(&(struct store_options){.profile = "work"}, "work@example.com");
	g_setenv("NOTMUCH_PROFILE", "work", TRUE);
	assert_opens(&(struct store_options){0}, "work@example.com");
	g_unsetenv("NOTMUCH_PROFILE");
	xdg = variant(scratch, "xdg", ".config/notmuch/default/config");
	xdg_work = variant(scratch, "xdgwork", "xdg/notmuch/work/config");
	assert_opens(&(struct store_options){0}, "xdg@example.com");
	g_autofree char *config_home = g_build_filename(scratch->dir, "xdg", NULL);
	g_setenv("XDG_CONFIG_HOME", config_home, TRUE);
	assert_opens(&(struct store_options){.profile = "work"}, "xdgwork@example.com");
	scratch_free(scratch);
}

/* database.path without mail below it, mail root elsewhere. */
static void opens_a_split_store(void **state)
{
	struct scratch *scratch = scratch_new("");
	g_autofree char *index = g_build_filename(scratch->dir, "index", NULL);
	g_autofree char *expected = g_build_filename(scratch->mail, "inbox/cur/a:2,", NULL);
	g_autofree char *config =
		g_strdup_printf("[database]\npath=%s\nmail_root=%s\n", index, scratch->mail);
	const struct store_tag_change change = {"a@example.com", "x", true};
	g_autofree char *path = NULL;
	g_autoptr(GError) error = NULL;
	struct store *store;
	GPid pid;

	(void)state;
	write_file(scratch->config, config);
	write_mail_at(scratch->mail, "a", 1790000000);
	assert_int_equal(g_mkdir_with_parents(index, 0700), 0);
	index_mail();
	store = open_store();
	assert_string_equal(store_path(store), index);
	assert_string_equal(store_mail_root(store), scratch->mail);
	path = store_message_file(store, "a@example.com", &error);
	assert_string_equal(path, expected);
	pid = lock_database("0");
	assert_false(store_tag(store, &change, 1, 50, NULL, &error));
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(store_tag(store, &change, 1, 1000, NULL, NULL));
	store_close(store);
	scratch_free(scratch);
}

static void assert_cannot_open(const char *what)
{
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(&(struct store_options){0}, &error);

	if (store)
		fail_msg("%s: it opens %s", what, store_path(store));
	if (!g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND))
		fail_msg("%s: %s", what, error->message);
	assert_non_null(strstr(error->message, "notmuch new"));
	assert_null(strchr(error->message, '\n'));
}

static void says_what_is_missing(void **state)
{
	struct scratch *scratch = scratch_new("");

	(void)state;
	assert_cannot_open("no database");
	assert_int_equal(g_remove(scratch->config), 0);
	assert_cannot_open("the configuration is gone");
	g_unsetenv("NOTMUCH_CONFIG");
	assert_cannot_open("no configuration");
	scratch_free(scratch);
}

/* ---- threads ---- */

static gpointer count_again(gpointer data)
{
	struct store *store = store_open_again(data, NULL);
	gint64 count = store ? store_count(store, "*", NULL) : -1;

	store_close(store);
	return GSIZE_TO_POINTER((gsize)count);
}

static void opens_again_in_another_thread(void **state)
{
	struct scratch *scratch = scratch_new("");
	struct store *store;
	struct store_cursor *cursor;
	g_autoptr(GPtrArray) rows = NULL;
	GThread *thread;

	(void)state;
	write_many(scratch);
	index_mail();
	store = open_store();
	thread = g_thread_new("count", count_again, store);
	cursor = query(store, "*", STORE_NEWEST_FIRST);
	rows = read_all(cursor, 20);
	assert_int_equal(GPOINTER_TO_SIZE(g_thread_join(thread)), rows->len);
	store_cursor_free(cursor);
	store_close(store);
	scratch_free(scratch);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_what_notmuch_lists),
		cmocka_unit_test(rows_say_what_the_message_says),
		cmocka_unit_test(refuses_bad_queries),
		cmocka_unit_test(goes_on_after_others_wrote),
		cmocka_unit_test(cursors_survive_reopening),
		cmocka_unit_test(tags_and_undoes),
		cmocka_unit_test(tags_the_others_when_one_is_gone),
		cmocka_unit_test(refuses_an_overlong_tag),
		cmocka_unit_test(synchronizes_maildir_flags_as_configured),
		cmocka_unit_test(waits_for_another_writer_only_so_long),
		cmocka_unit_test(finds_a_file_that_is_there),
		cmocka_unit_test(reads_settings_and_searches),
		cmocka_unit_test(finds_its_configuration_as_notmuch_does),
		cmocka_unit_test(opens_a_split_store),
		cmocka_unit_test(says_what_is_missing),
		cmocka_unit_test(opens_again_in_another_thread),
	};

	if (argc > 1)
		return hold_lock((unsigned)atoi(argv[1]));
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kept drafts: that they come back whole, whatever their ids, and whatever happens meanwhile.
 */
#include "rules/pending.h"

#include "rules/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY 100

/* ---- what reaches the disk ---- */

static GPtrArray *synced; /* paths, while they are watched */
static int sync_errno;    /* what fsync() is to fail with */

int fsync(int fd)
{
	if (synced) {
		g_autofree char *link = g_strdup_printf("/proc/self/fd/%d", fd);

		g_ptr_array_add(synced, g_file_read_link(link, NULL));
	}
	errno = sync_errno;
	return sync_errno ? -1 : (int)syscall(SYS_fsync, fd);
}

/* ---- scratch directories ---- */

static char *scratch_new(void)
{
	char *dir = g_dir_make_tmp("espial drafts ü-XXXXXX", NULL);

	assert_non_null(dir);
	return dir;
}

static void scratch_free(char *dir)
{
	const char *const argv[] = {"rm", "-rf", "--", dir, NULL};

	assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
		NULL, NULL, NULL));
	g_free(dir);
}

static void put(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void must_save(const char *dir, const char *id, const char *yaml, const char *message)
{
	g_autoptr(GError) error = NULL;

	if (!pending_save(dir, id, yaml, message, &error))
		fail_msg("%s: %s", id, error->message);
}

static void assert_names(const char *dir, const char *expected)
{
	g_autoptr(GPtrArray) list = pending_list(dir);
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < list->len; i++)
		g_string_append_printf(
			names, "%s\n", ((const struct pending *)list->pdata[i])->name);
	assert_string_equal(names->str, expected);
}

/* The one draft that is kept. */
static void assert_only(const char *dir, const char *name, const char *yaml, const char *message)
{
	g_autoptr(GPtrArray) list = pending_list(dir);

	assert_int_equal(list->len, 1);
	const struct pending *pending = list->pdata[0];
	assert_string_equal(pending->name, name);
	assert_string_equal(pending->yaml, yaml);
	assert_string_equal(pending->message, message);
}

/* ---- keeping ---- */

static void keeps_what_was_typed(void **state)
{
	char *dir = scratch_new();
	g_autofree char *deep = g_build_filename(dir, "data", "espial", "drafts", NULL);
	gint64 before = g_get_real_time();

	(void)state;
	assert_names(deep, "");
	must_save(deep, "acme/click", "id: acme/click\n", "m@mail.example\nreason");
	assert_only(deep, "acme--click", "id: acme/click\n", "m@mail.example\nreason");
	must_save(deep, "acme/click", "\t: [broken", "");
	assert_only(deep, "acme--click", "\t: [broken", "");
	must_save(deep, "acme/click", "", "\xff\xfe bytes \x1b[m\r\n");
	assert_only(deep, "acme--click", "", "\xff\xfe bytes \x1b[m\r\n");
	g_autoptr(GPtrArray) list = pending_list(deep);
	const struct pending *pending = list->pdata[0];
	assert_in_range(pending->time, before - 1000000, g_get_real_time() + 1000000);
	scratch_free(dir);
}

static void keeps_it_from_others(void **state)
{
	char *dir = scratch_new();
	g_autofree char *made = g_build_filename(dir, "drafts", NULL);
	g_autofree char *yaml = g_build_filename(made, "acme--click.yaml", NULL);
	g_autofree char *message = g_build_filename(made, "acme--click.message", NULL);
	mode_t mask = umask(0);
	struct stat status;

	(void)state;
	must_save(made, "acme/click", "yaml", "message");
	umask(mask);
	assert_int_equal(stat(made, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	assert_int_equal(stat(yaml, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_int_equal(stat(message, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	scratch_free(dir);
}

static void lists_the_newest_first(void **state)
{
	char *dir = scratch_new();

	(void)state;
	must_save(dir, "a/one", "1", "");
	g_usleep(10000);
	must_save(dir, "c/three", "3", "");
	g_usleep(10000);
	must_save(dir, "b/two", "2", "");
	assert_names(dir, "b--two\nc--three\na--one\n");
	g_usleep(10000);
	must_save(dir, "a/one", "1 again", "");
	assert_names(dir, "a--one\nb--two\nc--three\n");
	scratch_free(dir);
}

static void drops_one(void **state)
{
	char *dir = scratch_new();

	(void)state;
	must_save(dir, "acme/click", "1", "one");
	must_save(dir, "acme/other", "2", "two");
	assert_true(pending_drop(dir, "acme--click", NULL));
	assert_only(dir, "acme--other", "2", "two");
	g_autofree char *message = g_build_filename(dir, "acme--click.message", NULL);
	assert_false(g_file_test(message, G_FILE_TEST_EXISTS));
	assert_true(pending_drop(dir, "acme--click", NULL));
	assert_true(pending_drop("/nonexistent/drafts", "acme--click", NULL));
	assert_only(dir, "acme--other", "2", "two");
	scratch_free(dir);
}

static void keeps_many(void **state)
{
	char *dir = scratch_new();
	g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

	(void)state;
	for (int i = 0; i < MANY; i++) {
		g_autofree char *id = g_strdup_printf("acme/r%d", i);

		must_save(dir, id, id, id);
	}
	g_autoptr(GPtrArray) list = pending_list(dir);
	assert_int_equal(list->len, MANY);
	for (guint i = 0; i < list->len; i++) {
		const struct pending *pending = list->pdata[i];

		assert_true(g_hash_table_add(names, pending->name));
		assert_string_equal(pending->yaml, pending->message);
		assert_true(pending_drop(dir, pending->name, NULL));
	}
	assert_names(dir, "");
	scratch_free(dir);
}

/* ---- names ---- */

static void names_are_no_paths(void **state)
{
	static const char *const ids[] = {"../../etc/cron.d/x", "..", ".", "/", "//", "/etc/passwd",
		"a/../../b", ".hidden/x", "a\nb/c", "a\x1b[m/b", "ü/漢", "\xff/\xfe", "a b/c",
		"a.yaml/b.message", "-rf/x", "~/x", "$(id)/`id`", "a\\b", "con/nul", ""};
	char *dir = scratch_new();
	g_autofree char *drafts = g_build_filename(dir, "in", "drafts", NULL);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autofree char *name = pending_name(ids[i]);

		assert_null(strpbrk(name, "/.\n\x1b\\ "));
		assert_true(*name && strlen(name) <= 200);
		g_autofree char *again = pending_name(name);
		assert_string_equal(again, name);
		must_save(drafts, ids[i], ids[i], "message");
		assert_only(drafts, name, ids[i], "message");
		assert_true(pending_drop(drafts, name, NULL));
		assert_names(drafts, "");
	}
	/* nothing went anywhere else */
	GDir *open = g_dir_open(dir, 0, NULL);
	assert_string_equal(g_dir_read_name(open), "in");
	assert_null(g_dir_read_name(open));
	g_dir_close(open);
	scratch_free(dir);
}

static void no_draft_takes_another_ones_place(void **state)
{
	g_autofree char *wide = g_strnfill(300, 'w');
	g_autofree char *wider = g_strnfill(301, 'w');
	const char *const ids[] = {"a/b", "a//b", "a-/b", "a/-b", "a-b", "a/b/c", "a--b/c",
		"a/b--c", "a_b/c", "a b/c", "a.b/c", "ä/x", "ö/x", "_/x", "A/b", wide, wider,
		"unnamed/x", NULL};
	char *dir = scratch_new();

	(void)state;
	for (size_t i = 0; ids[i]; i++)
		must_save(dir, ids[i], ids[i], "");
	for (size_t i = 0; ids[i]; i++) {
		g_autofree char *name = pending_name(ids[i]);
		g_autofree char *again = pending_name(name);
		g_autofree char *file = g_strdup_printf("%s/%s.yaml", dir, name);
		g_autofree char *yaml = NULL;

		assert_string_equal(again, name);
		assert_true(g_file_get_contents(file, &yaml, NULL, NULL));
		assert_string_equal(yaml, ids[i]);
	}
	g_autoptr(GPtrArray) list = pending_list(dir);
	assert_int_equal(list->len, G_N_ELEMENTS(ids) - 1);
	scratch_free(dir);
}

static void plain_ids_keep_plain_names(void **state)
{
	static const char *const pairs[][2] = {{"acme/click", "acme--click"},
		{"acme-mail/click-2", "acme-mail--click-2"}, {"acme", "acme"},
		{"acme--click", "acme--click"}, {"", "unnamed"}};

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *name = pending_name(pairs[i][0]);

		assert_string_equal(name, pairs[i][1]);
	}
}

static void drops_nothing_elsewhere(void **state)
{
	static const char *const names[] = {"../victim", "/victim", "in/../../victim", "x/y"};
	char *dir = scratch_new();
	g_autofree char *drafts = g_build_filename(dir, "in", NULL);
	g_autofree char *victim = g_build_filename(dir, "victim.yaml", NULL);

	(void)state;
	put(dir, "victim.yaml", "mine\n");
	must_save(drafts, "a/b", "1", "");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		assert_true(pending_drop(drafts, names[i], NULL));
	assert_true(g_file_test(victim, G_FILE_TEST_EXISTS));
	assert_only(drafts, "a--b", "1", "");
	scratch_free(dir);
}

/* ---- what is not right ---- */

static void passes_over_what_it_cannot_read(void **state)
{
	char *dir = scratch_new();
	g_autofree char *directory = g_build_filename(dir, "directory.yaml", NULL);
	g_autofree char *pipe = g_build_filename(dir, "pipe.yaml", NULL);
	g_autofree char *dangling = g_build_filename(dir, "dangling.yaml", NULL);
	g_autofree char *huge = g_build_filename(dir, "huge.yaml", NULL);
	g_autofree char *message = g_build_filename(dir, "a--b.message", NULL);

	(void)state;
	must_save(dir, "a/b", "1", "lost");
	assert_int_equal(g_mkdir(directory, 0700), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(symlink("nowhere", dangling), 0);
	put(dir, "notes.txt", "not a draft\n");
	put(dir, "left.yaml.Xa12bc", "of a write that was cut off\n");
	put(dir, "alone.message", "no draft any more\n");
	put(dir, "no name.yaml", "somebody's\n");
	put(dir, ".yaml", "somebody's\n");
	put(dir, "huge.yaml", "");
	assert_int_equal(truncate(huge, (off_t)1 << 40), 0);
	assert_int_equal(g_unlink(message), 0);
	assert_only(dir, "a--b", "1", "");
	assert_int_equal(mkfifo(message, 0600), 0);
	assert_only(dir, "a--b", "1", "");
	scratch_free(dir);
}

static void assert_io(const GError *error, const char *says)
{
	assert_non_null(error);
	assert_true(g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_IO));
	assert_null(strchr(error->message, '\n'));
	if (!strstr(error->message, says))
		fail_msg("\"%s\" does not say \"%s\"", error->message, says);
}

static void tells_where_it_cannot_keep(void **state)
{
	char *dir = scratch_new();
	g_autofree char *file = g_build_filename(dir, "file", NULL);
	g_autofree char *below = g_build_filename(file, "drafts", NULL);
	g_autofree char *occupied = g_build_filename(dir, "a--b.yaml", "x", NULL);
	g_autoptr(GError) error = NULL;

	(void)state;
	put(dir, "file", "");
	assert_false(pending_save(file, "a/b", "1", "", &error));
	assert_io(error, file);
	g_clear_error(&error);
	assert_false(pending_save(below, "a/b", "1", "", &error));
	assert_io(error, below);
	g_clear_error(&error);
	assert_int_equal(g_mkdir_with_parents(occupied, 0700), 0);
	assert_false(pending_save(dir, "a/b", "1", "", &error));
	assert_io(error, "a--b.yaml");
	g_clear_error(&error);
	assert_false(pending_drop(dir, "a--b", &error));
	assert_io(error, "a--b.yaml");
	scratch_free(dir);
}

/* As an account that may not write there. */
static void tells_where_it_may_not(void **state)
{
	char *dir = scratch_new();
	g_autoptr(GError) saving = NULL;
	g_autoptr(GError) dropping = NULL;
	bool saved, dropped;

	(void)state;
	must_save(dir, "a/b", "1", "one");
	must_save(dir, "c/d", "2", "two");
	g_autofree char *unreadable = g_build_filename(dir, "c--d.yaml", NULL);
	g_autofree char *readable = g_build_filename(dir, "a--b.yaml", NULL);
	assert_int_equal(g_chmod(unreadable, 0), 0);
	assert_int_equal(g_chmod(readable, 0444), 0);
	assert_int_equal(g_chmod(dir, 0555), 0);
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	saved = pending_save(dir, "a/b", "new", "new", &saving);
	dropped = pending_drop(dir, "a--b", &dropping);
	g_autoptr(GPtrArray) list = pending_list(dir);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	assert_false(saved);
	assert_io(saving, "a--b");
	assert_false(dropped);
	assert_io(dropping, "a--b");
	assert_int_equal(list->len, 1);
	assert_string_equal(((const struct pending *)list->pdata[0])->yaml, "1");
	assert_int_equal(g_chmod(dir, 0700), 0);
	scratch_free(dir);
}

/* ---- that it lasts ---- */

static bool was_synced(const char *start, bool whole)
{
	for (guint i = 0; i < synced->len; i++)
		if (whole ? strcmp(synced->pdata[i], start) == 0
			  : g_str_has_prefix(synced->pdata[i], start))
			return true;
	return false;
}

static void is_on_the_disk_on_return(void **state)
{
	char *dir = scratch_new();
	g_autofree char *yaml = g_build_filename(dir, "a--b.yaml", NULL);
	g_autofree char *message = g_build_filename(dir, "a--b.message", NULL);

	(void)state;
	for (int i = 0; i < 2; i++) {
		synced = g_ptr_array_new_with_free_func(g_free);
		must_save(dir, "a/b", "1", "one");
		assert_true(was_synced(yaml, false));
		assert_true(was_synced(message, false));
		assert_true(was_synced(dir, true));
		g_clear_pointer(&synced, g_ptr_array_unref);
	}
	scratch_free(dir);
}

static void a_disk_that_fails_takes_nothing(void **state)
{
	char *dir = scratch_new();
	g_autoptr(GError) error = NULL;

	(void)state;
	must_save(dir, "a/b", "1", "one");
	sync_errno = EIO;
	assert_false(pending_save(dir, "a/b", "2", "two", &error));
	sync_errno = 0;
	assert_io(error, "a--b");
	assert_only(dir, "a--b", "1", "one");
	scratch_free(dir);
}

static void a_full_disk_takes_nothing(void **state)
{
	const struct rlimit full = {4096, RLIM_INFINITY};
	char *dir = scratch_new();
	g_autofree char *wide = g_strnfill(100000, 'w');
	g_autoptr(GError) error = NULL;
	struct rlimit before;
	bool saved;

	(void)state;
	must_save(dir, "a/b", "1", "one");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	saved = pending_save(dir, "a/b", wide, "one", &error);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_false(saved);
	assert_io(error, "a--b");
	assert_only(dir, "a--b", "1", "one");
	scratch_free(dir);
}

static void save_on_and_on(const char *dir)
{
	for (int i = 0; i < 100000; i++) {
		g_autofree char *text = g_strnfill(20000, (char)('a' + i % 26));

		if (!pending_save(dir, "a/b", text, text, NULL))
			_exit(1);
	}
}

static bool is_one_text(const char *text)
{
	return strlen(text) == 20000 && strspn(text, (char[]){*text, '\0'}) == 20000;
}

/* Whenever it is killed, there is a draft, and it is one that was saved. */
static void killed_anywhere_it_is_whole(void **state)
{
	char *dir = scratch_new();
	g_autofree char *first = g_strnfill(20000, 'z');

	(void)state;
	must_save(dir, "a/b", first, first);
	for (int i = 0; i < 30; i++) {
		pid_t child = fork();
		int status;

		if (child == 0)
			save_on_and_on(dir);
		g_usleep((gulong)(1000 + 997 * i));
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		g_autoptr(GPtrArray) list = pending_list(dir);
		assert_int_equal(list->len, 1);
		const struct pending *pending = list->pdata[0];
		assert_true(is_one_text(pending->yaml));
		assert_true(is_one_text(pending->message));
	}
	scratch_free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_was_typed),
		cmocka_unit_test(keeps_it_from_others),
		cmocka_unit_test(lists_the_newest_first),
		cmocka_unit_test(drops_one),
		cmocka_unit_test(keeps_many),
		cmocka_unit_test(names_are_no_paths),
		cmocka_unit_test(no_draft_takes_another_ones_place),
		cmocka_unit_test(plain_ids_keep_plain_names),
		cmocka_unit_test(drops_nothing_elsewhere),
		cmocka_unit_test(passes_over_what_it_cannot_read),
		cmocka_unit_test(tells_where_it_cannot_keep),
		cmocka_unit_test(tells_where_it_may_not),
		cmocka_unit_test(is_on_the_disk_on_return),
		cmocka_unit_test(a_disk_that_fails_takes_nothing),
		cmocka_unit_test(a_full_disk_takes_nothing),
		cmocka_unit_test(killed_anywhere_it_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

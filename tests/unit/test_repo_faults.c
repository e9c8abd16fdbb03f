/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A disk that fails: every call that writes is made to fail once. Either all of a commit is there
 * or nothing of it.
 */
#include "rules/pending.h"
#include "rules/repo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#include <sys/syscall.h>

#define NEW_PATH "trackers/new/new.yaml"
#define NEW_TEXT "id: new/new\nesp: new\n"
#define CHANGED_TEXT RULE_TEXT "decode: opaque\n"
#define CALLS_MAX 1000

/* ---- the disk ---- */

static int calls_left = -1; /* until the one that fails; -1: none does */

static bool fails(void)
{
	if (calls_left < 0 || calls_left-- > 0)
		return false;
	errno = ENOSPC;
	return true;
}

int rename(const char *from, const char *to)
{
	return fails() ? -1 : (int)syscall(SYS_rename, from, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
	return fails() ? -1 : (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, flags);
}

int link(const char *from, const char *to)
{
	return fails() ? -1 : (int)syscall(SYS_link, from, to);
}

int fsync(int fd)
{
	return fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

int mkdir(const char *path, mode_t mode)
{
	return fails() ? -1 : (int)syscall(SYS_mkdir, path, mode);
}

ssize_t write(int fd, const void *bytes, size_t count)
{
	return fails() ? -1 : (ssize_t)syscall(SYS_write, fd, bytes, count);
}

static int open_or_fail(const char *path, int flags, va_list args)
{
	mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(args, mode_t) : 0;

	return flags & O_CREAT && fails() ? -1 : (int)syscall(SYS_open, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = open_or_fail(path, flags, args);
	va_end(args);
	return fd;
}

int open64(const char *path, int flags, ...)
{
	va_list args;
	int fd;

	va_start(args, flags);
	fd = open_or_fail(path, flags, args);
	va_end(args);
	return fd;
}

/* Whether the call before which it was armed has come. */
static bool disarm(void)
{
	bool came = calls_left < 0;

	calls_left = -1;
	return came;
}

/* ---- commits ---- */

/* A change, a file in a new directory, a deletion. */
static bool commit_three(struct repo *repo, GError **error)
{
	const struct repo_change changes[] = {{RULE_PATH, CHANGED_TEXT, RULE_TEXT},
		{NEW_PATH, NEW_TEXT, NULL}, {ESP_PATH, NULL, ESP_TEXT}};
	char id[REPO_ID_SIZE];

	return repo_commit(repo, changes, 3, "acme: three files\n", id, error);
}

static bool revert_head(struct repo *repo, GError **error)
{
	g_autoptr(GPtrArray) log = repo_log(repo, NULL, 0, 1, NULL);
	char id[REPO_ID_SIZE];

	return repo_revert(repo, ((struct repo_commit *)log->pdata[0])->id, "Revert\n", id, error);
}

/* Tries with the n-th call failing; returns whether it was called so often. */
static bool try_with_fault(const struct scratch *scratch, struct repo *repo, int call,
	bool (*try)(struct repo *, GError **), unsigned *refused)
{
	g_autofree char *head = git(scratch, "rev-parse", "HEAD");
	g_autofree char *before = snapshot(scratch);
	g_autoptr(GError) error = NULL;
	bool done, came;

	calls_left = call;
	done = try(repo, &error);
	came = disarm();
	if (done) {
		assert_git(head, scratch, "rev-parse", "HEAD^");
		assert_sound(scratch);
		git_do(scratch, "reset", "-q", "--hard", "HEAD^");
	} else {
		g_autofree char *after = snapshot(scratch);

		if (strcmp(before, after) != 0)
			fail_msg("call %d (%s):\n%s\nbut was:\n%s", call, error->message, after,
				before);
		assert_non_null(error);
		assert_null(strchr(error->message, '\n'));
		(*refused)++;
	}
	return came;
}

static void try_all_faults(
	const struct scratch *scratch, struct repo *repo, bool (*try)(struct repo *, GError **))
{
	unsigned refused = 0;
	int call = 0;

	while (try_with_fault(scratch, repo, call, try, &refused) && call < CALLS_MAX)
		call++;
	print_message("of %d calls that failed, %u refused the commit\n", call, refused);
	assert_in_range(call, 20, CALLS_MAX - 1);
	assert_true(refused > 10);
	/* and nothing lingers */
	assert_true(try(repo, NULL));
	assert_sound(scratch);
}

static void commits_all_or_nothing(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	try_all_faults(scratch, repo, commit_three);
	repo_close(repo);
	scratch_free(scratch);
}

static void reverts_all_or_nothing(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	assert_true(commit_three(repo, NULL));
	try_all_faults(scratch, repo, revert_head);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- a new ruleset ---- */

static char *listing(const struct scratch *scratch)
{
	auto_ran ran = run_argv(NULL, NULL, ARGS("find", scratch->dir));

	return sorted(ran.output);
}

static void creates_all_or_nothing(void **state)
{
	struct scratch *scratch = scratch_new();
	bool came = true;
	int call;

	(void)state;
	g_free(scratch->path);
	scratch->path = g_build_filename(scratch->dir, "data", "espial", "ruleset", NULL);
	for (call = 0; came && call < CALLS_MAX; call++) {
		g_autofree char *before = listing(scratch);
		g_autoptr(GError) error = NULL;
		struct repo *repo;

		calls_left = call;
		repo = repo_create(scratch->path, scratch->seed, &error);
		came = disarm();
		if (repo) {
			g_autofree char *data = g_build_filename(scratch->dir, "data", NULL);

			assert_sound(scratch);
			remove_all(data);
		} else {
			assert_non_null(error);
			assert_true(error->domain == ESPIAL_ERROR);
		}
		repo_close(repo);
		g_autofree char *after = listing(scratch);
		if (strcmp(before, after) != 0)
			fail_msg("call %d: %s", call, after);
	}
	assert_in_range(call, 20, CALLS_MAX - 1);
	scratch_free(scratch);
}

/* ---- drafts ---- */

static void keeps_the_earlier_draft(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *drafts = g_build_filename(scratch->dir, "drafts", NULL);
	bool came = true;
	int call;

	(void)state;
	assert_true(pending_save(drafts, "acme/click", "earlier", "earlier", NULL));
	for (call = 0; came && call < CALLS_MAX; call++) {
		bool saved;

		calls_left = call;
		saved = pending_save(drafts, "acme/click", "later", "later", NULL);
		came = disarm();
		g_autoptr(GPtrArray) list = pending_list(drafts);
		assert_int_equal(list->len, 1);
		const struct pending *kept = list->pdata[0];
		assert_string_equal(kept->yaml, saved ? "later" : "earlier");
		assert_true(pending_save(drafts, "acme/click", "earlier", "earlier", NULL));
	}
	assert_in_range(call, 8, CALLS_MAX - 1);
	scratch_free(scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commits_all_or_nothing),
		cmocka_unit_test(reverts_all_or_nothing),
		cmocka_unit_test(creates_all_or_nothing),
		cmocka_unit_test(keeps_the_earlier_draft),
	};

	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}

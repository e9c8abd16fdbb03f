/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commits while others commit, and commits that are killed.
 */
#include "rules/repo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#include <signal.h>
#include <sys/wait.h>

#define COMMITS 30
#define TRIES 400
#define KILLS 40

static const char *program; /* this one: run again to be killed */

/* ---- who commits ---- */

struct committer {
	const struct scratch *scratch;
	const char *name;
	unsigned failed; /* how often somebody else was at work */
	char *error;     /* set where a commit could not be made at all */
};

static char *file_of(const char *name, unsigned number)
{
	return g_strdup_printf("trackers/%s/r%u.yaml", name, number);
}

/* Refusals because of others are tried again; nothing else may happen. */
static bool commit_once(struct committer *committer, struct repo *repo, unsigned number)
{
	g_autofree char *path = file_of(committer->name, number);
	g_autofree char *message = g_strdup_printf("%s %u\n", committer->name, number);
	struct repo_change change = {path, path, NULL};
	char id[REPO_ID_SIZE];

	for (unsigned i = 0; i < TRIES; i++) {
		g_autoptr(GError) error = NULL;

		if (repo_commit(repo, &change, 1, message, id, &error))
			return true;
		committer->failed++;
		if (!g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_LOCKED)) {
			committer->error = g_strdup(error->message);
			return false;
		}
		g_usleep(2000);
	}
	committer->error = g_strdup("never unlocked");
	return false;
}

static gpointer commit_with_espial(gpointer data)
{
	struct committer *committer = data;
	struct repo *repo = open_repo(committer->scratch);

	for (unsigned i = 0; i < COMMITS && commit_once(committer, repo, i); i++)
		;
	repo_close(repo);
	return NULL;
}

static bool git_does(struct committer *committer, const char *const *argv)
{
	auto_ran ran = run_argv(committer->scratch->path, NULL, argv);

	if (ran.status == 0)
		return true;
	g_free(committer->error);
	committer->error = g_strdup(ran.errors);
	return false;
}

/* The reset is for git, which reads the index before it locks it: a commit that comes too late has
 * by then put the old index back. */
static bool git_once(struct committer *committer, const char *path, const char *message)
{
	for (unsigned i = 0; i < TRIES; i++) {
		if (git_does(committer, ARGS("git", "reset", "-q")) &&
			git_does(committer, ARGS("git", "add", path)) &&
			git_does(committer, ARGS("git", "commit", "-q", "-m", message))) {
			g_clear_pointer(&committer->error, g_free);
			return true;
		}
		committer->failed++;
		g_usleep(2000);
	}
	return false;
}

static gpointer commit_with_git(gpointer data)
{
	struct committer *committer = data;
	bool good = true;

	for (unsigned i = 0; good && i < COMMITS; i++) {
		g_autofree char *path = file_of(committer->name, i);
		g_autofree char *message = g_strdup_printf("%s %u", committer->name, i);

		put(committer->scratch->path, path, path);
		good = git_once(committer, path, message);
	}
	return NULL;
}

/* ---- what must be there ---- */

/* Each commit has one parent and adds the one file that it names, and none was lost: a commit made
 * from an index that lagged behind would take another's file away. */
static void assert_history(
	const struct scratch *scratch, const struct committer *committers, unsigned count)
{
	g_autofree char *log = git(scratch, "log", "--first-parent", "--format=%s%x09%p",
		"--name-status", "HEAD", "--not", ":/Seed");
	g_auto(GStrv) lines = g_strsplit(g_strstrip(log), "\n", -1);

	for (guint i = 0; lines[i]; i += 3) {
		g_auto(GStrv) words = g_strsplit_set(lines[i], " \t", 3);
		g_autofree char *path = file_of(words[0], (unsigned)atoi(words[1]));
		g_autofree char *expected = g_strconcat("A\t", path, NULL);

		assert_null(strchr(words[2], ' '));
		assert_string_equal(lines[i + 1], "");
		assert_string_equal(lines[i + 2], expected);
		assert_file(scratch->path, path, path);
	}
	assert_int_equal(g_strv_length(lines), 3 * COMMITS * count);
	for (unsigned i = 0; i < count; i++)
		if (committers[i].error)
			fail_msg("%s: %s", committers[i].name, committers[i].error);
	assert_sound(scratch);
}

static void none_is_lost_among_others(void **state)
{
	struct scratch *scratch = scratch_new();
	struct committer committers[] = {{scratch, "espial", 0, NULL}, {scratch, "git", 0, NULL}};
	GThread *thread;

	(void)state;
	repo_close(ruleset_new(scratch));
	thread = g_thread_new("git", commit_with_git, &committers[1]);
	commit_with_espial(&committers[0]);
	g_thread_join(thread);
	assert_history(scratch, committers, 2);
	print_message("espial was refused %u times, git %u times\n", committers[0].failed,
		committers[1].failed);
	scratch_free(scratch);
}

static void two_consoles_commit_at_once(void **state)
{
	struct scratch *scratch = scratch_new();
	struct committer committers[] = {{scratch, "one", 0, NULL}, {scratch, "two", 0, NULL}};
	GThread *thread;

	(void)state;
	repo_close(ruleset_new(scratch));
	thread = g_thread_new("two", commit_with_espial, &committers[1]);
	commit_with_espial(&committers[0]);
	g_thread_join(thread);
	assert_history(scratch, committers, 2);
	scratch_free(scratch);
}

/* git status locks the index for a moment whenever it refreshes it: that must not refuse a
 * commit. */
static void waits_a_moment_for_a_lock(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *lock = g_build_filename(scratch->path, ".git", "index.lock", NULL);
	pid_t child;

	(void)state;
	put(scratch->path, ".git/index.lock", "");
	child = fork();
	if (child == 0) {
		g_usleep(20000);
		unlink(lock);
		_exit(0);
	}
	assert_true(child > 0);
	must_commit(repo, "esps/new.yaml", NULL, "id: new\n");
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- killed ---- */

/* Run by killed_anywhere(): commits until it is killed. */
static int commit_on_and_on(const char *path, unsigned from)
{
	struct repo *repo = repo_open(path, NULL);

	for (unsigned i = from; repo && i < from + 1000; i++) {
		g_autofree char *file = file_of("espial", i);
		g_autofree char *message = g_strdup_printf("espial %u\n", i);
		struct repo_change change = {file, file, NULL};
		char id[REPO_ID_SIZE];

		if (!repo_commit(repo, &change, 1, message, id, NULL))
			return 1;
	}
	return 0;
}

static unsigned count_commits(const struct scratch *scratch)
{
	g_autofree char *count = git(scratch, "rev-list", "--count", "HEAD", "--not", ":/Seed");

	return (unsigned)atoi(count);
}

static void kill_after(const struct scratch *scratch, unsigned long microseconds)
{
	g_autofree char *from = g_strdup_printf("%u", count_commits(scratch));
	const char *const argv[] = {program, "--commit", scratch->path, from, NULL};
	GPid child;
	int status;

	assert_true(g_spawn_async(
		NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &child, NULL));
	g_usleep(microseconds);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

/* What HEAD has is whole; at most the one file on which it worked is not as committed. */
static void assert_usable(const struct scratch *scratch)
{
	g_autofree char *status = git(scratch, "status", "--porcelain", "-uall");
	g_autofree char *next = file_of("espial", count_commits(scratch));
	g_autofree char *last = file_of("espial", count_commits(scratch) - 1);
	g_auto(GStrv) lines = g_strsplit(g_strstrip(status), "\n", -1);

	for (guint i = 0; lines[i] && *lines[i]; i++)
		if (!strstr(lines[i], next) && !strstr(lines[i], last))
			fail_msg("%s, but the next one was %s", status, next);
	assert_file(scratch->path, last, count_commits(scratch) ? last : NULL);
	git_do(scratch, "fsck", "--strict", "--no-dangling");
}

static void killed_anywhere_it_loses_nothing(void **state)
{
	struct scratch *scratch = scratch_new();
	GRand *random = g_rand_new_with_seed(1);
	unsigned locked = 0;

	(void)state;
	repo_close(ruleset_new(scratch));
	for (int i = 0; i < KILLS; i++) {
		unsigned before = count_commits(scratch);

		kill_after(scratch, (unsigned long)g_rand_int_range(random, 5000, 120000));
		assert_true(count_commits(scratch) >= before);
		locked += is_there(scratch->path, ".git/index.lock");
		auto_ran unlock = run_argv(
			scratch->path, NULL, ARGS("find", ".git", "-name", "*.lock", "-delete"));
		assert_usable(scratch);
		/* what the user does then, of two things */
		git_do(scratch, "reset", "-q", "--hard");
		git_do(scratch, "clean", "-q", "-f", "-d");
	}
	assert_true(count_commits(scratch) > 0);
	g_autofree char *log =
		git(scratch, "log", "--format=", "--name-status", "HEAD", "--not", ":/Seed");
	g_auto(GStrv) lines = g_strsplit(g_strstrip(log), "\n", -1);
	assert_int_equal(g_strv_length(lines), count_commits(scratch));
	for (guint i = 0; lines[i]; i++)
		assert_true(g_str_has_prefix(lines[i], "A\ttrackers/espial/"));
	assert_sound(scratch);
	print_message("%u commits, %u of %d kills left the lock\n", count_commits(scratch), locked,
		KILLS);
	g_rand_free(random);
	scratch_free(scratch);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(none_is_lost_among_others),
		cmocka_unit_test(two_consoles_commit_at_once),
		cmocka_unit_test(waits_a_moment_for_a_lock),
		cmocka_unit_test(killed_anywhere_it_loses_nothing),
	};

	if (argc == 4 && strcmp(argv[1], "--commit") == 0)
		return commit_on_and_on(argv[2], (unsigned)atoi(argv[3]));
	program = argv[0];
	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}

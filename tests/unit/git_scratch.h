/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Rulesets in scratch directories for tests, looked at with git(1). Include it after cmocka.h.
 */
#ifndef ESPIAL_TESTS_UNIT_GIT_SCRATCH_H
#define ESPIAL_TESTS_UNIT_GIT_SCRATCH_H

#include "rules/error.h"
#include "rules/repo.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IDENTITY "[user]\n\tname = Test Analyst\n\temail = analyst@example.org\n"
#define ESP_PATH "esps/acme.yaml"
#define RULE_PATH "trackers/acme/click.yaml"
#define ESP_TEXT "id: acme\nname: Acme\nkind: esp\n"
#define RULE_TEXT "id: acme/click\nesp: acme\nstatus: draft\nsummary: Clicks\n"

struct scratch {
	char *dir;  /* also HOME: its .gitconfig is the user's */
	char *seed; /* a small catalogue */
	char *path; /* where the ruleset is, or is to be */
};

/* ---- running programs ---- */

struct ran {
	int status; /* as from wait(2) */
	char *output;
	char *errors;
};

static inline void ran_clear(struct ran *ran)
{
	g_free(ran->output);
	g_free(ran->errors);
}
#define auto_ran __attribute__((cleanup(ran_clear))) struct ran

static inline struct ran run_argv(const char *dir, char **environment, const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	struct ran ran = {0};

	if (!g_spawn_sync(dir, (char **)argv, environment, G_SPAWN_SEARCH_PATH, NULL, NULL,
		    &ran.output, &ran.errors, &ran.status, &error))
		fail_msg("%s: %s", argv[0], error->message);
	return ran;
}

/* git's output in the scratch ruleset; the test fails where git does. */
static inline char *git_in(const char *dir, const char *const *args)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	g_autoptr(GError) error = NULL;
	struct ran ran;

	g_ptr_array_add(argv, (char *)"git");
	for (; *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	ran = run_argv(dir, NULL, (const char *const *)argv->pdata);
	if (!g_spawn_check_wait_status(ran.status, &error))
		fail_msg("git %s: %s\n%s%s", (char *)argv->pdata[1], error->message, ran.output,
			ran.errors);
	g_free(ran.errors);
	return ran.output;
}

static inline void read_from(gpointer data)
{
	dup2(GPOINTER_TO_INT(data), STDIN_FILENO);
}

/* As run_argv(), with a standard input. */
static inline struct ran run_on(
	const char *dir, const char *input, size_t len, const char *const *argv)
{
	g_autoptr(GError) error = NULL;
	FILE *file = tmpfile();
	struct ran ran = {0};

	assert_non_null(file);
	assert_int_equal(fwrite(input, 1, len, file), len);
	rewind(file);
	if (!g_spawn_sync(dir, (char **)argv, NULL,
		    G_SPAWN_SEARCH_PATH | G_SPAWN_CHILD_INHERITS_STDIN, read_from,
		    GINT_TO_POINTER(fileno(file)), &ran.output, &ran.errors, &ran.status, &error))
		fail_msg("%s: %s", argv[0], error->message);
	fclose(file);
	return ran;
}

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define git(scratch, ...) git_in((scratch)->path, ARGS(__VA_ARGS__))
/* For its effect. */
#define git_do(scratch, ...) g_free(git(scratch, __VA_ARGS__))

#define assert_git(expected, scratch, ...) assert_git_prints(expected, scratch, ARGS(__VA_ARGS__))
static inline void assert_git_prints(
	const char *expected, const struct scratch *scratch, const char *const *args)
{
	g_autofree char *output = git_in(scratch->path, args);

	assert_string_equal(output, expected);
}

/* ---- files ---- */

static inline void put(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *parent = g_path_get_dirname(path);
	g_autoptr(GError) error = NULL;

	assert_int_equal(g_mkdir_with_parents(parent, 0777), 0);
	if (!g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0666, &error))
		fail_msg("%s", error->message);
}

static inline char *get(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char *text = NULL;

	g_file_get_contents(path, &text, NULL, NULL);
	return text;
}

/* `text` NULL: it is not there. */
static inline void assert_file(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	g_autofree char *found = get(dir, name);

	if (!found != !text)
		fail_msg("%s is %s there", path, found ? "still" : "not");
	if (found && text)
		assert_string_equal(found, text);
}

static inline bool is_there(const char *dir, const char *name)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	struct stat status;

	return lstat(path, &status) == 0;
}

static inline void remove_all(const char *path)
{
	auto_ran ran = run_argv(NULL, NULL, ARGS("rm", "-rf", "--", path));

	assert_int_equal(ran.status, 0);
}

/* ---- scratch directories ---- */

static inline void set_environment(const char *home)
{
	static const char *const unset[] = {"GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL",
		"GIT_AUTHOR_DATE", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL",
		"GIT_COMMITTER_DATE", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_DIR",
		"GIT_INDEX_FILE", "GIT_WORK_TREE", "XDG_CONFIG_HOME", "EMAIL"};

	for (size_t i = 0; i < G_N_ELEMENTS(unset); i++)
		g_unsetenv(unset[i]);
	g_setenv("HOME", home, TRUE);
	g_setenv("GIT_CONFIG_NOSYSTEM", "1", TRUE);
	g_setenv("LC_ALL", "C.UTF-8", TRUE);
}

/* The home directory of the program: libgit2 looks for it only once. */
static inline const char *the_home(void)
{
	static char *home;

	if (!home) {
		home = g_dir_make_tmp("espial home ü-XXXXXX", NULL);
		assert_non_null(home);
		set_environment(home);
	}
	return home;
}

static inline void set_git_config(const char *text)
{
	put(the_home(), ".gitconfig", text);
}

static inline void put_seed(const struct scratch *scratch)
{
	put(scratch->seed, "esps/acme.yaml", ESP_TEXT);
	put(scratch->seed, "esps/other.yaml", "id: other\nname: Other\nkind: esp\n");
	put(scratch->seed, "trackers/acme/click.yaml", RULE_TEXT);
	put(scratch->seed, "trackers/other/open.yaml", "id: other/open\nesp: other\n");
}

static inline struct scratch *scratch_new(void)
{
	struct scratch *scratch = g_new0(struct scratch, 1);
	static unsigned count;

	scratch->dir = g_strdup_printf("%s/test %u", the_home(), ++count);
	scratch->seed = g_build_filename(scratch->dir, "seed", NULL);
	scratch->path = g_build_filename(scratch->dir, "rule set ü", NULL);
	assert_int_equal(g_mkdir_with_parents(scratch->dir, 0777), 0);
	set_git_config(IDENTITY);
	put_seed(scratch);
	return scratch;
}

static inline void scratch_free(struct scratch *scratch)
{
	remove_all(scratch->dir);
	g_free(scratch->dir);
	g_free(scratch->seed);
	g_free(scratch->path);
	g_free(scratch);
}

static inline int remove_home(void **state)
{
	(void)state;
	remove_all(the_home());
	return 0;
}

static inline struct repo *open_repo(const struct scratch *scratch)
{
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_open(scratch->path, &error);

	if (!repo)
		fail_msg("%s", error->message);
	return repo;
}

/* A ruleset made by git(1) with the seed's files as its only commit. */
static inline struct repo *ruleset_new(const struct scratch *scratch)
{
	auto_ran copied =
		run_argv(NULL, NULL, ARGS("cp", "-r", "--", scratch->seed, scratch->path));

	assert_int_equal(copied.status, 0);
	git_do(scratch, "init", "-q", "-b", "main");
	git_do(scratch, "add", "-A");
	git_do(scratch, "commit", "-q", "-m", "Seed");
	return open_repo(scratch);
}

/* ---- what must hold ---- */

#define assert_refused(error, code, ...) assert_refused_as(error, code, ARGS(__VA_ARGS__))
/* The error is of that code, one line, and says each of the texts. */
static inline void assert_refused_as(
	const GError *error, enum espial_error code, const char *const *says)
{
	assert_non_null(error);
	if (!g_error_matches(error, ESPIAL_ERROR, (int)code))
		fail_msg(
			"%s %d: %s", g_quark_to_string(error->domain), error->code, error->message);
	assert_null(strchr(error->message, '\n'));
	for (; *says; says++)
		if (!strstr(error->message, *says))
			fail_msg("\"%s\" does not say \"%s\"", error->message, *says);
}

/* git finds nothing wrong, and nothing to commit. */
static inline void assert_sound(const struct scratch *scratch)
{
	auto_ran fsck = run_argv(scratch->path, NULL,
		ARGS("git", "fsck", "--strict", "--full", "--no-progress", "--no-dangling"));
	g_autofree char *tree = git(scratch, "rev-parse", "HEAD^{tree}");

	if (fsck.status != 0 || *fsck.output || *fsck.errors)
		fail_msg("git fsck: %s%s", fsck.output, fsck.errors);
	assert_git("", scratch, "status", "--porcelain", "--untracked-files=all");
	/* the index holds just what HEAD does */
	assert_git(tree, scratch, "write-tree");
}

static inline void list_locks(const char *dir, GString *list)
{
	GDir *open = g_dir_open(dir, 0, NULL);

	for (const char *name; open && (name = g_dir_read_name(open));) {
		g_autofree char *path = g_build_filename(dir, name, NULL);

		if (g_file_test(path, G_FILE_TEST_IS_SYMLINK))
			continue;
		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			list_locks(path, list);
		else if (strstr(name, "lock"))
			g_string_append_printf(list, "lock: %s\n", path);
	}
	if (open)
		g_dir_close(open);
}

static inline gint compare_lines(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sorts a text's lines. */
static inline char *sorted(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	qsort(lines, g_strv_length(lines), sizeof(*lines), compare_lines);
	return g_strjoinv("\n", lines);
}

/* All that a refused change must leave as it was: where HEAD and the branches are, what is staged,
 * what is changed and what the files hold, and which locks there are. Comparable as text. */
static inline char *snapshot(const struct scratch *scratch)
{
	GString *all = g_string_new(NULL);
	auto_ran head = run_argv(scratch->path, NULL,
		ARGS("git", "rev-parse", "--symbolic-full-name", "HEAD", "HEAD"));
	auto_ran refs = run_argv(scratch->path, NULL, ARGS("git", "for-each-ref"));
	auto_ran staged = run_argv(scratch->path, NULL, ARGS("git", "ls-files", "-s"));
	auto_ran changed = run_argv(scratch->path, NULL,
		ARGS("git", "--no-optional-locks", "status", "--porcelain", "-uall"));
	auto_ran files = run_argv(scratch->path, NULL,
		ARGS("find", ".", "-path", "./.git", "-prune", "-o", "(", "-type", "f", "-exec",
			"sha1sum", "{}", "+", "-o", "-type", "l", "-printf", "%p -> %l\n", "-o",
			"-printf", "%p %y\n", ")"));
	g_autofree char *git_dir = g_build_filename(scratch->path, ".git", NULL);
	g_autofree char *sums = sorted(files.output);

	g_string_append_printf(all, "%s\n%s\n%s\n%s\n%s\n", head.output, refs.output, staged.output,
		changed.output, sums);
	list_locks(git_dir, all);
	return g_string_free(all, FALSE);
}

static inline bool commit_file(
	struct repo *repo, const char *path, const char *seen, const char *content, GError **error)
{
	struct repo_change change = {path, content, seen};
	char id[REPO_ID_SIZE];

	return repo_commit(
		repo, &change, 1, "acme: change a rule\n\nRule: acme/click\n", id, error);
}

static inline void must_commit(
	struct repo *repo, const char *path, const char *seen, const char *content)
{
	g_autoptr(GError) error = NULL;

	if (!commit_file(repo, path, seen, content, &error))
		fail_msg("%s: %s", path, error->message);
}

#endif

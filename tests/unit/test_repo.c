/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening, creating and committing to rulesets in scratch directories; git(1) says what is in them.
 */
#include "rules/repo.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/git_scratch.h"

#define OTHER_PATH "trackers/other/open.yaml"
#define NEW_PATH "trackers/acme/new.yaml"
#define NEW_TEXT "id: acme/new\nesp: acme\n"
#define CHANGED_TEXT RULE_TEXT "decode: opaque\n"

#ifdef __SANITIZE_ADDRESS__
/* libgit2 1.5 does not free what it matched the extensions of a repository with. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2-8.so\n";
}
#endif

static const char *program; /* this one: run again with another environment */

/* ---- opening ---- */

static void assert_opens_not(const char *path, enum espial_error code, const char *says)
{
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_open(path, &error);

	assert_null(repo);
	assert_refused(error, code, says);
}

static void opens_only_repositories(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *inside = g_build_filename(scratch->path, "esps", NULL);
	g_autofree char *git_dir = g_build_filename(scratch->path, ".git", NULL);
	g_autofree char *file = g_build_filename(scratch->path, "esps", "acme.yaml", NULL);

	(void)state;
	assert_opens_not(scratch->path, ESPIAL_ERROR_NOT_FOUND, scratch->path);
	assert_int_equal(g_mkdir(scratch->path, 0777), 0);
	assert_opens_not(scratch->path, ESPIAL_ERROR_NOT_FOUND, scratch->path);
	assert_int_equal(g_rmdir(scratch->path), 0);
	repo_close(ruleset_new(scratch));
	/* a directory of a repository is none itself, nor is the one that git keeps */
	assert_opens_not(inside, ESPIAL_ERROR_NOT_FOUND, inside);
	assert_opens_not(file, ESPIAL_ERROR_NOT_FOUND, file);
	assert_opens_not(git_dir, ESPIAL_ERROR_STATE, "work tree");
	assert_opens_not("", ESPIAL_ERROR_NOT_FOUND, "");
	g_autofree char *loop = g_build_filename(scratch->dir, "loop", NULL);
	assert_int_equal(symlink("loop", loop), 0);
	assert_opens_not(loop, ESPIAL_ERROR_IO, loop);
	scratch_free(scratch);
}

static void says_where_it_is(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *slashed = g_strconcat(scratch->path, "/", NULL);
	g_autofree char *before = g_get_current_dir();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	assert_string_equal(repo_path(repo), scratch->path);
	repo_close(repo);
	repo = repo_open(slashed, NULL);
	assert_non_null(repo);
	assert_string_equal(repo_path(repo), scratch->path);
	repo_close(repo);
	/* a relative path goes on to mean the same wherever the program goes */
	assert_int_equal(chdir(scratch->dir), 0);
	repo = repo_open("rule set ü", NULL);
	assert_non_null(repo);
	assert_int_equal(chdir(before), 0);
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void opens_through_a_link(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *link_path = g_build_filename(scratch->dir, "link", NULL);
	struct repo *repo;

	(void)state;
	repo_close(ruleset_new(scratch));
	assert_int_equal(symlink(scratch->path, link_path), 0);
	repo = repo_open(link_path, NULL);
	assert_non_null(repo);
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_bare_and_odd_repositories(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *bare = g_build_filename(scratch->dir, "bare.git", NULL);
	g_autofree char *wide = g_build_filename(scratch->dir, "wide", NULL);
	g_autofree char *elsewhere = g_build_filename(scratch->dir, "elsewhere", NULL);
	g_autoptr(GError) error = NULL;

	(void)state;
	repo_close(ruleset_new(scratch));
	git_do(scratch, "init", "-q", "--bare", bare);
	assert_opens_not(bare, ESPIAL_ERROR_STATE, "bare");
	git_do(scratch, "init", "-q", "--object-format=sha256", wide);
	assert_null(repo_open(wide, &error));
	assert_refused(error, ESPIAL_ERROR_IO, wide, "objectformat");
	assert_int_equal(g_mkdir(elsewhere, 0777), 0);
	git_do(scratch, "config", "core.worktree", elsewhere);
	assert_opens_not(scratch->path, ESPIAL_ERROR_STATE, "work tree");
	scratch_free(scratch);
}

static void works_in_a_linked_work_tree(void **state)
{
	struct scratch *scratch = scratch_new();
	struct scratch linked = *scratch;
	struct repo *repo;

	(void)state;
	repo_close(ruleset_new(scratch));
	linked.path = g_build_filename(scratch->dir, "linked", NULL);
	git_do(scratch, "worktree", "add", "-q", "-b", "side", linked.path);
	repo = open_repo(&linked);
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(&linked);
	assert_sound(scratch);
	assert_git("main\n", scratch, "branch", "--show-current");
	assert_file(scratch->path, NEW_PATH, NULL);
	repo_close(repo);
	g_free(linked.path);
	scratch_free(scratch);
}

static void works_in_a_shallow_clone(void **state)
{
	struct scratch *scratch = scratch_new();
	struct scratch clone = *scratch;
	g_autofree char *url = g_strconcat("file://", scratch->path, NULL);
	struct repo *repo = ruleset_new(scratch);
	g_autoptr(GError) error = NULL;

	(void)state;
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	repo_close(repo);
	clone.path = g_build_filename(scratch->dir, "shallow", NULL);
	git_do(scratch, "clone", "-q", "--depth", "1", url, clone.path);
	repo = open_repo(&clone);
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_sound(&clone);
	/* libgit2 cannot walk it; no history must not look like an empty one */
	assert_null(repo_log(repo, NULL, 0, 0, &error));
	assert_refused(error, ESPIAL_ERROR_STATE, "shallow", "git fetch --unshallow");
	repo_close(repo);
	git_do(&clone, "fetch", "-q", "--unshallow");
	repo = open_repo(&clone);
	g_autoptr(GPtrArray) log = repo_log(repo, NULL, 0, 0, NULL);
	assert_non_null(log);
	assert_int_equal(log->len, 3);
	repo_close(repo);
	g_free(clone.path);
	scratch_free(scratch);
}

/* Runs the command that the message ends in. */
static void run_advice(const char *message)
{
	const char *command = strstr(message, "git config ");
	g_auto(GStrv) argv = NULL;

	assert_non_null(command);
	assert_true(g_shell_parse_argv(command, NULL, &argv, NULL));
	auto_ran ran = run_argv(NULL, NULL, (const char *const *)argv);
	assert_int_equal(ran.status, 0);
}

static void tells_how_to_trust_an_owner(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autoptr(GError) error = NULL;
	struct repo *repo;

	(void)state;
	if (geteuid() != 0)
		skip(); /* only root can give a directory away */
	repo_close(ruleset_new(scratch));
	auto_ran given = run_argv(NULL, NULL, ARGS("chown", "-R", "12345", scratch->path));
	assert_int_equal(given.status, 0);
	assert_null(repo_open(scratch->path, &error));
	assert_refused(error, ESPIAL_ERROR_OWNER, scratch->path,
		"git config --global --add safe.directory");
	run_advice(error->message);
	repo = open_repo(scratch);
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- creating ---- */

static struct repo *create(const struct scratch *scratch)
{
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_create(scratch->path, scratch->seed, &error);

	if (!repo)
		fail_msg("%s", error->message);
	return repo;
}

static void assert_creates_not(
	const struct scratch *scratch, const char *seed, enum espial_error code, const char *says)
{
	g_autoptr(GError) error = NULL;

	assert_null(repo_create(scratch->path, seed, &error));
	assert_refused(error, code, says);
}

static void assert_is_seed(const struct scratch *scratch)
{
	auto_ran differ = run_argv(
		NULL, NULL, ARGS("diff", "-r", "--exclude=.git", scratch->seed, scratch->path));

	if (differ.status != 0)
		fail_msg("%s", differ.output);
	assert_sound(scratch);
	assert_git("1\n", scratch, "rev-list", "--count", "HEAD");
	assert_git(ESP_PATH "\nesps/other.yaml\n" RULE_PATH "\n" OTHER_PATH "\n", scratch,
		"ls-tree", "-r", "--name-only", "HEAD");
}

/* Nothing but what the test put there is beside the ruleset. */
static void assert_beside(const struct scratch *scratch, const char *expected)
{
	auto_ran ran = run_argv(NULL, NULL,
		ARGS("find", scratch->dir, "-mindepth", "1", "-maxdepth", "1", "-printf", "%f\n"));
	g_autofree char *found = sorted(ran.output);

	assert_string_equal(g_strstrip(found), expected);
}

static void creates_from_the_seed(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo;

	(void)state;
	put(scratch->seed, "README", "not a rule\n");
	repo = create(scratch);
	g_autofree char *readme = g_build_filename(scratch->seed, "README", NULL);
	assert_int_equal(g_unlink(readme), 0);
	assert_is_seed(scratch);
	assert_git("Start from the shipped catalogue\n", scratch, "log", "--format=%s");
	assert_git("Test Analyst <analyst@example.org>|Test Analyst <analyst@example.org>\n",
		scratch, "log", "--format=%an <%ae>|%cn <%ce>");
	assert_beside(scratch, "rule set ü\nseed");
	g_autofree char *branch = repo_branch(repo);
	assert_string_equal(branch, "main");
	assert_true(repo_ready(repo, NULL));
	assert_false(repo_moved(repo));
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void names_the_branch_as_git_does(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	set_git_config(IDENTITY "[init]\n\tdefaultBranch = trunk\n");
	struct repo *repo = create(scratch);
	g_autofree char *branch = repo_branch(repo);
	assert_string_equal(branch, "trunk");
	assert_git("trunk\n", scratch, "branch", "--show-current");
	repo_close(repo);
	scratch_free(scratch);
}

static void creates_whatever_git_would_ignore(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *config =
		g_strdup_printf(IDENTITY "[core]\n\texcludesFile = %s/ignored\n", scratch->dir);

	(void)state;
	put(scratch->dir, "ignored", "*.yaml\ntrackers/\n");
	set_git_config(config);
	repo_close(create(scratch));
	assert_is_seed(scratch);
	scratch_free(scratch);
}

static void creates_with_line_ending_conversion(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo;

	(void)state;
	set_git_config(IDENTITY "[core]\n\tautocrlf = true\n\tsafecrlf = true\n");
	repo = create(scratch);
	assert_sound(scratch);
	assert_git(RULE_TEXT, scratch, "show", "HEAD:" RULE_PATH);
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void creates_in_an_empty_directory(void **state)
{
	struct scratch *scratch = scratch_new();
	char *path = scratch->path;

	(void)state;
	assert_int_equal(g_mkdir(scratch->path, 0777), 0);
	scratch->path = g_strconcat(path, "/", NULL); /* as the shell completes it */
	repo_close(create(scratch));
	g_free(scratch->path);
	scratch->path = path;
	assert_is_seed(scratch);
	assert_beside(scratch, "rule set ü\nseed");
	scratch_free(scratch);
}

static void creates_where_nothing_is_yet(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	g_free(scratch->path);
	scratch->path = g_build_filename(scratch->dir, "data", "espial", "ruleset", NULL);
	repo_close(create(scratch));
	assert_is_seed(scratch);
	scratch_free(scratch);
}

static void creating_touches_nobody_elses_files(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *mine = g_strconcat(scratch->path, ".new", NULL);

	(void)state;
	put(mine, "notes", "mine\n");
	repo_close(create(scratch));
	assert_file(mine, "notes", "mine\n");
	assert_is_seed(scratch);
	scratch_free(scratch);
}

static void creates_nothing_over_something(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	put(scratch->path, ".hidden", "mine\n");
	assert_creates_not(scratch, scratch->seed, ESPIAL_ERROR_CONFLICT, scratch->path);
	assert_file(scratch->path, ".hidden", "mine\n");
	remove_all(scratch->path);
	put(scratch->dir, "rule set ü", "a file\n");
	assert_creates_not(scratch, scratch->seed, ESPIAL_ERROR_CONFLICT, scratch->path);
	assert_file(scratch->dir, "rule set ü", "a file\n");
	remove_all(scratch->path);
	assert_int_equal(symlink("nowhere", scratch->path), 0);
	assert_creates_not(scratch, scratch->seed, ESPIAL_ERROR_CONFLICT, scratch->path);
	assert_true(g_file_test(scratch->path, G_FILE_TEST_IS_SYMLINK));
	remove_all(scratch->path);
	repo_close(ruleset_new(scratch));
	assert_creates_not(scratch, scratch->seed, ESPIAL_ERROR_CONFLICT, scratch->path);
	assert_sound(scratch);
	assert_beside(scratch, "rule set ü\nseed");
	scratch_free(scratch);
}

static void creates_nothing_without_identity(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	g_free(scratch->path);
	scratch->path = g_build_filename(scratch->dir, "data", "espial", "ruleset", NULL);
	set_git_config("");
	assert_creates_not(
		scratch, scratch->seed, ESPIAL_ERROR_NO_IDENTITY, "git config --global user.name");
	assert_beside(scratch, "seed");
	scratch_free(scratch);
}

static void creates_nothing_from_a_bad_seed(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *missing = g_build_filename(scratch->dir, "missing", NULL);
	g_autofree char *loop = g_build_filename(scratch->seed, "trackers", "loop", NULL);

	(void)state;
	assert_creates_not(scratch, missing, ESPIAL_ERROR_IO, missing);
	assert_beside(scratch, "seed");
	put(scratch->seed, "a/b/c/d/e/f.yaml", "deep\n");
	assert_creates_not(scratch, scratch->seed, ESPIAL_ERROR_IO, scratch->seed);
	assert_beside(scratch, "seed");
	g_autofree char *deep = g_build_filename(scratch->seed, "a", NULL);
	remove_all(deep);
	assert_int_equal(symlink(scratch->seed, loop), 0);
	assert_creates_not(scratch, scratch->seed, ESPIAL_ERROR_IO, scratch->seed);
	assert_int_equal(g_unlink(loop), 0);
	assert_int_equal(symlink("nowhere", loop), 0);
	repo_close(create(scratch)); /* no rule file, no matter */
	assert_int_equal(g_unlink(loop), 0);
	assert_is_seed(scratch);
	scratch_free(scratch);
}

static gpointer create_in_thread(gpointer data)
{
	const struct scratch *scratch = data;
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_create(scratch->path, scratch->seed, &error);

	if (!repo)
		return g_strdup(error->message);
	repo_close(repo);
	return NULL;
}

/* Two consoles started at once: whoever is later takes the ruleset of the other. */
static void two_may_create_at_once(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	for (int i = 0; i < 5; i++) {
		GThread *thread = g_thread_new("create", create_in_thread, scratch);
		g_autofree char *first = create_in_thread(scratch);
		g_autofree char *second = g_thread_join(thread);

		/* the later one may also have come so late that it found the ruleset */
		assert_true(!first || !second);
		if ((first && !strstr(first, "is there")) ||
			(second && !strstr(second, "is there")))
			fail_msg("%s %s", first, second);
		assert_is_seed(scratch);
		assert_beside(scratch, "rule set ü\nseed");
		remove_all(scratch->path);
	}
	scratch_free(scratch);
}

/* ---- who commits ---- */

/* Run by identity(): prints what repo_identity() says, or its error. */
static int print_identity(const char *path)
{
	g_autoptr(GError) error = NULL;
	struct repo *repo = repo_open(path, &error);
	g_autofree char *identity = repo ? repo_identity(repo, &error) : NULL;

	printf("%s", identity ? identity : error->message);
	repo_close(repo);
	return 0;
}

static char **environment_with(const char *const *settings)
{
	char **environment = g_get_environ();

	for (; *settings; settings++) {
		g_auto(GStrv) pair = g_strsplit(*settings, "=", 2);

		environment = g_environ_setenv(environment, pair[0], pair[1], TRUE);
	}
	return environment;
}

/* Who would commit with that environment: espial says the same as git. */
#define assert_identity(expected, scratch, ...) \
	assert_identity_with(expected, scratch, ARGS(__VA_ARGS__))
static void assert_identity_with(
	const char *expected, const struct scratch *scratch, const char *const *settings)
{
	g_auto(GStrv) environment = environment_with(settings);
	auto_ran ours = run_argv(NULL, environment, ARGS(program, "--identity", scratch->path));
	auto_ran gits =
		run_argv(scratch->path, environment, ARGS("git", "var", "GIT_AUTHOR_IDENT"));
	const char *date = strrchr(gits.output, '>');

	assert_int_equal(ours.status, 0);
	if (!expected) {
		assert_non_null(strstr(ours.output, "git does not know who you are"));
		return;
	}
	assert_string_equal(ours.output, expected);
	if (!date)
		fail_msg("git var: %s", gits.errors);
	assert_int_equal(date + 1 - gits.output, strlen(expected));
	assert_memory_equal(gits.output, expected, strlen(expected));
}

static void knows_who_commits(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *global = g_strdup_printf("GIT_CONFIG_GLOBAL=%s/global", scratch->dir);
	g_autofree char *xdg = g_strdup_printf("XDG_CONFIG_HOME=%s/xdg", scratch->dir);

	(void)state;
	repo_close(ruleset_new(scratch));
	put(scratch->dir, "global", "[user]\n\tname = Global\n\temail = global@example.org\n");
	put(scratch->dir, "xdg/git/config", "[user]\n\tname = Xdg\n\temail = xdg@example.org\n");
	assert_identity("Test Analyst <analyst@example.org>", scratch, "A=");
	assert_identity("Global <global@example.org>", scratch, global);
	assert_identity("Test Analyst <analyst@example.org>", scratch, xdg);
	assert_identity("Env <analyst@example.org>", scratch, "GIT_AUTHOR_NAME=Env");
	assert_identity(
		"Test Analyst <env@example.org>", scratch, "GIT_AUTHOR_EMAIL=env@example.org");
	set_git_config("");
	assert_identity("Xdg <xdg@example.org>", scratch, xdg);
	assert_identity("Ö <o@example.org>", scratch, "GIT_AUTHOR_NAME=Ö",
		"GIT_AUTHOR_EMAIL=o@example.org", "GIT_COMMITTER_NAME=C",
		"GIT_COMMITTER_EMAIL=c@example.org");
	set_git_config("[user]\n\tname = Only Name\n");
	assert_identity("Only Name <mail@example.org>", scratch, "EMAIL=mail@example.org");
	set_git_config(IDENTITY "[author]\n\tname = Author\n");
	assert_identity("Author <analyst@example.org>", scratch, "A=");
	git_do(scratch, "config", "user.email", "local@example.org");
	assert_identity("Author <local@example.org>", scratch, "A=");
	scratch_free(scratch);
}

static void knows_conditional_identities(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *global = g_strdup_printf("GIT_CONFIG_GLOBAL=%s/global", scratch->dir);
	g_autofree char *config =
		g_strdup_printf(IDENTITY "[includeIf \"gitdir:%s/\"]\n\tpath = %s/work\n",
			scratch->dir, scratch->dir);
	g_autofree char *by_branch = g_strdup_printf(
		IDENTITY "[includeIf \"onbranch:main\"]\n\tpath = %s/work\n", scratch->dir);

	(void)state;
	repo_close(ruleset_new(scratch));
	put(scratch->dir, "work", "[user]\n\temail = work@example.org\n");
	set_git_config(config);
	assert_identity("Test Analyst <work@example.org>", scratch, "A=");
	put(scratch->dir, "global", config);
	set_git_config("");
	assert_identity("Test Analyst <work@example.org>", scratch, global);
	set_git_config(by_branch);
	assert_identity("Test Analyst <work@example.org>", scratch, "A=");
	scratch_free(scratch);
}

static void knows_when_nobody_commits(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	repo_close(ruleset_new(scratch));
	set_git_config("");
	assert_identity(NULL, scratch, "A=");
	assert_identity(NULL, scratch, "GIT_CONFIG_GLOBAL=/dev/null");
	assert_identity(NULL, scratch, "GIT_CONFIG_GLOBAL=/nowhere");
	assert_identity(NULL, scratch, "GIT_AUTHOR_NAME=Env");
	set_git_config("[user]\n\tname =\n\temail = analyst@example.org\n");
	assert_identity(NULL, scratch, "A=");
	set_git_config("[user]\n\tname = <>\n\temail = analyst@example.org\n");
	assert_identity(NULL, scratch, "A=");
	set_git_config(IDENTITY);
	assert_identity(NULL, scratch, "GIT_AUTHOR_NAME=");
	assert_identity(NULL, scratch, "GIT_CONFIG_GLOBAL=");
	scratch_free(scratch);
}

/* safe.directory in the file that GIT_CONFIG_GLOBAL names counts as git counts it. */
static void trusts_what_git_config_global_trusts(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *global = g_strdup_printf("GIT_CONFIG_GLOBAL=%s/global", scratch->dir);

	(void)state;
	if (geteuid() != 0)
		skip(); /* only root can give a directory away */
	repo_close(ruleset_new(scratch));
	put(scratch->dir, "global", IDENTITY);
	auto_ran given = run_argv(NULL, NULL, ARGS("chown", "-R", "12345", scratch->path));
	assert_int_equal(given.status, 0);
	g_auto(GStrv) environment = environment_with(ARGS(global));
	auto_ran refused = run_argv(NULL, environment, ARGS(program, "--identity", scratch->path));
	assert_non_null(strstr(refused.output, "safe.directory"));
	g_auto(GStrv) argv = NULL;
	assert_true(g_shell_parse_argv(strstr(refused.output, "git config"), NULL, &argv, NULL));
	auto_ran advised = run_argv(NULL, environment, (const char *const *)argv);
	assert_int_equal(advised.status, 0);
	assert_identity("Test Analyst <analyst@example.org>", scratch, global);
	put(scratch->dir, "global", IDENTITY "[safe]\n\tdirectory = *\n");
	assert_identity("Test Analyst <analyst@example.org>", scratch, global);
	/* an empty one takes back what stands before it */
	put(scratch->dir, "global",
		IDENTITY "[safe]\n\tdirectory = *\n\tdirectory =\n\tdirectory = /elsewhere\n");
	auto_ran again = run_argv(NULL, environment, ARGS(program, "--identity", scratch->path));
	assert_non_null(strstr(again.output, "safe.directory"));
	scratch_free(scratch);
}

static void notices_an_identity_given_later(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *config = g_build_filename(the_home(), ".gitconfig", NULL);
	g_autoptr(GError) error = NULL;
	struct repo *repo;

	(void)state;
	repo_close(ruleset_new(scratch));
	assert_int_equal(g_unlink(config), 0);
	repo = open_repo(scratch);
	assert_false(repo_ready(repo, &error));
	assert_refused(error, ESPIAL_ERROR_NO_IDENTITY, "user.name", "user.email");
	git_do(scratch, "config", "--global", "user.name", "Late");
	git_do(scratch, "config", "--global", "user.email", "late@example.org");
	g_autofree char *identity = repo_identity(repo, NULL);
	assert_string_equal(identity, "Late <late@example.org>");
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_git("Late\n", scratch, "log", "-1", "--format=%an");
	assert_int_equal(g_unlink(config), 0);
	assert_false(repo_ready(repo, NULL));
	repo_close(repo);
	scratch_free(scratch);
}

static void signs_for_author_and_committer(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	g_setenv("GIT_AUTHOR_NAME", "Writer <x>\n", TRUE); /* git drops what would break a header */
	g_setenv("GIT_COMMITTER_EMAIL", "desk@example.org", TRUE);
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	g_unsetenv("GIT_AUTHOR_NAME");
	g_unsetenv("GIT_COMMITTER_EMAIL");
	assert_git("Writer x|analyst@example.org|Test Analyst|desk@example.org\n", scratch, "log",
		"-1", "--format=%an|%ae|%cn|%ce");
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- whether a commit could be made ---- */

static void assert_not_ready(const struct scratch *scratch, struct repo *repo, const char *says)
{
	g_autoptr(GError) asked = NULL;
	g_autoptr(GError) tried = NULL;
	g_autoptr(GError) reverted = NULL;
	g_autofree char *before = snapshot(scratch);
	char id[REPO_ID_SIZE];

	assert_false(repo_ready(repo, &asked));
	assert_refused(asked, ESPIAL_ERROR_STATE, says);
	assert_false(commit_file(repo, "trackers/acme/not-ready.yaml", NULL, NEW_TEXT, &tried));
	assert_refused(tried, ESPIAL_ERROR_STATE, says);
	assert_false(repo_revert(
		repo, "0000000000000000000000000000000000000000", "Revert", id, &reverted));
	assert_refused(reverted, ESPIAL_ERROR_STATE, says);
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
}

static void refuses_a_detached_head(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	assert_true(repo_ready(repo, NULL));
	git_do(scratch, "checkout", "-q", "--detach");
	assert_not_ready(scratch, repo, "detached");
	assert_null(repo_branch(repo));
	git_do(scratch, "checkout", "-q", "main");
	assert_true(repo_ready(repo, NULL));
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_an_unborn_head(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo;

	(void)state;
	g_free(git_in(scratch->dir, ARGS("init", "-q", "-b", "main", scratch->path)));
	repo = open_repo(scratch);
	assert_not_ready(scratch, repo, "no commit yet");
	g_autoptr(GPtrArray) log = repo_log(repo, NULL, 0, 0, NULL);
	assert_non_null(log);
	assert_int_equal(log->len, 0);
	assert_null(repo_file(repo, RULE_PATH, NULL));
	assert_false(repo_moved(repo));
	g_autofree char *branch = repo_branch(repo);
	assert_string_equal(branch, "main");
	put(scratch->path, "x", "x\n");
	git_do(scratch, "add", "x");
	git_do(scratch, "commit", "-q", "-m", "First");
	assert_true(repo_moved(repo));
	assert_true(repo_ready(repo, NULL));
	git_do(scratch, "checkout", "-q", "--orphan", "fresh");
	assert_not_ready(scratch, repo, "no commit yet");
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_a_broken_head(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autoptr(GError) error = NULL;

	(void)state;
	/* the branch names a commit that is not there */
	put(scratch->path, ".git/refs/heads/main", "0123456789012345678901234567890123456789\n");
	assert_false(repo_ready(repo, &error));
	assert_non_null(error->message);
	g_clear_error(&error);
	assert_false(commit_file(repo, NEW_PATH, NULL, NEW_TEXT, &error));
	assert_file(scratch->path, NEW_PATH, NULL);
	g_clear_error(&error);
	put(scratch->path, ".git/HEAD", "nonsense\n");
	assert_false(repo_ready(repo, NULL));
	assert_false(commit_file(repo, NEW_PATH, NULL, NEW_TEXT, &error));
	assert_non_null(error->message);
	assert_null(repo_branch(repo));
	assert_file(scratch->path, NEW_PATH, NULL);
	repo_close(repo);
	scratch_free(scratch);
}

static void git_fails(const struct scratch *scratch, const char *const *argv)
{
	auto_ran ran = run_argv(scratch->path, NULL, argv);

	assert_int_not_equal(ran.status, 0);
}

/* Two branches that change the same line; on main. */
static void diverge(const struct scratch *scratch)
{
	git_do(scratch, "checkout", "-q", "-b", "side");
	put(scratch->path, RULE_PATH, RULE_TEXT "side: 1\n");
	git_do(scratch, "commit", "-q", "-a", "-m", "Side");
	git_do(scratch, "checkout", "-q", "main");
	put(scratch->path, RULE_PATH, RULE_TEXT "main: 1\n");
	git_do(scratch, "commit", "-q", "-a", "-m", "Main");
}

static void refuses_while_git_is_under_way(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	diverge(scratch);
	git_fails(scratch, ARGS("git", "merge", "side"));
	assert_not_ready(scratch, repo, "a merge is under way");
	git_do(scratch, "merge", "--abort");
	git_fails(scratch, ARGS("git", "cherry-pick", "side"));
	assert_not_ready(scratch, repo, "a cherry-pick is under way");
	git_do(scratch, "cherry-pick", "--abort");
	git_fails(scratch, ARGS("git", "revert", "--no-edit", "side"));
	assert_not_ready(scratch, repo, "a revert is under way");
	git_do(scratch, "revert", "--abort");
	git_fails(scratch, ARGS("git", "rebase", "side"));
	assert_not_ready(scratch, repo, "a rebase is under way");
	git_do(scratch, "rebase", "--abort");
	git_do(scratch, "bisect", "start");
	assert_not_ready(scratch, repo, "a bisect is under way");
	git_do(scratch, "bisect", "reset");
	assert_true(repo_ready(repo, NULL));
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- committing ---- */

#define MESSAGE                                                                              \
	"acme: add branded click host\n\nSeen in a campaign.\n\nRule: acme/new\nESP: acme\n" \
	"Evidence: id:20260901.17@mail.example\n"

static void commits_what_git_sees(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *before = git(scratch, "rev-parse", "HEAD");
	struct repo_change changes[] = {
		{NEW_PATH, NEW_TEXT, NULL}, {"esps/new.yaml", "id: new\n", NULL}};
	char id[REPO_ID_SIZE] = "";
	g_autoptr(GError) error = NULL;

	(void)state;
	if (!repo_commit(repo, changes, 2, MESSAGE, id, &error))
		fail_msg("%s", error->message);
	g_autofree char *head = g_strconcat(id, "\n", NULL);
	assert_git(head, scratch, "rev-parse", "HEAD");
	assert_git(head, scratch, "rev-parse", "main");
	assert_git(before, scratch, "rev-parse", "HEAD^@");
	assert_git("A\tesps/new.yaml\nA\t" NEW_PATH "\n", scratch, "diff-tree", "-r",
		"--no-commit-id", "--name-status", "HEAD");
	assert_git(NEW_TEXT, scratch, "show", "HEAD:" NEW_PATH);
	assert_git(MESSAGE "\n", scratch, "log", "-1", "--format=%B");
	assert_file(scratch->path, NEW_PATH, NEW_TEXT);
	assert_sound(scratch);
	assert_false(repo_moved(repo));
	repo_close(repo);
	scratch_free(scratch);
}

/* The commit object has the same headers as one of git's. */
static void commits_as_git_does(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);

	(void)state;
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	g_autofree char *ours = git(scratch, "cat-file", "commit", "HEAD");
	put(scratch->path, RULE_PATH, CHANGED_TEXT);
	git_do(scratch, "commit", "-q", "-a", "-m", "acme: change a rule", "-m",
		"Rule: acme/click");
	g_autofree char *gits = git(scratch, "cat-file", "commit", "HEAD");
	g_auto(GStrv) our_lines = g_strsplit(ours, "\n", -1);
	g_auto(GStrv) git_lines = g_strsplit(gits, "\n", -1);
	assert_int_equal(g_strv_length(our_lines), g_strv_length(git_lines));
	for (guint i = 0; our_lines[i]; i++) {
		size_t word = strcspn(our_lines[i], " ");

		assert_int_equal(word, strcspn(git_lines[i], " "));
		assert_memory_equal(our_lines[i], git_lines[i], word);
	}
	repo_close(repo);
	scratch_free(scratch);
}

static void commits_find_trailers_and_reflog(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	struct repo_change change = {NEW_PATH, NEW_TEXT, NULL};
	char id[REPO_ID_SIZE];

	(void)state;
	assert_true(repo_commit(repo, &change, 1, MESSAGE, id, NULL));
	g_autofree char *body = git(scratch, "log", "-1", "--format=%B");
	put(scratch->dir, "message", body);
	g_autofree char *file = g_build_filename(scratch->dir, "message", NULL);
	assert_git("Rule: acme/new\nESP: acme\nEvidence: id:20260901.17@mail.example\n", scratch,
		"interpret-trailers", "--parse", file);
	assert_git("commit: acme: add branded click host\n", scratch, "log", "-g", "-1",
		"--format=%gs", "HEAD");
	assert_git("commit: acme: add branded click host\n", scratch, "log", "-g", "-1",
		"--format=%gs", "main");
	repo_close(repo);
	scratch_free(scratch);
}

static void commits_changes_and_deletions(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_sound(scratch);
	assert_file(scratch->path, RULE_PATH, CHANGED_TEXT);
	must_commit(repo, RULE_PATH, CHANGED_TEXT, RULE_TEXT);
	must_commit(repo, NEW_PATH, NULL, "");
	assert_file(scratch->path, NEW_PATH, "");
	assert_sound(scratch);
	/* the last files of directories: git knows no empty ones */
	must_commit(repo, NEW_PATH, "", NULL);
	must_commit(repo, RULE_PATH, RULE_TEXT, NULL);
	assert_sound(scratch);
	assert_file(scratch->path, RULE_PATH, NULL);
	assert_git("trackers\ntrackers/other\n" OTHER_PATH "\n", scratch, "ls-tree", "-r", "-t",
		"--name-only", "HEAD", "trackers/");
	must_commit(repo, RULE_PATH, NULL, RULE_TEXT);
	assert_sound(scratch);
	assert_git("7\n", scratch, "rev-list", "--count", "HEAD");
	repo_close(repo);
	scratch_free(scratch);
}

static void writes_plain_files(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *path = g_build_filename(scratch->path, NEW_PATH, NULL);
	mode_t mask = umask(0027);
	struct stat status;

	(void)state;
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	umask(mask);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode, S_IFREG | 0640);
	assert_git("100644\n", scratch, "ls-tree", "--format=%(objectmode)", "HEAD", NEW_PATH);
	/* a mode that somebody gave is not this change's business */
	git_do(scratch, "update-index", "--chmod=+x", RULE_PATH);
	git_do(scratch, "commit", "-q", "-m", "Mode");
	git_do(scratch, "checkout", "-q", "--", ".");
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_git("100755\n", scratch, "ls-tree", "--format=%(objectmode)", "HEAD", RULE_PATH);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_to_commit_nothing(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *before = snapshot(scratch);
	struct repo_change none = {NULL, NULL, NULL};
	g_autoptr(GError) error = NULL;
	char id[REPO_ID_SIZE];

	(void)state;
	assert_false(commit_file(repo, RULE_PATH, RULE_TEXT, RULE_TEXT, &error));
	assert_refused(error, ESPIAL_ERROR_INVALID, "nothing");
	g_clear_error(&error);
	assert_false(commit_file(repo, NEW_PATH, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_INVALID, "nothing");
	g_clear_error(&error);
	assert_false(repo_commit(repo, &none, 0, MESSAGE, id, &error));
	assert_refused(error, ESPIAL_ERROR_INVALID, "nothing");
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	repo_close(repo);
	scratch_free(scratch);
}

static void keeps_messages_as_they_are(void **state)
{
	static const char *const pairs[][2] = {
		{"subject", "subject\n"},
		{"subject\n\n\n\nbody  \t\nmore\n\n\n", "subject\n\nbody\nmore\n"},
		{"#1 rule\n\n# not a comment\n", "#1 rule\n\n# not a comment\n"},
		{"%s %n $(id) `id` \\n\n", "%s %n $(id) `id` \\n\n"},
		{"ü: \xe2\x82\xac\n\n--- a\n+++ b\n", "ü: \xe2\x82\xac\n\n--- a\n+++ b\n"},
	};
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	char id[REPO_ID_SIZE];

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
		g_autofree char *path = g_strdup_printf("trackers/acme/m%zu.yaml", i);
		struct repo_change change = {path, NEW_TEXT, NULL};
		g_autofree char *expected = g_strconcat(pairs[i][1], "\n", NULL);

		assert_true(repo_commit(repo, &change, 1, pairs[i][0], id, NULL));
		assert_git(expected, scratch, "log", "-1", "--format=%B");
	}
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- other people's changes to other files ---- */

static void leaves_other_changes_alone(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	put(scratch->path, ESP_PATH, "staged\n");
	git_do(scratch, "add", ESP_PATH);
	put(scratch->path, ESP_PATH, "staged, then changed\n");
	put(scratch->path, "esps/staged.yaml", "new and staged\n");
	git_do(scratch, "add", "esps/staged.yaml");
	put(scratch->path, "esps/later.yaml", "intended\n");
	git_do(scratch, "add", "-N", "esps/later.yaml");
	put(scratch->path, "trackers/acme/untracked.yaml", "untracked\n");
	put(scratch->path, OTHER_PATH, "changed\n");
	git_do(scratch, "rm", "-q", "--cached", "esps/other.yaml");
	g_autofree char *status = git(scratch, "status", "--porcelain", "-uall");
	g_autofree char *staged = git(scratch, "diff", "--cached");
	g_autofree char *unstaged = git(scratch, "diff");

	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	must_commit(repo, NEW_PATH, NEW_TEXT, NULL);
	assert_git(status, scratch, "status", "--porcelain", "-uall");
	assert_git(staged, scratch, "diff", "--cached");
	assert_git(unstaged, scratch, "diff");
	assert_git(RULE_PATH "\n", scratch, "diff", "--name-only", "HEAD~3", "HEAD");
	assert_file(scratch->path, ESP_PATH, "staged, then changed\n");
	repo_close(repo);
	scratch_free(scratch);
}

static void set_time(const char *dir, const char *name, time_t when)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	const struct timespec times[2] = {{when, 0}, {when, 0}};

	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* What was changed within the clock's tick in which the index was written, and to the same size:
 * the index that a commit writes must not make it look clean. */
static void hides_no_quick_change(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *path = g_build_filename(scratch->path, OTHER_PATH, NULL);
	FILE *file;

	(void)state;
	/* ctime cannot be set back, so git is told not to look at it */
	git_do(scratch, "config", "core.trustctime", "false");
	set_time(scratch->path, OTHER_PATH, 1600000000);
	git_do(scratch, "update-index", "--refresh");
	file = fopen(path, "r+");
	assert_non_null(file);
	fputs("ID", file);
	fclose(file);
	set_time(scratch->path, OTHER_PATH, 1600000000);
	set_time(scratch->path, ".git/index", 1600000000);
	assert_git(" M " OTHER_PATH "\n", scratch, "--no-optional-locks", "status", "--porcelain");
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_git(" M " OTHER_PATH "\n", scratch, "--no-optional-locks", "status", "--porcelain");
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- other people's changes to the same file ---- */

static void assert_conflict_at(const struct scratch *scratch, const char *path, const char *seen,
	const char *content, const char *says)
{
	struct repo *repo = open_repo(scratch);
	g_autofree char *before = snapshot(scratch);
	g_autoptr(GError) error = NULL;

	if (commit_file(repo, path, seen, content, &error))
		fail_msg("%s was committed over %s", path, says);
	assert_refused(error, ESPIAL_ERROR_CONFLICT, path, says);
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	repo_close(repo);
}

static void assert_conflict(const struct scratch *scratch, const char *says)
{
	assert_conflict_at(scratch, RULE_PATH, RULE_TEXT, CHANGED_TEXT, says);
	assert_conflict_at(scratch, RULE_PATH, RULE_TEXT, NULL, says);
}

static void refuses_over_changes_in_the_work_tree(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autofree char *file = g_build_filename(scratch->path, RULE_PATH, NULL);

	(void)state;
	repo_close(ruleset_new(scratch));
	put(scratch->path, RULE_PATH, RULE_TEXT "foreign: 1\n");
	assert_conflict(scratch, "in the work tree");
	put(scratch->path, RULE_PATH, "");
	assert_conflict(scratch, "in the work tree");
	assert_int_equal(g_unlink(file), 0);
	assert_conflict(scratch, "removed from the work tree");
	put(file, "inside", "a directory in its place\n");
	assert_conflict(scratch, "in the work tree");
	remove_all(file);
	put(scratch->path, RULE_PATH, RULE_TEXT);
	put(scratch->path, NEW_PATH, "untracked\n");
	assert_conflict_at(scratch, NEW_PATH, NULL, NEW_TEXT, "not committed");
	assert_file(scratch->path, NEW_PATH, "untracked\n");
	scratch_free(scratch);
}

static void refuses_over_what_is_staged(void **state)
{
	struct scratch *scratch = scratch_new();

	(void)state;
	repo_close(ruleset_new(scratch));
	put(scratch->path, RULE_PATH, RULE_TEXT "staged: 1\n");
	git_do(scratch, "add", RULE_PATH);
	assert_conflict(scratch, RULE_PATH);
	put(scratch->path, RULE_PATH, RULE_TEXT); /* staged, but not in the work tree */
	assert_conflict(scratch, "staged");
	git_do(scratch, "reset", "-q");
	git_do(scratch, "rm", "-q", "--cached", RULE_PATH);
	assert_conflict(scratch, "staged");
	git_do(scratch, "reset", "-q", "--hard");
	git_do(scratch, "rm", "-q", RULE_PATH);
	assert_conflict(scratch, RULE_PATH);
	git_do(scratch, "reset", "-q", "--hard");
	put(scratch->path, NEW_PATH, "staged\n");
	git_do(scratch, "add", NEW_PATH);
	g_autofree char *file = g_build_filename(scratch->path, NEW_PATH, NULL);
	assert_int_equal(g_unlink(file), 0);
	assert_conflict_at(scratch, NEW_PATH, NULL, NEW_TEXT, "staged");
	scratch_free(scratch);
}

static void refuses_over_later_commits(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autoptr(GError) error = NULL;

	(void)state;
	put(scratch->path, RULE_PATH, RULE_TEXT "later: 1\n");
	git_do(scratch, "commit", "-q", "-a", "-m", "Later");
	assert_conflict(scratch, "in the last commit");
	assert_conflict_at(scratch, RULE_PATH, NULL, NEW_TEXT, "in the last commit");
	assert_conflict_at(scratch, NEW_PATH, "was there\n", NEW_TEXT, "in the last commit");
	/* with one file in the way, none is written */
	struct repo_change changes[] = {
		{NEW_PATH, NEW_TEXT, NULL}, {RULE_PATH, CHANGED_TEXT, RULE_TEXT}};
	char id[REPO_ID_SIZE];
	assert_false(repo_commit(repo, changes, 2, MESSAGE, id, &error));
	assert_refused(error, ESPIAL_ERROR_CONFLICT, RULE_PATH);
	assert_file(scratch->path, NEW_PATH, NULL);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void follows_a_switched_branch(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *before = git(scratch, "rev-parse", "main");

	(void)state;
	git_do(scratch, "checkout", "-q", "-b", "side/branch");
	git_do(scratch, "commit", "-q", "--allow-empty", "-m", "Empty");
	git_do(scratch, "pack-refs", "--all");
	git_do(scratch, "gc", "-q");
	assert_true(repo_moved(repo));
	assert_false(repo_moved(repo));
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	g_autofree char *branch = repo_branch(repo);
	assert_string_equal(branch, "side/branch");
	assert_git(before, scratch, "rev-parse", "main");
	assert_git("3\n", scratch, "rev-list", "--count", "HEAD");
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void sees_what_others_committed(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	git_do(scratch, "commit", "-q", "--allow-empty", "-m", "Theirs");
	/* a commit of ours on top of it must not hide theirs */
	must_commit(repo, NEW_PATH, NULL, NEW_TEXT);
	assert_true(repo_moved(repo));
	assert_false(repo_moved(repo));
	must_commit(repo, NEW_PATH, NEW_TEXT, NULL);
	assert_false(repo_moved(repo));
	git_do(scratch, "reset", "-q", "--hard", "HEAD~1");
	assert_true(repo_moved(repo));
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- locks ---- */

static void assert_locked(const struct scratch *scratch, struct repo *repo, const char *lock)
{
	g_autofree char *full = g_build_filename(scratch->path, ".git", lock, NULL);
	g_autoptr(GError) committing = NULL;
	g_autoptr(GError) reverting = NULL;
	g_autofree char *head = git(scratch, "rev-parse", "HEAD");
	char id[REPO_ID_SIZE];

	put(full, "", "");
	g_rmdir(full);
	put(scratch->path, ".git/keep", "");
	g_autofree char *name = g_strconcat(".git/", lock, NULL);
	put(scratch->path, name, "held\n");
	g_autofree char *before = snapshot(scratch);
	assert_false(commit_file(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT, &committing));
	assert_refused(committing, ESPIAL_ERROR_LOCKED, full);
	assert_false(repo_revert(repo, g_strstrip(head), "Revert", id, &reverting));
	assert_refused(reverting, ESPIAL_ERROR_LOCKED, full);
	assert_file(scratch->path, name, "held\n");
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	assert_int_equal(g_unlink(full), 0);
}

static void refuses_while_locked(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	assert_locked(scratch, repo, "index.lock");
	assert_locked(scratch, repo, "HEAD.lock");
	assert_locked(scratch, repo, "refs/heads/main.lock");
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

/* ---- paths ---- */

static void refuses_paths_out_of_the_work_tree(void **state)
{
	static const char *const paths[] = {"", "/", ".", "..", "../x.yaml", "esps/../../x.yaml",
		"/etc/x.yaml", "esps//x.yaml", "esps/", "./x.yaml", ".git/hooks/post-commit",
		".git", ".GIT/config", ".gitmodules", ".gitattributes", "esps/.git/config",
		"git~1/config", "GIT~1", "esps/git~1/x", "\xe2\x80\x8c.git/config",
		".g\xe2\x80\x8cit/config", "esps\\..\\x.yaml", "..\\x", "esps/.hidden.yaml",
		"esps/a\nb.yaml", "esps/a\x1b[31m.yaml", "esps/\xff.yaml"};
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *before = snapshot(scratch);

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
		g_autoptr(GError) error = NULL;

		if (commit_file(repo, paths[i], NULL, NEW_TEXT, &error))
			fail_msg("%s was committed", paths[i]);
		if (!g_error_matches(error, ESPIAL_ERROR, ESPIAL_ERROR_INVALID))
			fail_msg("%s: %s", paths[i], error->message);
	}
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	assert_beside(scratch, "rule set ü\nseed");
	repo_close(repo);
	scratch_free(scratch);
}

static void assert_not_followed(const struct scratch *scratch, struct repo *repo, const char *path,
	const char *seen, enum espial_error code)
{
	g_autofree char *before = snapshot(scratch);
	g_autoptr(GError) error = NULL;

	if (commit_file(repo, path, seen, NEW_TEXT, &error))
		fail_msg("%s was committed", path);
	assert_refused(error, code, path);
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	assert_file(scratch->dir, "outside/x.yaml", "outside\n");
	assert_file(scratch->dir, "outside/new.yaml", NULL);
}

static void follows_no_symbolic_link(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autofree char *directory = g_build_filename(scratch->path, "trackers", "evil", NULL);
	g_autofree char *file = g_build_filename(scratch->path, NEW_PATH, NULL);
	g_autofree char *tracked = g_build_filename(scratch->path, "esps", "link.yaml", NULL);

	(void)state;
	put(scratch->dir, "outside/x.yaml", "outside\n");
	assert_int_equal(symlink("../../outside", directory), 0);
	assert_int_equal(symlink("../../../outside/new.yaml", file), 0);
	assert_not_followed(scratch, repo, "trackers/evil/new.yaml", NULL, ESPIAL_ERROR_INVALID);
	assert_not_followed(scratch, repo, "trackers/evil/x.yaml", NULL, ESPIAL_ERROR_INVALID);
	assert_not_followed(scratch, repo, NEW_PATH, NULL, ESPIAL_ERROR_INVALID);
	/* one that is committed: its text is the target */
	assert_int_equal(symlink("../../outside/x.yaml", tracked), 0);
	git_do(scratch, "add", "-A");
	git_do(scratch, "commit", "-q", "-m", "Links");
	assert_not_followed(
		scratch, repo, "esps/link.yaml", "../../outside/x.yaml", ESPIAL_ERROR_INVALID);
	repo_close(repo);
	scratch_free(scratch);
}

static void refuses_files_for_directories(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	g_autoptr(GError) error = NULL;
	struct repo_change changes[] = {
		{NEW_PATH, NEW_TEXT, NULL}, {"trackers/plain/new.yaml", NEW_TEXT, NULL}};
	char id[REPO_ID_SIZE];

	(void)state;
	put(scratch->path, "trackers/plain", "an untracked file\n");
	g_autofree char *before = snapshot(scratch);
	/* what was written before the failure goes away again */
	assert_false(repo_commit(repo, changes, 2, MESSAGE, id, &error));
	assert_refused(error, ESPIAL_ERROR_IO, "trackers/plain");
	g_clear_error(&error);
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	/* a file of HEAD where a directory should be, and the other way round */
	assert_false(commit_file(repo, RULE_PATH "/x.yaml", NULL, NEW_TEXT, &error));
	g_clear_error(&error);
	assert_false(commit_file(repo, "trackers/acme", NULL, NEW_TEXT, &error));
	assert_refused(error, ESPIAL_ERROR_INVALID, "trackers/acme");
	g_autofree char *last = snapshot(scratch);
	assert_string_equal(before, last);
	repo_close(repo);
	scratch_free(scratch);
}

/* A file of a change that could not be written whole comes back as it was, byte for byte. */
static void puts_back_what_it_had_replaced(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo;
	struct repo_change changes[] = {{RULE_PATH, CHANGED_TEXT, RULE_TEXT},
		{ESP_PATH, NULL, ESP_TEXT}, {"trackers/plain/new.yaml", NEW_TEXT, NULL}};
	g_autoptr(GError) error = NULL;
	char id[REPO_ID_SIZE];

	(void)state;
	repo = ruleset_new(scratch);
	git_do(scratch, "config", "core.autocrlf", "true");
	g_autofree char *trackers = g_build_filename(scratch->path, "trackers", NULL);
	remove_all(trackers);
	git_do(scratch, "checkout", "-q", "--", ".");
	g_autofree char *text = get(scratch->path, RULE_PATH);
	assert_non_null(strstr(text, "\r\n"));
	put(scratch->path, "trackers/plain", "an untracked file\n");
	g_autofree char *before = snapshot(scratch);
	assert_false(repo_commit(repo, changes, 3, MESSAGE, id, &error));
	assert_refused(error, ESPIAL_ERROR_IO, "trackers/plain");
	g_autofree char *after = snapshot(scratch);
	assert_string_equal(before, after);
	repo_close(repo);
	scratch_free(scratch);
}

static void line_endings_are_no_changes(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	git_do(scratch, "config", "core.autocrlf", "true");
	g_autofree char *file = g_build_filename(scratch->path, RULE_PATH, NULL);
	assert_int_equal(g_unlink(file), 0);
	git_do(scratch, "checkout", "-q", "--", RULE_PATH);
	g_autofree char *text = get(scratch->path, RULE_PATH);
	assert_non_null(strstr(text, "\r\n"));
	must_commit(repo, RULE_PATH, RULE_TEXT, CHANGED_TEXT);
	assert_sound(scratch);
	assert_git(CHANGED_TEXT, scratch, "show", "HEAD:" RULE_PATH);
	must_commit(repo, RULE_PATH, CHANGED_TEXT, RULE_TEXT);
	assert_sound(scratch);
	put(scratch->path, RULE_PATH, RULE_TEXT "foreign: 1\r\n");
	assert_conflict(scratch, "in the work tree");
	repo_close(repo);
	scratch_free(scratch);
}

/* Names that differ in case are two files here and one elsewhere: neither disturbs the other. */
static void twins_in_case_are_two_files(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	must_commit(repo, "esps/ACME.yaml", NULL, "id: ACME\n");
	must_commit(repo, "Trackers/Acme/click.yaml", NULL, NEW_TEXT);
	assert_sound(scratch);
	assert_file(scratch->path, ESP_PATH, ESP_TEXT);
	assert_file(scratch->path, "esps/ACME.yaml", "id: ACME\n");
	assert_git(RULE_TEXT, scratch, "show", "HEAD:" RULE_PATH);
	repo_close(repo);
	scratch_free(scratch);
}

/* Nor where git was told wrongly that they are one. */
static void twins_survive_a_wrong_setting(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);

	(void)state;
	git_do(scratch, "config", "core.ignorecase", "true");
	must_commit(repo, "esps/ACME.yaml", NULL, "id: ACME\n");
	assert_file(scratch->path, ESP_PATH, ESP_TEXT);
	assert_git(ESP_TEXT, scratch, "show", ":" ESP_PATH);
	assert_git("id: ACME\n", scratch, "show", ":esps/ACME.yaml");
	assert_sound(scratch);
	repo_close(repo);
	scratch_free(scratch);
}

static void reports_a_read_only_ruleset(void **state)
{
	struct scratch *scratch = scratch_new();
	g_autoptr(GError) error = NULL;
	bool committed;

	(void)state;
	repo_close(ruleset_new(scratch));
	auto_ran read_only = run_argv(NULL, NULL, ARGS("chmod", "-R", "a-w", scratch->path));
	if (geteuid() == 0) {
		/* to root nothing is read-only */
		auto_ran given =
			run_argv(NULL, NULL, ARGS("chown", "-R", "65534", "--", the_home()));
		assert_int_equal(seteuid(65534), 0);
	}
	struct repo *repo = open_repo(scratch);
	committed = commit_file(repo, NEW_PATH, NULL, NEW_TEXT, &error);
	repo_close(repo);
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
	auto_ran back = run_argv(NULL, NULL, ARGS("chown", "-R", "0", "--", the_home()));
	auto_ran writable = run_argv(NULL, NULL, ARGS("chmod", "-R", "u+w", scratch->path));
	assert_false(committed);
	assert_refused(error, ESPIAL_ERROR_IO, ".git");
	assert_file(scratch->path, NEW_PATH, NULL);
	assert_sound(scratch);
	scratch_free(scratch);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opens_only_repositories),
		cmocka_unit_test(says_where_it_is),
		cmocka_unit_test(opens_through_a_link),
		cmocka_unit_test(refuses_bare_and_odd_repositories),
		cmocka_unit_test(works_in_a_linked_work_tree),
		cmocka_unit_test(works_in_a_shallow_clone),
		cmocka_unit_test(tells_how_to_trust_an_owner),
		cmocka_unit_test(creates_from_the_seed),
		cmocka_unit_test(names_the_branch_as_git_does),
		cmocka_unit_test(creates_whatever_git_would_ignore),
		cmocka_unit_test(creates_with_line_ending_conversion),
		cmocka_unit_test(creates_in_an_empty_directory),
		cmocka_unit_test(creates_where_nothing_is_yet),
		cmocka_unit_test(creating_touches_nobody_elses_files),
		cmocka_unit_test(creates_nothing_over_something),
		cmocka_unit_test(creates_nothing_without_identity),
		cmocka_unit_test(creates_nothing_from_a_bad_seed),
		cmocka_unit_test(two_may_create_at_once),
		cmocka_unit_test(knows_who_commits),
		cmocka_unit_test(knows_conditional_identities),
		cmocka_unit_test(knows_when_nobody_commits),
		cmocka_unit_test(trusts_what_git_config_global_trusts),
		cmocka_unit_test(notices_an_identity_given_later),
		cmocka_unit_test(signs_for_author_and_committer),
		cmocka_unit_test(refuses_a_detached_head),
		cmocka_unit_test(refuses_an_unborn_head),
		cmocka_unit_test(refuses_a_broken_head),
		cmocka_unit_test(refuses_while_git_is_under_way),
		cmocka_unit_test(commits_what_git_sees),
		cmocka_unit_test(commits_as_git_does),
		cmocka_unit_test(commits_find_trailers_and_reflog),
		cmocka_unit_test(commits_changes_and_deletions),
		cmocka_unit_test(writes_plain_files),
		cmocka_unit_test(refuses_to_commit_nothing),
		cmocka_unit_test(keeps_messages_as_they_are),
		cmocka_unit_test(leaves_other_changes_alone),
		cmocka_unit_test(hides_no_quick_change),
		cmocka_unit_test(refuses_over_changes_in_the_work_tree),
		cmocka_unit_test(refuses_over_what_is_staged),
		cmocka_unit_test(refuses_over_later_commits),
		cmocka_unit_test(follows_a_switched_branch),
		cmocka_unit_test(sees_what_others_committed),
		cmocka_unit_test(refuses_while_locked),
		cmocka_unit_test(refuses_paths_out_of_the_work_tree),
		cmocka_unit_test(follows_no_symbolic_link),
		cmocka_unit_test(refuses_files_for_directories),
		cmocka_unit_test(puts_back_what_it_had_replaced),
		cmocka_unit_test(line_endings_are_no_changes),
		cmocka_unit_test(twins_in_case_are_two_files),
		cmocka_unit_test(twins_survive_a_wrong_setting),
		cmocka_unit_test(reports_a_read_only_ruleset),
	};

	if (argc == 3 && strcmp(argv[1], "--identity") == 0)
		return print_identity(argv[2]);
	program = argv[0];
	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}

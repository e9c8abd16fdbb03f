/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/repo_hooks.h"

#include "rules/repo_net.h"
#include "rules/repo_program.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Of what a hook printed, in an error. */
#define SAID_MAX 600

/* ---- any hook ---- */

/* core.hooksPath is relative to where hooks run. */
static char *hook_path(git_repository *git, const char *name)
{
	git_config *config = NULL;
	git_buf dir = {0};
	char *path;

	if (git_repository_config_snapshot(&config, git) == 0 &&
		git_config_get_path(&dir, config, "core.hookspath") == 0) {
		g_autofree char *full =
			g_canonicalize_filename(dir.ptr, git_repository_workdir(git));

		path = g_build_filename(full, name, NULL);
	} else {
		path = g_build_filename(git_repository_commondir(git), "hooks", name, NULL);
	}
	git_buf_dispose(&dir);
	git_config_free(config);
	return path;
}

bool repo_has_hook(git_repository *git, const char *name)
{
	g_autofree char *path = hook_path(git, name);

	return access(path, X_OK) == 0 && !g_file_test(path, G_FILE_TEST_IS_DIR);
}

static void set_refused(const struct repo_hook *hook, const struct repo_ran *ran, GError **error)
{
	g_autofree char *both = g_strconcat(ran->errors->str, "\n", ran->output->str, NULL);
	g_autofree char *said = repo_message_line(both, SAID_MAX);

	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_REFUSED, "the %s hook says no%s%s",
		hook->name, *said ? ": " : "", said);
}

bool repo_hook_run(
	git_repository *git, const char *dir, const struct repo_hook *hook, GError **error)
{
	g_autofree char *path = hook_path(git, hook->name);
	g_autoptr(GPtrArray) argv = g_ptr_array_new();
	struct repo_ran ran;
	bool good;

	if (!repo_has_hook(git, hook->name))
		return true;
	g_ptr_array_add(argv, path);
	for (const char *const *arg = hook->args; arg && *arg; arg++)
		g_ptr_array_add(argv, (char *)*arg);
	g_ptr_array_add(argv, NULL);
	struct repo_program program = {
		.argv = (const char *const *)argv->pdata,
		.dir = dir,
		.environment = hook->environment,
		.input = hook->input,
		.input_len = hook->input ? strlen(hook->input) : 0,
		.no_terminal = hook->no_terminal,
		.stop = hook->stop,
		.user = hook->user,
	};
	good = repo_program_run(&program, &ran, error);
	if (good && !repo_ran_well(&ran)) {
		set_refused(hook, &ran, error);
		good = false;
	}
	repo_ran_clear(&ran);
	return good;
}

static bool stops(void *user)
{
	const struct repo_net *net = user;

	net->alive(net->user);
	return g_atomic_int_get(net->cancelled);
}

bool repo_hook_pre_push(struct repo_net *net, const char *input, GError **error)
{
	git_remote *remote = NULL;
	const char *url = "";
	bool good;

	if (git_remote_lookup(&remote, net->git, net->remote) == 0)
		url = git_remote_pushurl(remote) ? git_remote_pushurl(remote)
						 : git_remote_url(remote);
	const char *const args[] = {net->remote, url, NULL};
	struct repo_hook hook = {
		.name = "pre-push",
		.args = args,
		.input = input,
		.no_terminal = !net->terminal,
		.stop = stops,
		.user = net,
	};
	good = repo_hook_run(net->git, net->dir, &hook, error);
	git_remote_free(remote);
	return good;
}

/* ---- those of a commit ---- */

bool repo_has_commit_hooks(git_repository *git)
{
	return repo_has_hook(git, "pre-commit") || repo_has_hook(git, "prepare-commit-msg") ||
	       repo_has_hook(git, "commit-msg");
}

/* What git tells the hooks of a commit. */
static char **commit_environment(const git_signature *author, const char *index)
{
	char **environment = g_get_environ();
	int offset = ABS(author->when.offset);
	g_autofree char *date =
		g_strdup_printf("@%" G_GINT64_FORMAT " %c%02d%02d", (gint64)author->when.time,
			author->when.sign == '-' ? '-' : '+', offset / 60, offset % 60);

	environment = g_environ_setenv(environment, "GIT_AUTHOR_NAME", author->name, TRUE);
	environment = g_environ_setenv(environment, "GIT_AUTHOR_EMAIL", author->email, TRUE);
	environment = g_environ_setenv(environment, "GIT_AUTHOR_DATE", date, TRUE);
	environment = g_environ_setenv(environment, "GIT_EDITOR", ":", TRUE);
	environment = g_environ_setenv(environment, "GIT_PREFIX", "", TRUE);
	return g_environ_setenv(environment, "GIT_INDEX_FILE", index, TRUE);
}

static bool run_commit_hook(struct repo *repo, const char *name, const char *const *args,
	char **environment, GError **error)
{
	g_autofree char *what = g_strdup_printf("the %s hook", name);
	struct repo_hook hook = {.name = name, .args = args, .environment = environment};
	bool taken, good;

	if (!repo_has_hook(repo->git, name))
		return true;
	taken = repo_program_take_terminal(what);
	hook.no_terminal = !taken;
	good = repo_hook_run(repo->git, repo->path, &hook, error);
	repo_program_give_terminal(taken);
	return good;
}

/* Named as git names the index of a commit of some files only, which this is. */
static char *index_of_commit(const struct repo *repo)
{
	return g_strdup_printf(
		"%snext-index-%d.lock", git_repository_path(repo->git), (int)getpid());
}

static int write_index_of(const char *path, git_tree *tree)
{
	git_index *index = NULL;
	int code = git_index_open(&index, path);

	if (code == 0)
		code = git_index_read_tree(index, tree);
	if (code == 0)
		code = git_index_write(index);
	git_index_free(index);
	return code;
}

static int read_index_of(struct repo *repo, const char *path, git_tree **tree)
{
	git_index *index = NULL;
	git_oid id;
	int code = git_index_open(&index, path);

	if (code == 0)
		code = git_index_write_tree_to(&id, index, repo->git);
	if (code == 0 && !git_oid_equal(&id, git_tree_id(*tree))) {
		git_tree_free(*tree);
		*tree = NULL;
		code = git_tree_lookup(tree, repo->git, &id);
	}
	git_index_free(index);
	return code;
}

bool repo_hook_pre_commit(
	struct repo *repo, const git_signature *author, git_tree **tree, GError **error)
{
	g_autofree char *path = NULL;
	bool good = true;
	int code;

	if (!repo_has_hook(repo->git, "pre-commit"))
		return true;
	path = index_of_commit(repo);
	g_auto(GStrv) environment = commit_environment(author, path);
	code = write_index_of(path, *tree);
	if (code == 0)
		good = run_commit_hook(repo, "pre-commit", NULL, environment, error);
	if (code == 0 && good)
		code = read_index_of(repo, path, tree);
	if (code != 0)
		repo_set_error(error, code, path);
	g_unlink(path);
	return code == 0 && good;
}

bool repo_hook_message(
	struct repo *repo, const git_signature *author, char **message, GError **error)
{
	const char *git_dir = git_repository_path(repo->git);
	g_autofree char *path = g_build_filename(git_dir, "COMMIT_EDITMSG", NULL);
	g_autofree char *index = g_build_filename(git_dir, "index", NULL);
	const char *const prepare[] = {path, "message", NULL}, *const check[] = {path, NULL};
	char *changed = NULL;
	gsize len;

	if (!repo_has_hook(repo->git, "prepare-commit-msg") &&
		!repo_has_hook(repo->git, "commit-msg"))
		return true;
	g_auto(GStrv) environment = commit_environment(author, index);
	if (!repo_write_file(path, *message, strlen(*message), 0666, error) ||
		!run_commit_hook(repo, "prepare-commit-msg", prepare, environment, error) ||
		!run_commit_hook(repo, "commit-msg", check, environment, error) ||
		!repo_read_file(path, &changed, &len, error))
		return false;
	g_free(*message);
	*message = changed;
	return true;
}

void repo_hook_post_commit(struct repo *repo)
{
	run_commit_hook(repo, "post-commit", NULL, NULL, NULL);
}

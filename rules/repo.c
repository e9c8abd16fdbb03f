/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening and creating the repository, and what git says of who one is and where it stands.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static void start_libgit2(void)
{
	static gsize once;

	if (g_once_init_enter(&once)) {
		const char *global = g_getenv("GIT_CONFIG_GLOBAL");

		git_libgit2_init();
		/* libgit2 1.5 does not know git's GIT_CONFIG_NOSYSTEM and GIT_CONFIG_GLOBAL: an
		 * empty search path leaves a level out. */
		if (g_getenv("GIT_CONFIG_NOSYSTEM"))
			git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_SYSTEM, "");
		if (global) {
			git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL, "");
			git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, "");
		}
		g_once_init_leave(&once, 1);
	}
}

void repo_set_error(GError **error, int code, const char *what)
{
	const git_error *last = git_error_last();
	const char *why = last && last->message ? last->message : "unknown error";
	enum espial_error kind = ESPIAL_ERROR_IO;

	if (code == GIT_ELOCKED)
		kind = ESPIAL_ERROR_LOCKED;
	else if (code == GIT_EMODIFIED)
		kind = ESPIAL_ERROR_CHANGED;
	else if (code == GIT_ENOTFOUND)
		kind = ESPIAL_ERROR_NOT_FOUND;
	else if (code == GIT_ECONFLICT || code == GIT_EMERGECONFLICT)
		kind = ESPIAL_ERROR_CONFLICT;
	g_set_error(error, ESPIAL_ERROR, kind, "%s: %s", what, why);
}

static void remember_head(struct repo *repo)
{
	if (git_reference_name_to_id(&repo->seen_head, repo->git, "HEAD") != 0)
		memset(&repo->seen_head, 0, sizeof(repo->seen_head));
}

/* The file that GIT_CONFIG_GLOBAL names takes the place of ~/.gitconfig, as in git. */
static void add_global_config(git_repository *git)
{
	const char *global = g_getenv("GIT_CONFIG_GLOBAL");
	git_config *config = NULL;

	if (!global || git_repository_config(&config, git) != 0)
		return;
	git_config_add_file_ondisk(config, global, GIT_CONFIG_LEVEL_GLOBAL, git, 1);
	git_config_free(config);
}

static struct repo *repo_new(git_repository *git, const char *path)
{
	struct repo *repo = g_new0(struct repo, 1);

	repo->git = git;
	repo->path = g_strdup(path);
	add_global_config(git);
	remember_head(repo);
	return repo;
}

struct repo *repo_open(const char *path, GError **error)
{
	git_repository *git = NULL;
	int code;

	start_libgit2();
	code = git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (code == GIT_EOWNER) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_OWNER,
			"%s belongs to somebody else; if you trust it: git config --global --add "
			"safe.directory %s",
			path, path);
		return NULL;
	}
	if (code == 0 && git_repository_is_bare(git)) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"%s is a bare repository: a ruleset needs a work tree", path);
		git_repository_free(git);
		return NULL;
	}
	if (code != 0) {
		repo_set_error(error, code, path);
		return NULL;
	}
	return repo_new(git, path);
}

void repo_close(struct repo *repo)
{
	if (!repo)
		return;
	git_repository_free(repo->git);
	g_free(repo->path);
	g_free(repo);
}

const char *repo_path(const struct repo *repo)
{
	return repo->path;
}

/* ---- who ---- */

/* One role's signature: git's environment variables go before the configuration. */
static int sign(struct repo *repo, const char *role, git_signature **signature)
{
	g_autofree char *name_key = g_strdup_printf("GIT_%s_NAME", role);
	g_autofree char *email_key = g_strdup_printf("GIT_%s_EMAIL", role);
	const char *name = g_getenv(name_key), *email = g_getenv(email_key);
	git_signature *configured = NULL;
	int code = git_signature_default(&configured, repo->git);

	if (code != 0 && (!name || !email))
		return code;
	code = git_signature_now(
		signature, name ? name : configured->name, email ? email : configured->email);
	git_signature_free(configured);
	return code;
}

bool repo_signature(
	struct repo *repo, git_signature **author, git_signature **committer, GError **error)
{
	*author = *committer = NULL;
	if (sign(repo, "AUTHOR", author) == 0 && sign(repo, "COMMITTER", committer) == 0)
		return true;
	git_signature_free(*author);
	*author = NULL;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NO_IDENTITY,
		"git does not know who you are: git config --global user.name NAME, and user.email "
		"ADDRESS");
	return false;
}

char *repo_identity(struct repo *repo, GError **error)
{
	git_signature *author, *committer;
	char *identity;

	if (!repo_signature(repo, &author, &committer, error))
		return NULL;
	identity = g_strdup_printf("%s <%s>", author->name, author->email);
	git_signature_free(author);
	git_signature_free(committer);
	return identity;
}

/* ---- where ---- */

bool repo_head(struct repo *repo, git_commit **head, GError **error)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, repo->git, "HEAD");

	if (code == 0)
		code = git_commit_lookup(head, repo->git, &id);
	if (code == 0)
		return true;
	if (git_repository_head_unborn(repo->git) == 1)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"%s has no commit yet: make a first one with git", repo->path);
	else
		repo_set_error(error, code, repo->path);
	return false;
}

static const char *busy_with(int state)
{
	switch (state) {
	case GIT_REPOSITORY_STATE_NONE:
		return NULL;
	case GIT_REPOSITORY_STATE_MERGE:
		return "merge";
	case GIT_REPOSITORY_STATE_REVERT:
	case GIT_REPOSITORY_STATE_REVERT_SEQUENCE:
		return "revert";
	case GIT_REPOSITORY_STATE_CHERRYPICK:
	case GIT_REPOSITORY_STATE_CHERRYPICK_SEQUENCE:
		return "cherry-pick";
	case GIT_REPOSITORY_STATE_BISECT:
		return "bisect";
	case GIT_REPOSITORY_STATE_APPLY_MAILBOX:
	case GIT_REPOSITORY_STATE_APPLY_MAILBOX_OR_REBASE:
		return "am";
	default:
		return "rebase";
	}
}

bool repo_ready(struct repo *repo, GError **error)
{
	const char *busy = busy_with(git_repository_state(repo->git));
	g_autofree char *identity = repo_identity(repo, error);
	git_commit *head = NULL;

	if (!identity)
		return false;
	if (busy) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"a %s is under way in %s: finish it with git first", busy, repo->path);
		return false;
	}
	if (git_repository_head_detached(repo->git) == 1) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"HEAD is detached in %s: git checkout a branch first", repo->path);
		return false;
	}
	if (!repo_head(repo, &head, error))
		return false;
	git_commit_free(head);
	return true;
}

char *repo_branch(struct repo *repo)
{
	git_reference *head = NULL;
	char *name = NULL;

	if (git_repository_head_detached(repo->git) == 1 ||
		git_reference_lookup(&head, repo->git, "HEAD") != 0)
		return NULL;
	const char *target = git_reference_symbolic_target(head);
	if (target)
		name = g_strdup(g_str_has_prefix(target, "refs/heads/")
					? target + strlen("refs/heads/")
					: target);
	git_reference_free(head);
	return name;
}

bool repo_moved(struct repo *repo)
{
	git_oid before = repo->seen_head;

	remember_head(repo);
	return !git_oid_equal(&before, &repo->seen_head);
}

/* ---- creating ---- */

static bool is_free(const char *path, GError **error)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	bool empty = !dir || !g_dir_read_name(dir);

	if (dir)
		g_dir_close(dir);
	if (!dir && g_file_test(path, G_FILE_TEST_EXISTS))
		empty = false;
	if (!empty)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT,
			"%s is there but is no git repository: move it away, or git init it", path);
	return empty;
}

static bool copy_file(const char *from, const char *to, GError **error)
{
	g_autofree char *bytes = NULL;
	g_autofree char *dir = g_path_get_dirname(to);
	gsize len;

	if (!g_file_get_contents(from, &bytes, &len, error))
		return false;
	if (g_mkdir_with_parents(dir, 0777) == 0)
		return g_file_set_contents_full(
			to, bytes, (gssize)len, G_FILE_SET_CONTENTS_NONE, 0666, error);
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", dir, g_strerror(errno));
	return false;
}

/* esps/ and trackers/<esp>/: two levels are all there are. */
static bool copy_tree(const char *from, const char *to, unsigned depth, GError **error)
{
	GDir *dir = g_dir_open(from, 0, error);
	bool good = dir != NULL;

	for (const char *name; good && (name = g_dir_read_name(dir));) {
		g_autofree char *source = g_build_filename(from, name, NULL);
		g_autofree char *target = g_build_filename(to, name, NULL);

		if (g_file_test(source, G_FILE_TEST_IS_DIR))
			good = depth < 3 && copy_tree(source, target, depth + 1, error);
		else if (g_str_has_suffix(name, ".yaml"))
			good = copy_file(source, target, error);
	}
	if (dir)
		g_dir_close(dir);
	return good;
}

static int commit_all(
	git_repository *git, const git_signature *author, const git_signature *committer)
{
	static char *everything[] = {"*"};
	git_strarray paths = {everything, 1};
	git_index *index = NULL;
	git_tree *tree = NULL;
	git_oid tree_id, id;
	int code = git_repository_index(&index, git);

	if (code == 0)
		code = git_index_add_all(index, &paths, GIT_INDEX_ADD_DEFAULT, NULL, NULL);
	if (code == 0)
		code = git_index_write(index);
	if (code == 0)
		code = git_index_write_tree(&tree_id, index);
	if (code == 0)
		code = git_tree_lookup(&tree, git, &tree_id);
	if (code == 0)
		code = git_commit_create(&id, git, "HEAD", author, committer, NULL,
			"Start from the shipped catalogue\n\nThe default rules and providers of "
			"espial " ESPIAL_VERSION ".\n",
			tree, 0, NULL);
	git_tree_free(tree);
	git_index_free(index);
	return code;
}

static struct repo *fill(git_repository *git, const char *path, const char *seed, GError **error)
{
	struct repo *repo = repo_new(git, path);
	git_signature *author, *committer;
	int code;

	if (!repo_signature(repo, &author, &committer, error) || !copy_tree(seed, path, 0, error)) {
		repo_close(repo);
		return NULL;
	}
	code = commit_all(git, author, committer);
	git_signature_free(author);
	git_signature_free(committer);
	if (code != 0) {
		repo_set_error(error, code, path);
		repo_close(repo);
		return NULL;
	}
	remember_head(repo);
	return repo;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);

	for (const char *name; dir && (name = g_dir_read_name(dir));) {
		g_autofree char *child = g_build_filename(path, name, NULL);
		remove_tree(child);
	}
	if (dir)
		g_dir_close(dir);
	g_remove(path);
}

/* As git names the first branch: init.defaultBranch, else main. The caller frees it with g_free().
 */
static char *first_branch(void)
{
	const char *global = g_getenv("GIT_CONFIG_GLOBAL"), *value = NULL;
	git_config *config = NULL;
	char *name;

	if (git_config_open_default(&config) == 0 && global)
		git_config_add_file_ondisk(config, global, GIT_CONFIG_LEVEL_GLOBAL, NULL, 1);
	git_config *snapshot = NULL;
	if (config && git_config_snapshot(&snapshot, config) == 0)
		git_config_get_string(&value, snapshot, "init.defaultbranch");
	name = g_strdup(value && *value ? value : "main");
	git_config_free(snapshot);
	git_config_free(config);
	return name;
}

/* Made beside its place and renamed when complete, so that what is interrupted leaves no half a
 * ruleset. */
struct repo *repo_create(const char *path, const char *seed, GError **error)
{
	git_repository_init_options options;
	g_autofree char *making = g_strdup_printf("%s.new", path);
	g_autofree char *branch = NULL;
	git_repository *git = NULL;
	struct repo *repo;
	int code;

	start_libgit2();
	branch = first_branch();
	if (!is_free(path, error))
		return NULL;
	remove_tree(making);
	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.initial_head = branch;
	options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
	code = git_repository_init_ext(&git, making, &options);
	if (code != 0) {
		repo_set_error(error, code, making);
		return NULL;
	}
	repo = fill(git, making, seed, error);
	if (!repo) {
		remove_tree(making);
		return NULL;
	}
	repo_close(repo);
	g_rmdir(path);
	if (g_rename(making, path) == 0)
		return repo_open(path, error);
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", path, g_strerror(errno));
	remove_tree(making);
	return NULL;
}

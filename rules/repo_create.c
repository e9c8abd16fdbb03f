/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Creating the repository. It is made beside its place and renamed when complete, so that what is
 * interrupted leaves no half a ruleset.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define SEED_DEPTH 2 /* trackers/<esp>/ */

struct seeding {
	const char *from;
	const char *to;
	git_repository *git;
	git_index *index;
};

static bool is_free(const char *path, GError **error)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	bool empty = dir && !g_dir_read_name(dir);
	GStatBuf status;

	if (dir)
		g_dir_close(dir);
	if (empty || (g_lstat(path, &status) != 0 && errno == ENOENT))
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_CONFLICT,
		"%s is there but is no git repository: move it away, or git init it", path);
	return false;
}

/* ---- the files ---- */

/* As it stands: no line ending, filter or ignore rule of the user's applies to what is shipped. */
static bool seed_file(struct seeding *seeding, const char *name, GError **error)
{
	g_autofree char *source = g_build_filename(seeding->from, name, NULL);
	g_autofree char *target = g_build_filename(seeding->to, name, NULL);
	g_autofree char *bytes = NULL;
	g_autofree char *made = NULL;
	git_oid id;
	gsize len;
	int code;

	if (!repo_read_file(source, &bytes, &len, error) ||
		!repo_make_parents(target, &made, error) ||
		!repo_write_new_file(target, bytes, len, error))
		return false;
	code = git_blob_create_from_buffer(&id, seeding->git, bytes, len);
	if (code == 0)
		code = repo_index_add(seeding->index, seeding->to, name, &id, GIT_FILEMODE_BLOB);
	if (code != 0)
		repo_set_error(error, code, target);
	return code == 0;
}

static bool seed_directory(struct seeding *seeding, const char *at, unsigned depth, GError **error);

static bool seed_entry(struct seeding *seeding, const char *name, unsigned depth, GError **error)
{
	g_autofree char *source = g_build_filename(seeding->from, name, NULL);

	if (g_file_test(source, G_FILE_TEST_IS_DIR))
		return seed_directory(seeding, name, depth + 1, error);
	if (!g_str_has_suffix(name, ".yaml") && !g_str_has_suffix(name, ".txt"))
		return true;
	return seed_file(seeding, name, error);
}

static bool seed_directory(struct seeding *seeding, const char *at, unsigned depth, GError **error)
{
	g_autofree char *path = g_build_filename(seeding->from, at, NULL);
	GDir *dir = depth > SEED_DEPTH ? NULL : g_dir_open(path, 0, NULL);
	bool good = true;

	if (!dir) {
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO,
			depth > SEED_DEPTH ? "%s: no rules are so deep" : "%s: cannot be read",
			path);
		return false;
	}
	for (const char *name; good && (name = g_dir_read_name(dir));) {
		g_autofree char *below = *at ? g_build_filename(at, name, NULL) : g_strdup(name);

		good = seed_entry(seeding, below, depth, error);
	}
	g_dir_close(dir);
	return good;
}

/* ---- the repository ---- */

static int commit_index(git_repository *git, git_index *index, const git_signature *author,
	const git_signature *committer)
{
	git_tree *tree = NULL;
	git_oid tree_id, id;
	int code = git_index_write(index);

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
	return code;
}

static bool fill(git_repository *git, const char *path, const char *seed, GError **error)
{
	struct seeding seeding = {.from = seed, .to = path, .git = git};
	git_signature *author = NULL, *committer = NULL;
	git_config *config = NULL;
	bool good = false;
	int code = git_repository_config(&config, git);

	if (code == 0) {
		repo_add_global_config(config, git);
		code = git_repository_index(&seeding.index, git);
	}
	if (code == 0 && (!repo_signature(git, &author, &committer, error) ||
				 !seed_directory(&seeding, "", 0, error)))
		goto out;
	if (code == 0)
		code = commit_index(git, seeding.index, author, committer);
	good = code == 0;
	if (!good)
		repo_set_error(error, code, path);
out:
	git_signature_free(author);
	git_signature_free(committer);
	git_index_free(seeding.index);
	git_config_free(config);
	return good;
}

/* As git names the first branch: init.defaultBranch, else main. The caller frees it with g_free().
 */
static char *first_branch(void)
{
	git_config *config = NULL, *snapshot = NULL;
	const char *value = NULL;
	char *name;

	if (git_config_open_default(&config) == 0)
		repo_add_global_config(config, NULL);
	if (config && git_config_snapshot(&snapshot, config) == 0)
		git_config_get_string(&value, snapshot, "init.defaultbranch");
	name = g_strdup(value && *value ? value : "main");
	git_config_free(snapshot);
	git_config_free(config);
	return name;
}

static bool make(const char *path, const char *seed, GError **error)
{
	git_repository_init_options options;
	g_autofree char *branch = first_branch();
	git_repository *git = NULL;
	bool good;
	int code;

	git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.initial_head = branch;
	options.flags = GIT_REPOSITORY_INIT_NO_REINIT;
	code = git_repository_init_ext(&git, path, &options);
	if (code != 0) {
		repo_set_error(error, code, path);
		return false;
	}
	good = fill(git, path, seed, error);
	git_repository_free(git);
	return good;
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

/* Makes it in a directory of its own and moves that to `path`; true also where another program was
 * faster. */
static bool make_at(const char *path, const char *seed, GError **error)
{
	g_autofree char *making = g_strconcat(path, ".XXXXXX", NULL);

	if (!g_mkdtemp_full(making, 0777)) {
		g_set_error(
			error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", making, g_strerror(errno));
		return false;
	}
	if (make(making, seed, error)) {
		if (g_rename(making, path) == 0)
			return true;
		if (errno == ENOTEMPTY || errno == EEXIST) {
			remove_tree(making);
			return true;
		}
		g_set_error(
			error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s: %s", path, g_strerror(errno));
	}
	remove_tree(making);
	return false;
}

struct repo *repo_create(const char *path, const char *seed, GError **error)
{
	g_autofree char *place = g_canonicalize_filename(path, NULL);
	g_autofree char *made = NULL;

	repo_start_libgit2();
	if (!is_free(place, error))
		return NULL;
	if (repo_make_parents(place, &made, error) && make_at(place, seed, error))
		return repo_open(place, error);
	repo_remove_parents(place, made);
	return NULL;
}

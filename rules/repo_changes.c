/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which commit changed a file last, for many files in one walk over the history.
 */
#include "rules/repo_internal.h"

#include <string.h>

struct search {
	struct repo *repo;
	GHashTable *pending; /* path → NULL: not found yet; borrowed from `found` */
	GHashTable *found;   /* path → struct repo_change_at */
};

/* The blob of a path, zero where it is not there. */
static git_oid blob_at(git_tree *tree, const char *path)
{
	git_oid id = {{0}};
	git_tree_entry *entry = NULL;

	if (tree && git_tree_entry_bypath(&entry, tree, path) == 0)
		git_oid_cpy(&id, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return id;
}

/* As git hashes what would be added. */
static bool is_modified(struct repo *repo, const char *path, const git_oid *committed)
{
	g_autofree char *file = g_build_filename(repo->path, path, NULL);
	git_oid now;

	return git_repository_hashfile(&now, repo->git, file, GIT_OBJECT_BLOB, path) != 0 ||
	       !git_oid_equal(&now, committed);
}

static void start(struct search *search, git_tree *head, const GPtrArray *paths)
{
	for (guint i = 0; i < paths->len; i++) {
		const char *path = paths->pdata[i];
		git_oid committed = blob_at(head, path);

		if (git_oid_is_zero(&committed) || g_hash_table_contains(search->found, path))
			continue;
		struct repo_change_at *at = g_new0(struct repo_change_at, 1);
		char *key = g_strdup(path);
		at->modified = is_modified(search->repo, path, &committed);
		g_hash_table_insert(search->found, key, at);
		g_hash_table_insert(search->pending, key, NULL);
	}
}

static void take(struct search *search, const char *path, git_commit *commit)
{
	struct repo_change_at *at = g_hash_table_lookup(search->found, path);

	git_oid_tostr(at->id, sizeof(at->id), git_commit_id(commit));
	at->time = git_commit_author(commit)->when.time;
	g_hash_table_remove(search->pending, path);
}

/* Whether a merge that changed the file against its first parent did so against all: else it only
 * brought a change along. */
static bool changed_by_merge(git_commit *commit, git_tree *tree, const char *path)
{
	git_oid now = blob_at(tree, path);
	bool changed = true;

	for (unsigned i = 1; changed && i < git_commit_parentcount(commit); i++) {
		git_commit *parent = NULL;
		git_tree *before = NULL;

		if (git_commit_parent(&parent, commit, i) == 0)
			git_commit_tree(&before, parent);
		git_oid then = blob_at(before, path);
		changed = !git_oid_equal(&now, &then);
		git_tree_free(before);
		git_commit_free(parent);
	}
	return changed;
}

static void look_at_delta(
	struct search *search, git_commit *commit, git_tree *tree, const git_diff_delta *delta)
{
	const char *path = delta->new_file.path;

	if (g_hash_table_contains(search->pending, path) && changed_by_merge(commit, tree, path))
		take(search, path, commit);
}

static int look_at(struct search *search, git_commit *commit)
{
	git_commit *parent = NULL;
	git_tree *before = NULL, *after = NULL;
	git_diff *diff = NULL;
	int code = git_commit_tree(&after, commit);

	if (code == 0 && git_commit_parentcount(commit))
		code = git_commit_parent(&parent, commit, 0);
	if (code == 0 && parent)
		code = git_commit_tree(&before, parent);
	if (code == 0)
		code = git_diff_tree_to_tree(&diff, search->repo->git, before, after, NULL);
	for (size_t i = 0; code == 0 && i < git_diff_num_deltas(diff); i++)
		look_at_delta(search, commit, after, git_diff_get_delta(diff, i));
	git_diff_free(diff);
	git_tree_free(before);
	git_tree_free(after);
	git_commit_free(parent);
	return code;
}

static int walk(struct search *search)
{
	git_revwalk *walk = NULL;
	git_oid id;
	int code = git_revwalk_new(&walk, search->repo->git);

	if (code == 0)
		code = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	if (code == 0)
		code = git_revwalk_push_head(walk);
	while (code == 0 && g_hash_table_size(search->pending)) {
		git_commit *commit = NULL;

		code = git_revwalk_next(&id, walk);
		if (code == 0)
			code = git_commit_lookup(&commit, search->repo->git, &id);
		if (code == 0)
			code = look_at(search, commit);
		git_commit_free(commit);
	}
	git_revwalk_free(walk);
	return code == GIT_ITEROVER ? 0 : code;
}

/* A shallow clone does not know: HEAD has them all. */
static void take_all(struct search *search, git_commit *head)
{
	GHashTableIter iter;
	gpointer path;

	g_hash_table_iter_init(&iter, search->found);
	while (g_hash_table_iter_next(&iter, &path, NULL))
		take(search, path, head);
}

GHashTable *repo_last_changes(
	struct repo *repo, const GPtrArray *paths, struct repo_change_at *head, GError **error)
{
	struct search search = {repo, g_hash_table_new(g_str_hash, g_str_equal),
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free)};
	git_commit *commit = NULL;
	git_tree *tree = NULL;
	int code = 0;

	if (!repo_head(repo, &commit, error))
		goto out;
	git_oid_tostr(head->id, sizeof(head->id), git_commit_id(commit));
	head->time = git_commit_author(commit)->when.time;
	code = git_commit_tree(&tree, commit);
	if (code == 0)
		start(&search, tree, paths);
	if (code == 0 && git_repository_is_shallow(repo->git) == 1)
		take_all(&search, commit);
	else if (code == 0)
		code = walk(&search);
	if (code != 0)
		repo_set_error(error, code, "history");
out:
	if (!commit || code != 0)
		g_clear_pointer(&search.found, g_hash_table_unref);
	g_hash_table_unref(search.pending);
	git_tree_free(tree);
	git_commit_free(commit);
	return search.found;
}

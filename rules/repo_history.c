/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reading what is in the repository: history, patches, files.
 */
#include "rules/repo_internal.h"

#include <string.h>
#include <unictype.h>

#define DIFF_CUT "\n[the patch is longer: git show has all of it]\n"

static void commit_free(gpointer data)
{
	struct repo_commit *commit = data;

	g_free(commit->author);
	g_free(commit->email);
	g_free(commit->subject);
	g_free(commit->message);
	g_free(commit);
}

static struct repo_commit *commit_of(git_commit *from)
{
	struct repo_commit *commit = g_new0(struct repo_commit, 1);
	const git_signature *author = git_commit_author(from);
	const char *subject = git_commit_summary(from), *message = git_commit_message(from);

	git_oid_tostr(commit->id, sizeof(commit->id), git_commit_id(from));
	commit->author = g_strdup(author->name);
	commit->email = g_strdup(author->email);
	commit->time = author->when.time;
	commit->subject = g_strdup(subject ? subject : "");
	commit->message = g_strdup(message ? message : "");
	return commit;
}

bool repo_find_commit(struct repo *repo, const char *id, git_commit **commit, GError **error)
{
	git_oid oid;

	*commit = NULL;
	if (strlen(id) == GIT_OID_HEXSZ && git_oid_fromstr(&oid, id) == 0 &&
		git_commit_lookup(commit, repo->git, &oid) == 0)
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_NOT_FOUND, "no such commit: %s", id);
	return false;
}

/* The blob of a path in a commit, zero where it is not there. */
static void blob_in(git_commit *commit, const char *path, git_oid *id)
{
	git_tree *tree = NULL;
	git_tree_entry *entry = NULL;

	memset(id, 0, sizeof(*id));
	if (git_commit_tree(&tree, commit) == 0 && git_tree_entry_bypath(&entry, tree, path) == 0)
		git_oid_cpy(id, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	git_tree_free(tree);
}

/* Whether the commit itself changed the file: a merge that only brought a change along did not. */
static bool touches(git_commit *commit, const char *path)
{
	unsigned parents = git_commit_parentcount(commit);
	git_oid now;

	if (!path)
		return true;
	blob_in(commit, path, &now);
	for (unsigned i = 0; i < parents; i++) {
		git_commit *parent = NULL;
		git_oid before = {{0}};

		if (git_commit_parent(&parent, commit, i) == 0)
			blob_in(parent, path, &before);
		git_commit_free(parent);
		if (git_oid_equal(&now, &before))
			return false;
	}
	return parents || !git_oid_is_zero(&now);
}

bool repo_is_whole(struct repo *repo, GError **error)
{
	if (git_repository_is_shallow(repo->git) != 1)
		return true;
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
		"%s is a shallow clone, without its history: git fetch --unshallow", repo->path);
	return false;
}

static int start_walk(struct repo *repo, git_revwalk **walk)
{
	int code = git_revwalk_new(walk, repo->git);

	if (code == 0)
		code = git_revwalk_sorting(*walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	return code == 0 ? git_revwalk_push_head(*walk) : code;
}

/* Adds up to `limit` commits; returns 0 at the end too. */
static int walk_on(struct repo *repo, git_revwalk *walk, const char *path, unsigned skip,
	unsigned limit, GPtrArray *commits)
{
	git_oid id;
	int code = 0;

	while (code == 0 && (!limit || commits->len < limit)) {
		git_commit *commit = NULL;

		code = git_revwalk_next(&id, walk);
		if (code == 0)
			code = git_commit_lookup(&commit, repo->git, &id);
		if (code == 0 && touches(commit, path)) {
			if (skip)
				skip--;
			else
				g_ptr_array_add(commits, commit_of(commit));
		}
		git_commit_free(commit);
	}
	return code == GIT_ITEROVER ? 0 : code;
}

GPtrArray *repo_log(
	struct repo *repo, const char *path, unsigned skip, unsigned limit, GError **error)
{
	GPtrArray *commits;
	git_revwalk *walk = NULL;
	int code = 0;

	if (!repo_is_whole(repo, error))
		return NULL;
	commits = g_ptr_array_new_with_free_func(commit_free);
	if (git_repository_head_unborn(repo->git) == 1)
		return commits;
	code = start_walk(repo, &walk);
	if (code == 0)
		code = walk_on(repo, walk, path, skip, limit, commits);
	git_revwalk_free(walk);
	if (code == 0)
		return commits;
	repo_set_error(error, code, "history");
	g_ptr_array_unref(commits);
	return NULL;
}

GPtrArray *repo_log_between(
	struct repo *repo, const git_oid *from, const git_oid *to, unsigned limit, GError **error)
{
	GPtrArray *commits;
	git_revwalk *walk = NULL;
	int code = 0;

	if (!repo_is_whole(repo, error))
		return NULL;
	commits = g_ptr_array_new_with_free_func(commit_free);
	code = git_revwalk_new(&walk, repo->git);
	if (code == 0)
		code = git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
	if (code == 0)
		code = git_revwalk_push(walk, to);
	if (code == 0 && from)
		code = git_revwalk_hide(walk, from);
	if (code == 0)
		code = walk_on(repo, walk, NULL, 0, limit, commits);
	git_revwalk_free(walk);
	if (code == 0)
		return commits;
	repo_set_error(error, code, "history");
	g_ptr_array_unref(commits);
	return NULL;
}

/* A NUL, which git takes for text past a file's first 8,000 bytes, would end the string. */
static void append_text(GString *text, const char *bytes, size_t len)
{
	size_t start = text->len;

	g_string_append_len(text, bytes, (gssize)len);
	for (size_t i = start; i < text->len; i++)
		if (!text->str[i])
			text->str[i] = '?';
}

static int print_line(const git_diff_delta *delta, const git_diff_hunk *hunk,
	const git_diff_line *line, void *payload)
{
	GString *text = payload;

	(void)delta;
	(void)hunk;
	if (line->origin == GIT_DIFF_LINE_ADDITION || line->origin == GIT_DIFF_LINE_DELETION ||
		line->origin == GIT_DIFF_LINE_CONTEXT)
		g_string_append_c(text, line->origin);
	append_text(text, line->content, MIN(line->content_len, REPO_DIFF_MAX + 1));
	return text->len > REPO_DIFF_MAX;
}

static int diff_of(struct repo *repo, git_commit *commit, git_diff **diff)
{
	git_commit *parent = NULL;
	git_tree *from = NULL, *to = NULL;
	int code = git_commit_tree(&to, commit);

	if (code == 0 && git_commit_parentcount(commit))
		code = git_commit_parent(&parent, commit, 0);
	if (code == 0 && parent)
		code = git_commit_tree(&from, parent);
	if (code == 0)
		code = git_diff_tree_to_tree(diff, repo->git, from, to, NULL);
	git_tree_free(from);
	git_tree_free(to);
	git_commit_free(parent);
	return code;
}

static void cut(GString *text)
{
	if (text->len <= REPO_DIFF_MAX)
		return;
	g_string_truncate(text, REPO_DIFF_MAX - strlen(DIFF_CUT));
	g_string_append(text, DIFF_CUT);
}

char *repo_diff(struct repo *repo, const char *id, GError **error)
{
	GString *text;
	git_commit *commit;
	git_diff *diff = NULL;
	int code;

	if (!repo_find_commit(repo, id, &commit, error))
		return NULL;
	text = g_string_new(NULL);
	code = diff_of(repo, commit, &diff);
	if (code == 0)
		code = git_diff_print(diff, GIT_DIFF_FORMAT_PATCH, print_line, text);
	cut(text);
	git_diff_free(diff);
	git_commit_free(commit);
	if (code >= 0)
		return g_string_free(text, FALSE);
	repo_set_error(error, code, "diff");
	g_string_free(text, TRUE);
	return NULL;
}

char *repo_file(struct repo *repo, const char *path, GError **error)
{
	git_commit *head = NULL;
	git_blob *blob = NULL;
	git_oid id;
	char *text = NULL;

	if (!repo_head(repo, &head, error))
		return NULL;
	blob_in(head, path, &id);
	git_commit_free(head);
	if (!git_oid_is_zero(&id) && git_blob_lookup(&blob, repo->git, &id) == 0)
		text = g_strndup(git_blob_rawcontent(blob), (gsize)git_blob_rawsize(blob));
	git_blob_free(blob);
	return text;
}

/* ---- text for messages ---- */

static bool is_unsafe(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
	case G_UNICODE_FORMAT:
	case G_UNICODE_UNASSIGNED:
	case G_UNICODE_PRIVATE_USE:
	case G_UNICODE_SURROGATE:
		return true;
	default:
		/* fillers, joiners, selectors; and the Braille pattern without dots */
		return uc_is_property_default_ignorable_code_point(c) || c == 0x2800 || c == 0xFFFD;
	}
}

char *repo_message_line(const char *text, size_t max)
{
	g_autofree char *valid = g_utf8_make_valid(text ? text : "", -1);
	GString *line = g_string_new(NULL);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isspace(c))
			c = ' ';
		else if (is_unsafe(c))
			c = '?';
		if (c == ' ' && (!line->len || line->str[line->len - 1] == ' '))
			continue;
		if (line->len + (size_t)g_unichar_to_utf8(c, NULL) > max)
			break;
		g_string_append_unichar(line, c);
	}
	if (line->len && line->str[line->len - 1] == ' ')
		g_string_truncate(line, line->len - 1);
	return g_string_free(line, FALSE);
}

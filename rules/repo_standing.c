/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which branch of which remote the branch follows, and how far they are apart.
 */
#include "rules/repo_internal.h"
#include "rules/repo_sync.h"

#include <string.h>

#define HEADS "refs/heads/"
#define REMOTES "refs/remotes/"

/* ---- the branch that is followed ---- */

void repo_upstream_free(struct repo_upstream *upstream)
{
	if (!upstream)
		return;
	g_free(upstream->remote);
	g_free(upstream->branch);
	g_free(upstream->there);
	g_free(upstream->tracking);
	g_free(upstream);
}

/* The value of branch.<name>.<key>, NULL where there is none. */
static char *branch_config(git_repository *git, const char *branch, const char *key)
{
	g_autofree char *name = g_strdup_printf("branch.%s.%s", branch + strlen(HEADS), key);
	git_config *config = NULL;
	const char *value = NULL;
	char *text = NULL;

	if (git_repository_config_snapshot(&config, git) == 0 &&
		git_config_get_string(&value, config, name) == 0 && *value)
		text = g_strdup(value);
	git_config_free(config);
	return text;
}

/* `origin`, or the only one. */
static char *likely_remote(git_repository *git)
{
	git_strarray names = {0};
	char *name = NULL;

	if (git_remote_list(&names, git) != 0)
		return NULL;
	if (names.count == 1)
		name = g_strdup(names.strings[0]);
	for (size_t i = 0; !name && i < names.count; i++)
		if (strcmp(names.strings[i], "origin") == 0)
			name = g_strdup("origin");
	git_strarray_dispose(&names);
	return name;
}

/* Where the remote's refspecs put a branch of it. */
static char *tracking_of(git_repository *git, const char *name, const char *there)
{
	git_remote *remote = NULL;
	git_buf tracking = {0};
	char *text = NULL;

	if (git_remote_lookup(&remote, git, name) != 0)
		return NULL;
	for (size_t i = 0; !text && i < git_remote_refspec_count(remote); i++) {
		const git_refspec *spec = git_remote_get_refspec(remote, i);

		if (git_refspec_direction(spec) == GIT_DIRECTION_FETCH &&
			git_refspec_src_matches(spec, there) &&
			git_refspec_transform(&tracking, spec, there) == 0)
			text = g_strdup(tracking.ptr);
	}
	git_buf_dispose(&tracking);
	git_remote_free(remote);
	return text;
}

/* What the branch is configured to follow; else the branch of the same name. */
struct repo_upstream *repo_upstream(struct repo *repo)
{
	struct repo_upstream *upstream = g_new0(struct repo_upstream, 1);
	git_reference *head = NULL;

	if (git_repository_head_detached(repo->git) != 1 &&
		git_reference_lookup(&head, repo->git, "HEAD") == 0)
		upstream->branch = g_strdup(git_reference_symbolic_target(head));
	git_reference_free(head);
	if (upstream->branch && g_str_has_prefix(upstream->branch, HEADS)) {
		upstream->remote = branch_config(repo->git, upstream->branch, "remote");
		upstream->there = branch_config(repo->git, upstream->branch, "merge");
		if (!upstream->remote)
			upstream->remote = likely_remote(repo->git);
		if (!upstream->there)
			upstream->there = g_strdup(upstream->branch);
	}
	if (upstream->remote)
		upstream->tracking = tracking_of(repo->git, upstream->remote, upstream->there);
	if (upstream->tracking)
		return upstream;
	repo_upstream_free(upstream);
	return NULL;
}

struct repo_upstream *repo_need_upstream(struct repo *repo, GError **error)
{
	struct repo_upstream *upstream = repo_upstream(repo);

	if (!upstream)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"%s follows no remote: git remote add origin URL", repo->path);
	return upstream;
}

bool repo_upstream_tip(struct repo *repo, const struct repo_upstream *upstream, git_oid *tip)
{
	return git_reference_name_to_id(tip, repo->git, upstream->tracking) == 0;
}

/* ---- standing ---- */

/* `https://user:secret@host/…` without the secret. */
static char *without_password(const char *url)
{
	const char *host = strstr(url, "://");
	const char *slash = host ? strchr(host + 3, '/') : NULL;
	const char *at =
		host ? memchr(host + 3, '@', (slash ? (size_t)(slash - host) : strlen(host)) - 3)
		     : NULL;
	const char *colon = at ? memchr(host + 3, ':', (size_t)(at - host) - 3) : NULL;

	return colon ? g_strdup_printf("%.*s%s", (int)(colon - url), url, at) : g_strdup(url);
}

static char *url_of(git_repository *git, const char *name)
{
	git_remote *remote = NULL;
	char *url = NULL;

	if (git_remote_lookup(&remote, git, name) == 0 && git_remote_url(remote))
		url = without_password(git_remote_url(remote));
	git_remote_free(remote);
	return url;
}

static char *short_name(const char *ref)
{
	return g_strdup(g_str_has_prefix(ref, REMOTES) ? ref + strlen(REMOTES) : ref);
}

static int compare(
	struct repo *repo, const struct repo_upstream *upstream, struct repo_standing *standing)
{
	size_t ahead = 0, behind = 0;
	git_oid here, there;
	int code;

	standing->fetched = repo_upstream_tip(repo, upstream, &there);
	if (!standing->fetched)
		return 0;
	git_oid_tostr(standing->tip, sizeof(standing->tip), &there);
	if (git_reference_name_to_id(&here, repo->git, "HEAD") != 0)
		return 0;
	code = git_graph_ahead_behind(&ahead, &behind, repo->git, &here, &there);
	standing->ahead = (unsigned)ahead;
	standing->behind = (unsigned)behind;
	return code;
}

struct repo_standing *repo_standing(struct repo *repo, GError **error)
{
	struct repo_standing *standing = g_new0(struct repo_standing, 1);
	struct repo_upstream *upstream = repo_upstream(repo);
	int code = 0;

	standing->branch = repo_branch(repo);
	if (upstream) {
		standing->remote = g_strdup(upstream->remote);
		standing->url = url_of(repo->git, upstream->remote);
		standing->upstream = short_name(upstream->tracking);
		code = compare(repo, upstream, standing);
	}
	repo_upstream_free(upstream);
	if (code == 0)
		return standing;
	repo_set_error(error, code, repo->path);
	repo_standing_free(standing);
	return NULL;
}

void repo_standing_free(struct repo_standing *standing)
{
	if (!standing)
		return;
	g_free(standing->branch);
	g_free(standing->remote);
	g_free(standing->url);
	g_free(standing->upstream);
	g_free(standing);
}

GPtrArray *repo_sync_log(struct repo *repo, bool theirs, unsigned limit, GError **error)
{
	struct repo_upstream *upstream = repo_upstream(repo);
	git_oid here, there;
	bool both = upstream && repo_upstream_tip(repo, upstream, &there) &&
		    git_reference_name_to_id(&here, repo->git, "HEAD") == 0;

	repo_upstream_free(upstream);
	if (!both)
		return g_ptr_array_new();
	return repo_log_between(
		repo, theirs ? &here : &there, theirs ? &there : &here, limit, error);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two analysts and a remote that both sync with, in a scratch directory. Include it after cmocka.h.
 */
#ifndef ESPIAL_TESTS_UNIT_TEAM_H
#define ESPIAL_TESTS_UNIT_TEAM_H

#include "rules/repo_sync.h"
#include "tests/unit/git_scratch.h"

struct team {
	struct scratch *scratch; /* `path` is the ruleset of the one who uses espial */
	struct scratch other;    /* that of a colleague, who uses git */
	char *remote;            /* bare */
	char *url;               /* file:// */
	struct repo *repo;
};

/* A rule that stands all checks. */
static inline char *rule_text(const char *name, const char *host, const char *path)
{
	return g_strdup_printf("id: acme/%s\nesp: acme\nstatus: stable\nsummary: Acme %s\nmatch:\n"
			       "  hosts:\n    - %s\n  path: '%s'\ndecode:\n  - param: u\n"
			       "references:\n  - seen in the wild\ntests:\n  match:\n"
			       "    - url: https://%s/%s?u=https://landing.example/\n"
			       "      next: https://landing.example/\n"
			       "  no_match:\n    - https://www.example.com/\n",
		name, name, host, path, host, name);
}

static inline void put_rule(
	const struct scratch *scratch, const char *name, const char *host, const char *path)
{
	g_autofree char *file = g_strdup_printf("trackers/acme/%s.yaml", name);
	g_autofree char *text = rule_text(name, host, path);

	put(scratch->path, file, text);
}

static inline void put_base(const struct scratch *scratch)
{
	remove_all(scratch->seed);
	put(scratch->seed, "esps/acme.yaml", ESP_TEXT);
	g_autofree char *text = rule_text("click", "t.acme.example", "^/click");
	put(scratch->seed, "trackers/acme/click.yaml", text);
	put(scratch->seed, "README.md", "# Rules\n\nof the team\n");
}

/* With git, as a colleague. */
static inline void other_commits(struct team *team, const char *subject)
{
	git_do(&team->other, "add", "-A");
	git_do(&team->other, "-c", "user.name=A Colleague", "-c",
		"user.email=colleague@example.org", "commit", "-q", "-m", subject);
}

static inline void other_pushes(struct team *team, const char *subject)
{
	other_commits(team, subject);
	git_do(&team->other, "push", "-q");
}

static inline struct team *team_new(void)
{
	struct team *team = g_new0(struct team, 1);
	struct scratch *scratch = scratch_new();

	team->scratch = scratch;
	team->other = *scratch;
	team->other.path = g_build_filename(scratch->dir, "other", NULL);
	team->remote = g_build_filename(scratch->dir, "remote ü.git", NULL);
	team->url = g_strconcat("file://", team->remote, NULL);
	put_base(scratch);
	repo_close(ruleset_new(scratch));
	git_do(scratch, "clone", "-q", "--bare", scratch->path, team->remote);
	git_do(scratch, "remote", "add", "origin", team->url);
	git_do(scratch, "fetch", "-q", "origin");
	git_do(scratch, "branch", "-q", "--set-upstream-to=origin/main");
	git_do(scratch, "clone", "-q", team->url, team->other.path);
	team->repo = open_repo(scratch);
	return team;
}

static inline void team_free(struct team *team)
{
	repo_close(team->repo);
	scratch_free(team->scratch);
	g_free(team->other.path);
	g_free(team->remote);
	g_free(team->url);
	g_free(team);
}

static inline void must_fetch(struct team *team)
{
	g_autoptr(GError) error = NULL;

	if (!repo_fetch(team->repo, NULL, &error))
		fail_msg("%s", error->message);
}

static inline void must_push(struct team *team)
{
	g_autoptr(GError) error = NULL;

	if (!repo_push(team->repo, NULL, NULL, &error))
		fail_msg("%s", error->message);
}

static inline void assert_standing(struct team *team, unsigned ahead, unsigned behind)
{
	struct repo_standing *standing = repo_standing(team->repo, NULL);

	assert_non_null(standing);
	assert_int_equal(standing->ahead, ahead);
	assert_int_equal(standing->behind, behind);
	repo_standing_free(standing);
}

/* git's output in the remote. */
static inline char *at_remote(const struct team *team, const char *const *args)
{
	return git_in(team->remote, args);
}

#endif

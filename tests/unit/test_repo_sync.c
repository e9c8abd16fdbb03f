/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Fetching and pushing over file:// and plain paths, and what goes wrong with it; git(1) is at the
 * other end and says what came of it.
 */
#include "rules/repo_sync.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/team.h"

#include <time.h>

static void put_script(const char *dir, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(dir, name, NULL);

	put(dir, name, text);
	assert_int_equal(g_chmod(path, 0755), 0);
}

static void assert_same_tip(const struct team *team)
{
	g_autofree char *here = git(team->scratch, "rev-parse", "HEAD");
	g_autofree char *there = at_remote(team, ARGS("rev-parse", "main"));

	assert_string_equal(here, there);
}

/* ---- standing ---- */

static void without_remote_there_is_nothing_to_sync(void **state)
{
	struct scratch *scratch = scratch_new();
	struct repo *repo = ruleset_new(scratch);
	struct repo_standing *standing = repo_standing(repo, NULL);
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_non_null(standing);
	assert_string_equal(standing->branch, "main");
	assert_null(standing->remote);
	assert_null(standing->upstream);
	assert_int_equal(standing->ahead + standing->behind, 0);
	repo_standing_free(standing);
	assert_false(repo_fetch(repo, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_STATE, "git remote add origin");
	g_clear_error(&error);
	assert_false(repo_push(repo, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_STATE, "git remote add origin");
	g_autoptr(GPtrArray) log = repo_sync_log(repo, false, 0, NULL);
	assert_int_equal(log->len, 0);
	repo_close(repo);
	scratch_free(scratch);
}

static void tells_how_far_apart_they_are(void **state)
{
	struct team *team = team_new();
	struct repo_standing *standing;

	(void)state;
	assert_standing(team, 0, 0);
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	put_rule(&team->other, "open", "o.acme.example", "^/open");
	other_pushes(team, "one");
	put_rule(&team->other, "third", "3.acme.example", "^/third");
	other_pushes(team, "two");
	/* nothing is known of the network until it is asked */
	assert_standing(team, 1, 0);
	must_fetch(team);
	standing = repo_standing(team->repo, NULL);
	assert_string_equal(standing->branch, "main");
	assert_string_equal(standing->remote, "origin");
	assert_string_equal(standing->url, team->url);
	assert_string_equal(standing->upstream, "origin/main");
	assert_true(standing->fetched);
	assert_int_equal(standing->ahead, 1);
	assert_int_equal(standing->behind, 2);
	g_autofree char *tip = at_remote(team, ARGS("rev-parse", "main"));
	assert_string_equal(standing->tip, g_strstrip(tip));
	repo_standing_free(standing);
	g_autoptr(GPtrArray) mine = repo_sync_log(team->repo, false, 0, NULL);
	g_autoptr(GPtrArray) theirs = repo_sync_log(team->repo, true, 0, NULL);
	g_autoptr(GPtrArray) newest = repo_sync_log(team->repo, true, 1, NULL);
	assert_int_equal(mine->len, 1);
	assert_int_equal(theirs->len, 2);
	assert_int_equal(newest->len, 1);
	assert_string_equal(((struct repo_commit *)theirs->pdata[0])->subject, "two");
	assert_string_equal(((struct repo_commit *)theirs->pdata[0])->author, "A Colleague");
	assert_string_equal(((struct repo_commit *)newest->pdata[0])->subject, "two");
	team_free(team);
}

/* As git has it, whatever is configured or not. */
static void finds_the_branch_that_is_followed(void **state)
{
	struct team *team = team_new();
	struct repo_standing *standing;

	(void)state;
	git_do(team->scratch, "branch", "--unset-upstream");
	git_do(team->scratch, "remote", "rename", "origin", "team");
	standing = repo_standing(team->repo, NULL);
	assert_string_equal(standing->upstream, "team/main"); /* the only one */
	assert_true(standing->fetched);
	repo_standing_free(standing);
	git_do(team->scratch, "remote", "add", "backup", "/nowhere");
	standing = repo_standing(team->repo, NULL);
	assert_null(standing->remote); /* which of them? */
	repo_standing_free(standing);
	git_do(team->scratch, "remote", "rename", "team", "origin");
	git_do(team->scratch, "checkout", "-q", "-b", "topic");
	standing = repo_standing(team->repo, NULL);
	assert_string_equal(standing->branch, "topic");
	assert_string_equal(standing->upstream, "origin/topic");
	assert_false(standing->fetched);
	repo_standing_free(standing);
	git_do(team->scratch, "branch", "-q", "--set-upstream-to=origin/main");
	git_do(team->scratch, "config", "remote.origin.url",
		"https://user:secret@example.org/a@b/rules.git");
	standing = repo_standing(team->repo, NULL);
	assert_string_equal(standing->upstream, "origin/main");
	assert_string_equal(standing->url, "https://user@example.org/a@b/rules.git");
	repo_standing_free(standing);
	git_do(team->scratch, "checkout", "-q", "--detach");
	standing = repo_standing(team->repo, NULL);
	assert_null(standing->branch);
	assert_null(standing->remote);
	repo_standing_free(standing);
	team_free(team);
}

/* ---- fetching and pushing ---- */

static void pushes_what_git_then_finds(void **state)
{
	struct team *team = team_new();

	(void)state;
	for (int i = 0; i < 3; i++) {
		g_autofree char *path = g_strdup_printf("esps/new%d.yaml", i);

		must_commit(team->repo, path, NULL, path);
	}
	assert_standing(team, 3, 0);
	must_push(team);
	assert_standing(team, 0, 0);
	assert_same_tip(team);
	g_free(at_remote(team, ARGS("fsck", "--strict", "--no-dangling")));
	git_do(&team->other, "pull", "-q", "--ff-only");
	assert_file(team->other.path, "esps/new2.yaml", "esps/new2.yaml");
	assert_sound(team->scratch);
	/* there is nothing to push */
	must_push(team);
	team_free(team);
}

static void takes_every_spelling_of_a_local_remote(void **state)
{
	static const char *const spellings[] = {"../remote ü.git", "file://%s/remote%%20ü.git",
		"%s/remote ü.git", "FILE://%s/remote ü.git", "%s/../%s/./remote ü.git"};
	struct team *team = team_new();

	(void)state;
	for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++) {
		g_autofree char *path = g_strdup_printf("esps/new%zu.yaml", i);
		g_autofree char *name = g_path_get_basename(team->scratch->dir);
		g_auto(GStrv) parts = g_strsplit(spellings[i], "%s", 3);
		g_autofree char *url =
			g_strconcat(parts[0], parts[1] ? team->scratch->dir : "", parts[1],
				parts[1] && parts[2] ? name : "", parts[1] ? parts[2] : NULL, NULL);

		if (strstr(url, "%%"))
			memmove(strstr(url, "%%"), strstr(url, "%%") + 1,
				strlen(strstr(url, "%%")));
		git_do(team->scratch, "config", "remote.origin.url", url);
		must_commit(team->repo, path, NULL, path);
		must_fetch(team);
		must_push(team);
		assert_same_tip(team);
	}
	team_free(team);
}

/* insteadOf is libgit2's; what the far end's programs are called is ours. */
static void follows_the_configuration_of_the_remote(void **state)
{
	struct team *team = team_new();
	g_autofree char *instead = g_strdup_printf("url.file://%s/.insteadOf", team->scratch->dir);
	g_autofree char *second = g_build_filename(team->scratch->dir, "second.git", NULL);
	g_autofree char *here = NULL;
	g_autofree char *there = NULL;

	(void)state;
	git_do(team->scratch, "config", instead, "team:");
	git_do(team->scratch, "config", "remote.origin.url", "team:remote ü.git");
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	must_fetch(team);
	must_push(team);
	assert_same_tip(team);
	/* it can be pushed to elsewhere */
	git_do(team->scratch, "clone", "-q", "--bare", team->remote, second);
	git_do(team->scratch, "config", "remote.origin.pushurl", second);
	must_commit(team->repo, "esps/more.yaml", NULL, "id: more\n");
	must_push(team);
	here = git(team->scratch, "rev-parse", "HEAD");
	there = git_in(second, ARGS("rev-parse", "main"));
	assert_string_equal(here, there);
	team_free(team);
}

static void fetches_branches_and_tags_and_prunes_if_told(void **state)
{
	struct team *team = team_new();

	(void)state;
	git_do(&team->other, "checkout", "-q", "-b", "proposals/colleague");
	put_rule(&team->other, "open", "o.acme.example", "^/open");
	other_commits(team, "proposal");
	git_do(&team->other, "tag", "first");
	git_do(&team->other, "push", "-q", "origin", "proposals/colleague", "first");
	must_fetch(team);
	assert_git("proposal\n", team->scratch, "log", "-1", "--format=%s",
		"origin/proposals/colleague");
	assert_git("proposal\n", team->scratch, "log", "-1", "--format=%s", "first");
	assert_git("main\n", team->scratch, "branch", "--show-current");
	git_do(&team->other, "push", "-q", "origin", ":proposals/colleague");
	must_fetch(team);
	git_do(team->scratch, "rev-parse", "-q", "--verify", "origin/proposals/colleague");
	git_do(team->scratch, "config", "remote.origin.prune", "true");
	must_fetch(team);
	auto_ran gone = run_argv(team->scratch->path, NULL,
		ARGS("git", "rev-parse", "-q", "--verify", "origin/proposals/colleague"));
	assert_int_not_equal(gone.status, 0);
	team_free(team);
}

static void first_push_makes_the_branch(void **state)
{
	struct team *team = team_new();
	g_autofree char *empty = g_build_filename(team->scratch->dir, "empty.git", NULL);
	struct repo_standing *standing;

	(void)state;
	git_do(team->scratch, "init", "-q", "--bare", empty);
	git_do(team->scratch, "remote", "remove", "origin");
	git_do(team->scratch, "remote", "add", "origin", empty);
	must_fetch(team);
	standing = repo_standing(team->repo, NULL);
	assert_string_equal(standing->upstream, "origin/main");
	assert_false(standing->fetched);
	repo_standing_free(standing);
	must_push(team);
	g_autofree char *here = git(team->scratch, "rev-parse", "HEAD");
	g_autofree char *there = git_in(empty, ARGS("rev-parse", "main"));
	assert_string_equal(here, there);
	standing = repo_standing(team->repo, NULL);
	assert_true(standing->fetched);
	repo_standing_free(standing);
	team_free(team);
}

static void pushes_a_proposal_beside_the_branch(void **state)
{
	struct team *team = team_new();
	g_autofree char *main_before = at_remote(team, ARGS("rev-parse", "main"));
	g_autoptr(GError) error = NULL;

	(void)state;
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	assert_true(repo_push(team->repo, "proposals/analyst/1", NULL, &error));
	g_autofree char *main_after = at_remote(team, ARGS("rev-parse", "main"));
	g_autofree char *proposed = at_remote(team, ARGS("rev-parse", "proposals/analyst/1"));
	g_autofree char *here = git(team->scratch, "rev-parse", "HEAD");
	assert_string_equal(main_before, main_after);
	assert_string_equal(proposed, here);
	assert_standing(team, 1, 0);
	team_free(team);
}

/* ---- refused ---- */

static void never_overwrites_what_others_pushed(void **state)
{
	struct team *team = team_new();
	g_autoptr(GError) error = NULL;

	(void)state;
	put_rule(&team->other, "open", "o.acme.example", "^/open");
	other_pushes(team, "theirs");
	g_autofree char *theirs = at_remote(team, ARGS("rev-parse", "main"));
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	assert_false(repo_push(team->repo, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_CHANGED, "origin", "fetch");
	g_clear_error(&error);
	/* nor when it has the objects */
	must_fetch(team);
	assert_false(repo_push(team->repo, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_CHANGED, "origin");
	g_autofree char *still = at_remote(team, ARGS("rev-parse", "main"));
	assert_string_equal(still, theirs);
	team_free(team);
}

/* Between the list of refs that a push begins with, and its end: libgit2's own transport for local
 * remotes would overwrite it. */
static void never_overwrites_what_others_push_meanwhile(void **state)
{
	struct team *team = team_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *script = NULL;

	(void)state;
	put_rule(&team->other, "open", "o.acme.example", "^/open");
	other_commits(team, "theirs");
	g_autofree char *theirs = git(&team->other, "rev-parse", "HEAD");
	script = g_strdup_printf("#!/bin/sh\ncd '%s' && git push -q\n", team->other.path);
	put_script(team->scratch->path, ".git/hooks/pre-push", script);
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	assert_false(repo_push(team->repo, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_REFUSED, "origin");
	g_autofree char *tip = at_remote(team, ARGS("rev-parse", "main"));
	assert_string_equal(tip, theirs);
	/* and what is known of it stays true */
	must_fetch(team);
	assert_standing(team, 1, 1);
	team_free(team);
}

static void hears_what_the_other_side_refuses(void **state)
{
	struct team *team = team_new();
	g_autoptr(GError) error = NULL;

	(void)state;
	put_script(team->remote, "hooks/pre-receive",
		"#!/bin/sh\necho 'main is for reviewers: propose it' >&2\nexit 1\n");
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	g_autofree char *before = at_remote(team, ARGS("rev-parse", "main"));
	assert_false(repo_push(team->repo, NULL, NULL, &error));
	assert_refused(
		error, ESPIAL_ERROR_REFUSED, "pre-receive hook declined", "main is for reviewers");
	g_autofree char *after = at_remote(team, ARGS("rev-parse", "main"));
	assert_string_equal(before, after);
	assert_standing(team, 1, 0);
	team_free(team);
}

static void asks_the_pre_push_hook(void **state)
{
	struct team *team = team_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *told = NULL;

	(void)state;
	put_script(team->scratch->path, ".git/hooks/pre-push",
		"#!/bin/sh\necho \"$1 $2\" >told\ncat >>told\npwd >>told\n"
		"echo 'not on Fridays' >&2\nexit 1\n");
	g_autofree char *before = git(team->scratch, "rev-parse", "HEAD");
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	g_autofree char *now = git(team->scratch, "rev-parse", "HEAD");
	assert_false(repo_push(team->repo, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_REFUSED, "pre-push", "not on Fridays");
	told = g_strdup_printf("origin %s\nrefs/heads/main %s refs/heads/main %s\n%s\n", team->url,
		g_strstrip(now), g_strstrip(before), team->scratch->path);
	assert_file(team->scratch->path, "told", told);
	g_autofree char *there = at_remote(team, ARGS("rev-parse", "main"));
	assert_string_equal(g_strstrip(there), before);
	team_free(team);
}

static void offline_is_said_so(void **state)
{
	struct team *team = team_new();
	g_autoptr(GError) error = NULL;
	g_autofree char *gone = g_strconcat(team->remote, ".away", NULL);

	(void)state;
	assert_int_equal(g_rename(team->remote, gone), 0);
	must_commit(team->repo, "esps/new.yaml", NULL, "id: new\n");
	g_autofree char *before = snapshot(team->scratch);
	assert_false(repo_fetch(team->repo, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_OFFLINE, "origin", "cannot be reached");
	g_clear_error(&error);
	assert_false(repo_push(team->repo, NULL, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_OFFLINE, "origin");
	g_clear_error(&error);
	/* nobody listens on the port for discarding */
	git_do(team->scratch, "config", "remote.origin.url", "https://127.0.0.1:9/rules.git");
	assert_false(repo_fetch(team->repo, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_OFFLINE, "origin");
	g_autofree char *after = snapshot(team->scratch);
	assert_string_equal(before, after);
	team_free(team);
}

static void a_shallow_clone_is_told_how_to_get_whole(void **state)
{
	struct team *team = team_new();
	struct scratch shallow = *team->scratch;
	g_autoptr(GError) error = NULL;
	struct repo *repo;

	(void)state;
	put_rule(&team->other, "open", "o.acme.example", "^/open");
	other_pushes(team, "theirs");
	shallow.path = g_build_filename(team->scratch->dir, "shallow", NULL);
	git_do(team->scratch, "clone", "-q", "--depth", "1", team->url, shallow.path);
	repo = open_repo(&shallow);
	assert_false(repo_fetch(repo, NULL, &error));
	assert_refused(error, ESPIAL_ERROR_STATE, "git fetch --unshallow");
	repo_close(repo);
	g_free(shallow.path);
	team_free(team);
}

static void strange_urls_run_nothing(void **state)
{
	static const char *const urls[] = {
		"ssh://-oProxyCommand=touch%20ran/x", "-oX:path", "host:-path", "ssh://host"};
	struct team *team = team_new();

	(void)state;
	put_script(team->scratch->dir, "ssh", "#!/bin/sh\ntouch ran\n");
	g_autofree char *ssh = g_build_filename(team->scratch->dir, "ssh", NULL);
	g_setenv("GIT_SSH", ssh, TRUE);
	for (size_t i = 0; i < G_N_ELEMENTS(urls); i++) {
		g_autoptr(GError) error = NULL;

		git_do(team->scratch, "config", "remote.origin.url", urls[i]);
		assert_false(repo_fetch(team->repo, NULL, &error));
		assert_refused(error, ESPIAL_ERROR_INVALID, "origin");
		assert_file(team->scratch->path, "ran", NULL);
	}
	g_unsetenv("GIT_SSH");
	team_free(team);
}

/* ---- cancelling ---- */

static bool stop_soon(void *user)
{
	return ++*(int *)user > 3;
}

/* A server that never answers. */
static void stops_when_it_is_told_to(void **state)
{
	struct team *team = team_new();
	int asked = 0;
	struct repo_talk talk = {.stop = stop_soon, .user = &asked};
	g_autoptr(GError) error = NULL;
	gint64 start = g_get_monotonic_time();

	(void)state;
	put_script(team->scratch->dir, "ssh", "#!/bin/sh\nexec sleep 100\n");
	g_autofree char *ssh = g_build_filename(team->scratch->dir, "ssh", NULL);
	g_setenv("GIT_SSH", ssh, TRUE);
	git_do(team->scratch, "config", "remote.origin.url", "analyst@example.org:rules.git");
	assert_false(repo_fetch(team->repo, &talk, &error));
	assert_refused(error, ESPIAL_ERROR_CANCELLED, "cancelled");
	assert_true(g_get_monotonic_time() - start < 5 * G_USEC_PER_SEC);
	g_unsetenv("GIT_SSH");
	/* the thread that is left may still look at the files */
	g_usleep(500000);
	team_free(team);
}

static void on_progress(void *user, const char *what)
{
	g_ptr_array_add(user, g_strdup(what));
}

static void tells_how_far_it_is(void **state)
{
	struct team *team = team_new();
	g_autoptr(GPtrArray) told = g_ptr_array_new_with_free_func(g_free);
	struct repo_talk talk = {.progress = on_progress, .user = told};

	(void)state;
	for (int i = 0; i < 20; i++) {
		g_autofree char *name = g_strdup_printf("rule%d", i);

		put_rule(&team->other, name, "o.acme.example", "^/x");
	}
	other_pushes(team, "many");
	assert_true(repo_fetch(team->repo, &talk, NULL));
	assert_true(told->len > 0);
	assert_non_null(strstr(told->pdata[told->len - 1], "receiving "));
	team_free(team);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_remote_there_is_nothing_to_sync),
		cmocka_unit_test(tells_how_far_apart_they_are),
		cmocka_unit_test(finds_the_branch_that_is_followed),
		cmocka_unit_test(pushes_what_git_then_finds),
		cmocka_unit_test(takes_every_spelling_of_a_local_remote),
		cmocka_unit_test(follows_the_configuration_of_the_remote),
		cmocka_unit_test(fetches_branches_and_tags_and_prunes_if_told),
		cmocka_unit_test(first_push_makes_the_branch),
		cmocka_unit_test(pushes_a_proposal_beside_the_branch),
		cmocka_unit_test(never_overwrites_what_others_pushed),
		cmocka_unit_test(never_overwrites_what_others_push_meanwhile),
		cmocka_unit_test(hears_what_the_other_side_refuses),
		cmocka_unit_test(asks_the_pre_push_hook),
		cmocka_unit_test(offline_is_said_so),
		cmocka_unit_test(a_shallow_clone_is_told_how_to_get_whole),
		cmocka_unit_test(strange_urls_run_nothing),
		cmocka_unit_test(stops_when_it_is_told_to),
		cmocka_unit_test(tells_how_far_it_is),
	};

	the_home();
	return cmocka_run_group_tests(tests, NULL, remove_home);
}

/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening the repository, and what git says of who one is and where it stands.
 */
#include "rules/repo_internal.h"

#include <errno.h>
#include <git2/sys/repository.h>
#include <stdlib.h>
#include <string.h>

void repo_start_libgit2(void)
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

void repo_add_global_config(git_config *config, git_repository *git)
{
	const char *global = g_getenv("GIT_CONFIG_GLOBAL");

	if (global && *global)
		git_config_add_file_ondisk(config, global, GIT_CONFIG_LEVEL_GLOBAL, git, 1);
}

/* libgit2 keeps the configuration as it was, without files that were not there: what others
 * changed since, such as an identity that was missing, is seen after this. */
static void refresh(git_repository *git)
{
	git_config *config = NULL;

	git_repository__cleanup(git);
	if (git_repository_config(&config, git) == 0)
		repo_add_global_config(config, git);
	git_config_free(config);
}

/* ---- opening ---- */

struct trust {
	const char *dir;
	bool given;
};

static int look_at_trust(const git_config_entry *entry, void *payload)
{
	struct trust *trust = payload;

	if (!entry->value || !*entry->value) /* as in git: forget the ones before */
		trust->given = false;
	else if (strcmp(entry->value, "*") == 0 || strcmp(entry->value, trust->dir) == 0)
		trust->given = true;
	return 0;
}

/* Whether safe.directory in the file that GIT_CONFIG_GLOBAL names, which libgit2 does not read,
 * holds the directory. */
static bool is_trusted(const char *dir)
{
	const char *global = g_getenv("GIT_CONFIG_GLOBAL");
	struct trust trust = {dir, false};
	git_config *config = NULL;

	if (global && *global && git_config_open_ondisk(&config, global) == 0)
		git_config_get_multivar_foreach(
			config, "safe.directory", NULL, look_at_trust, &trust);
	git_config_free(config);
	return trust.given;
}

/* libgit2 1.5 says that safe.directory was not found where it should say GIT_EOWNER and no
 * configuration has that key. */
static bool is_foreign(int code)
{
	const git_error *last = git_error_last();

	return code == GIT_EOWNER ||
	       (code == GIT_ENOTFOUND && last && last->klass == GIT_ERROR_CONFIG);
}

static int open_trusted(git_repository **git, const char *path)
{
	int code;

	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	code = git_repository_open_ext(git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return code;
}

static git_repository *open_git(const char *path, const char *real, GError **error)
{
	git_repository *git = NULL;
	int code = git_repository_open_ext(&git, path, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	bool foreign = is_foreign(code);

	if (foreign && is_trusted(real)) {
		code = open_trusted(&git, path);
		foreign = false;
	}
	if (code == 0)
		return git;
	if (foreign) {
		g_autofree char *quoted = g_shell_quote(real);

		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_OWNER,
			"%s belongs to somebody else; if you trust it: git config --global --add "
			"safe.directory %s",
			path, quoted);
	} else {
		repo_set_error(error, code, path);
	}
	return NULL;
}

static bool has_its_work_tree(git_repository *git, const char *real, GError **error)
{
	const char *dir = git_repository_workdir(git);
	size_t len = strlen(real);

	if (!dir)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"%s is a bare repository: a ruleset needs a work tree", real);
	else if (strncmp(dir, real, len) != 0 || strcmp(dir + len, "/") != 0)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_STATE,
			"%s is not the work tree of its repository: that is %s", real, dir);
	else
		return true;
	return false;
}

struct repo *repo_open(const char *path, GError **error)
{
	char *real = realpath(path, NULL);
	git_repository *git;
	struct repo *repo;

	if (!real) {
		g_set_error(error, ESPIAL_ERROR,
			errno == ENOENT || errno == ENOTDIR ? ESPIAL_ERROR_NOT_FOUND
							    : ESPIAL_ERROR_IO,
			"%s: %s", path, g_strerror(errno));
		return NULL;
	}
	repo_start_libgit2();
	git = open_git(path, real, error);
	if (!git || !has_its_work_tree(git, real, error)) {
		git_repository_free(git);
		free(real);
		return NULL;
	}
	repo = g_new0(struct repo, 1);
	repo->git = git;
	repo->path = g_strdup(real);
	free(real);
	refresh(git);
	remember_head(repo);
	return repo;
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

static bool is_crud(char c)
{
	return c && (((unsigned char)c <= ' ') || strchr(".,:;<>\"\\'", c));
}

/* A name or address without what git leaves out because it would break a header. */
static char *without_crud(const char *text)
{
	const char *end = text + strlen(text);
	GString *clean = g_string_new(NULL);

	while (is_crud(*text))
		text++;
	while (end > text && is_crud(end[-1]))
		end--;
	for (; text < end; text++)
		if (!strchr("<>\n", *text))
			g_string_append_c(clean, *text);
	return g_string_free(clean, FALSE);
}

/* The `part` (name, email) of a `role` (author, committer): GIT_AUTHOR_NAME, author.name,
 * user.name, in this order. */
static char *identity_part(git_config *config, const char *role, const char *part)
{
	g_autofree char *variable = g_strdup_printf("GIT_%s_%s", role, part);
	g_autofree char *upper = g_ascii_strup(variable, -1);
	g_autofree char *role_key = g_strdup_printf("%s.%s", role, part);
	g_autofree char *user_key = g_strdup_printf("user.%s", part);
	const char *value = g_getenv(upper);

	if (!value && git_config_get_string(&value, config, role_key) != 0 &&
		git_config_get_string(&value, config, user_key) != 0)
		value = strcmp(part, "email") == 0 ? g_getenv("EMAIL") : NULL;
	return value ? without_crud(value) : NULL;
}

static int sign(git_config *config, const char *role, git_signature **signature)
{
	g_autofree char *name = identity_part(config, role, "name");
	g_autofree char *email = identity_part(config, role, "email");

	return name && email ? git_signature_now(signature, name, email) : GIT_ENOTFOUND;
}

bool repo_signature(
	git_repository *git, git_signature **author, git_signature **committer, GError **error)
{
	git_config *config = NULL;
	bool known;

	*author = *committer = NULL;
	known = git_repository_config_snapshot(&config, git) == 0 &&
		sign(config, "author", author) == 0 && sign(config, "committer", committer) == 0;
	git_config_free(config);
	if (known)
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

	refresh(repo->git);
	if (!repo_signature(repo->git, &author, &committer, error))
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
	g_autofree char *identity = repo_identity(repo, error);
	const char *busy = busy_with(git_repository_state(repo->git));
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

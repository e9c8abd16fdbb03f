/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signatures of commits, made by the programs that git uses, in the way that it uses them.
 */
#include "rules/repo_hooks.h"
#include "rules/repo_program.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* A passphrase may be asked for. */
#define SIGNING_MS (5 * 60 * 1000)

enum format { FORMAT_OPENPGP, FORMAT_X509, FORMAT_SSH };

struct signing {
	struct repo *repo;
	enum format format;
	char *program;
	char *key;
};

/* ---- configuration ---- */

static char *text_of(git_config *config, const char *key)
{
	const char *value = NULL;

	return git_config_get_string(&value, config, key) == 0 && *value ? g_strdup(value) : NULL;
}

static bool format_of(git_config *config, enum format *format, GError **error)
{
	g_autofree char *name = text_of(config, "gpg.format");

	if (!name || strcmp(name, "openpgp") == 0)
		*format = FORMAT_OPENPGP;
	else if (strcmp(name, "x509") == 0)
		*format = FORMAT_X509;
	else if (strcmp(name, "ssh") == 0)
		*format = FORMAT_SSH;
	else
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_REFUSED,
			"gpg.format is %s: git knows openpgp, x509 and ssh", name);
	return !name || strcmp(name, "openpgp") == 0 || *format != FORMAT_OPENPGP;
}

static char *program_of(git_config *config, enum format format)
{
	static const char *const keys[] = {
		"gpg.openpgp.program", "gpg.x509.program", "gpg.ssh.program"};
	static const char *const usual[] = {"gpg", "gpgsm", "ssh-keygen"};
	char *program = text_of(config, keys[format]);

	if (!program && format == FORMAT_OPENPGP)
		program = text_of(config, "gpg.program");
	return program ? program : g_strdup(usual[format]);
}

/* ---- running ---- */

static bool run(const struct signing *signing, const char *const *argv, const char *input,
	struct repo_ran *ran, GError **error)
{
	bool taken = repo_program_take_terminal("signing the commit");
	g_auto(GStrv) environment = g_get_environ();
	struct repo_program program = {
		.argv = argv,
		.dir = signing->repo->path,
		.input = input,
		.input_len = input ? strlen(input) : 0,
		.no_terminal = !taken,
		.timeout_ms = SIGNING_MS,
	};
	bool good;

	/* it would ask there whoever has the terminal */
	if (!taken)
		environment = g_environ_unsetenv(environment, "GPG_TTY");
	program.environment = environment;
	good = repo_program_run(&program, ran, error);
	repo_program_give_terminal(taken);
	return good;
}

static void set_unsigned(const struct signing *signing, const struct repo_ran *ran, GError **error)
{
	g_autofree char *said = repo_last_line(ran->errors->str);

	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_REFUSED,
		"%s could not sign the commit%s%s (git config commit.gpgsign)", signing->program,
		*said ? ": " : "", said);
}

static char *without_cr(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "\r", -1);

	return g_strjoinv("", parts);
}

static char *sign_gpg(const struct signing *signing, const char *buffer, GError **error)
{
	const char *const argv[] = {signing->program, "--status-fd=2", "-bsau", signing->key, NULL};
	char *signature = NULL;
	struct repo_ran ran;

	if (run(signing, argv, buffer, &ran, error)) {
		const char *status = ran.errors->str;

		if (repo_ran_well(&ran) && (g_str_has_prefix(status, "[GNUPG:] SIG_CREATED ") ||
						   strstr(status, "\n[GNUPG:] SIG_CREATED ")))
			signature = without_cr(ran.output->str);
		else
			set_unsigned(signing, &ran, error);
	}
	repo_ran_clear(&ran);
	return signature;
}

/* ---- ssh ---- */

/* A key itself, not the name of its file. */
static const char *literal_key(const char *key)
{
	if (g_str_has_prefix(key, "key::"))
		return key + strlen("key::");
	return g_str_has_prefix(key, "ssh-") ? key : NULL;
}

static char *scratch_file(const char *text, GError **error)
{
	char *path = NULL;
	GError *failed = NULL;
	int fd = g_file_open_tmp("espial-sign-XXXXXX", &path, &failed);

	if (fd >= 0)
		close(fd);
	if (fd >= 0 && repo_write_new_file(path, text, strlen(text), error))
		return path;
	if (failed)
		g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_IO, "%s", failed->message);
	g_clear_error(&failed);
	if (path)
		g_unlink(path);
	g_free(path);
	return NULL;
}

static void drop_file(char *path)
{
	if (path)
		g_unlink(path);
	g_free(path);
}

static char *user_path(const char *path)
{
	return g_str_has_prefix(path, "~/") ? g_build_filename(g_get_home_dir(), path + 2, NULL)
					    : g_strdup(path);
}

static char *sign_file(
	const struct signing *signing, const char *key, const char *file, GError **error)
{
	const char *const argv[] = {
		signing->program, "-Y", "sign", "-n", "git", "-f", key, file, NULL};
	g_autofree char *made = g_strconcat(file, ".sig", NULL);
	g_autofree char *text = NULL;
	struct repo_ran ran;
	gsize len;

	if (run(signing, argv, NULL, &ran, error)) {
		if (!repo_ran_well(&ran))
			set_unsigned(signing, &ran, error);
		else
			repo_read_file(made, &text, &len, error);
	}
	repo_ran_clear(&ran);
	g_unlink(made);
	return text ? without_cr(text) : NULL;
}

static char *sign_ssh(const struct signing *signing, const char *buffer, GError **error)
{
	const char *literal = literal_key(signing->key);
	char *key = literal ? scratch_file(literal, error) : user_path(signing->key);
	char *file = key ? scratch_file(buffer, error) : NULL;
	char *signature = file ? sign_file(signing, key, file, error) : NULL;

	if (literal)
		drop_file(key);
	else
		g_free(key);
	drop_file(file);
	return signature;
}

/* The first key that gpg.ssh.defaultKeyCommand prints. */
static char *default_ssh_key(const struct signing *signing, git_config *config)
{
	g_autofree char *command = text_of(config, "gpg.ssh.defaultkeycommand");
	g_auto(GStrv) argv = NULL;
	char *key = NULL;
	struct repo_ran ran;

	if (!command || !g_shell_parse_argv(command, NULL, &argv, NULL))
		return NULL;
	if (run(signing, (const char *const *)argv, NULL, &ran, NULL) && repo_ran_well(&ran)) {
		g_auto(GStrv) lines = g_strsplit(ran.output->str, "\n", 2);

		if (lines[0] && literal_key(lines[0]))
			key = g_strdup(lines[0]);
	}
	repo_ran_clear(&ran);
	return key;
}

/* ---- which ---- */

static char *key_of(
	const struct signing *signing, git_config *config, const git_signature *committer)
{
	char *key = text_of(config, "user.signingkey");

	if (key)
		return key;
	if (signing->format == FORMAT_SSH)
		return default_ssh_key(signing, config);
	return g_strdup_printf("%s <%s>", committer->name, committer->email);
}

static char *sign_with(const struct signing *signing, const char *buffer, GError **error)
{
	if (signing->format != FORMAT_SSH)
		return sign_gpg(signing, buffer, error);
	if (signing->key)
		return sign_ssh(signing, buffer, error);
	g_set_error(error, ESPIAL_ERROR, ESPIAL_ERROR_REFUSED,
		"the commit could not be signed: git config user.signingKey names no key");
	return NULL;
}

/* `*signature` NULL where none is wanted; the caller frees it with g_free(). */
static bool sign(struct repo *repo, const git_signature *committer, const char *buffer,
	char **signature, GError **error)
{
	struct signing signing = {.repo = repo};
	git_config *config = NULL;
	int wanted = 0;
	bool good = true;

	*signature = NULL;
	if (git_repository_config_snapshot(&config, repo->git) == 0)
		git_config_get_bool(&wanted, config, "commit.gpgsign");
	if (wanted) {
		good = format_of(config, &signing.format, error);
		if (good) {
			signing.program = program_of(config, signing.format);
			signing.key = key_of(&signing, config, committer);
			*signature = sign_with(&signing, buffer, error);
			good = *signature != NULL;
		}
	}
	git_config_free(config);
	g_free(signing.program);
	g_free(signing.key);
	return good;
}

bool repo_write_commit(struct repo *repo, const git_signature *author,
	const git_signature *committer, const char *encoding, const char *message,
	const git_tree *tree, size_t count, const git_commit **parents, git_oid *id, GError **error)
{
	g_autofree char *signature = NULL;
	git_buf buffer = {0};
	bool good = false;
	int code = git_commit_create_buffer(
		&buffer, repo->git, author, committer, encoding, message, tree, count, parents);

	if (code == 0 && !sign(repo, committer, buffer.ptr, &signature, error))
		goto out;
	if (code == 0)
		code = git_commit_create_with_signature(id, repo->git, buffer.ptr, signature, NULL);
	good = code == 0;
	if (!good)
		repo_set_error(error, code, "commit");
out:
	git_buf_dispose(&buffer);
	return good;
}

/* ---- trailers ---- */

static bool has_trailers(const char *message)
{
	git_message_trailer_array trailers = {0};
	bool any = git_message_trailers(&trailers, message) == 0 && trailers.count > 0;

	git_message_trailer_array_free(&trailers);
	return any;
}

static bool has_line(const char *message, const char *line)
{
	g_auto(GStrv) lines = g_strsplit(message, "\n", -1);

	return g_strv_contains((const char *const *)lines, line);
}

char *repo_add_trailer(const char *message, const char *trailer)
{
	g_autofree char *text = g_strchomp(g_strdup(message));

	if (has_line(text, trailer))
		return g_strdup(message);
	return g_strdup_printf("%s\n%s%s\n", text, has_trailers(text) ? "" : "\n", trailer);
}

char *repo_sign_off(git_repository *git, const git_signature *committer, const char *message)
{
	git_config *config = NULL;
	int wanted = 0;

	if (git_repository_config_snapshot(&config, git) == 0)
		git_config_get_bool(&wanted, config, "espial.signoff");
	git_config_free(config);
	if (!wanted)
		return g_strdup(message);
	g_autofree char *trailer =
		g_strdup_printf("Signed-off-by: %s <%s>", committer->name, committer->email);
	return repo_add_trailer(message, trailer);
}
